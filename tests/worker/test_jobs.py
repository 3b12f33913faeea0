"""One evaluation, once: claimed, scored, decided and written together, or given back."""

import io
import logging
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from arena import viewing
from arena.hosting import Hosted
from arena.store import evaluations
from arena.store.engine import reading, transaction
from arena.store.models import Companion, Comparison, Decision, Evaluation, LedgerEntry, Report, Score, Submission
from challenges import predictions
from challenges.labels import read_labels
from scorers.evaluation import Columns, evaluate
from tests.support import companion
from tests.worker import small
from tests.worker.site import Site, now
from worker import jobs, scoring
from worker.columns import outcomes, predicted, spec_of

ROWS = 2000
TIE_BREAK = '[[metrics]]\nname = "uno_c"\ntau = 1095\ntie_break = true\n'


def publish(site: Site, tmp_path: Path, **given: object) -> small.Cohort:
    rows = small.write(tmp_path / "folder", **given)  # type: ignore[arg-type]
    for evaluation_id in site.publish(tmp_path / "folder", tmp_path / "out"):
        jobs.score(evaluation_id)
    return rows


def rows_of(site: Site, table: type) -> list[object]:
    with reading(site.engine) as session:
        return list(session.exec(select(table)).all())


def better(rows: small.Cohort, share: float = 1.0, seed: int = 0, noise: float = 0.0) -> bytes:
    return small.predictions(rows.ids, rows.probability(share, noise=noise, seed=seed))


def test_an_open_challenge_gets_scores_decision_and_report(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, gate="none", rows=ROWS)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    public_id, evaluation_id = site.submit(user, hosted, better(rows))
    jobs.score(evaluation_id or 0)
    with reading(site.engine) as session:
        _, view = viewing.one(session, user, public_id, now())
    assert view.status == "scored"
    assert view.decision == "shown"
    assert set(view.scores) == {"public"}
    found = view.scores["public"]["ipa@1095"]
    assert found.value is not None
    assert found.difference is not None
    assert found.difference > 3 * (found.difference_se or 0) > 0
    assert found.ci is not None
    assert found.ci[0] < found.value < found.ci[1]
    assert view.report is not None
    assert [group["column"] for group in view.report["subgroups"]] == ["sex"]
    assert view.report["rows"] == ROWS // 2


def test_a_gated_challenge_stores_a_decision_and_nothing_else(site: Site, tmp_path: Path):
    # So many rows that the gate's noise, another in each run, decides nothing.
    rows = publish(site, tmp_path, rows=4 * ROWS)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    for share, outcome in ((1.0, "accepted"), (0.5, "not_improved")):
        _, evaluation_id = site.submit(user, hosted, better(rows, share))
        jobs.score(evaluation_id or 0)
        told = rows_of(site, Decision)[-1]
        assert isinstance(told, Decision)
        assert told.outcome == outcome
    decisions = rows_of(site, Decision)
    assert len(decisions) == 2  # the baseline has none
    assert decisions[1].shown_gain is None  # type: ignore[attr-defined]
    gain, step = decisions[0].shown_gain, hosted.facts["step"]  # type: ignore[attr-defined]
    assert gain is not None
    assert gain / step == pytest.approx(round(gain / step))
    assert rows_of(site, Score) == []
    assert rows_of(site, Report) == []


def test_the_fourth_good_file_is_kept(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("worker.gate.Gate.threshold", lambda *_: -10.0)
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    outcomes = []
    for number in range(5):
        _, evaluation_id = site.submit(user, hosted, better(rows, 0.5, seed=number, noise=0.1))
        jobs.score(evaluation_id or 0)
        told = rows_of(site, Decision)[-1]
        outcomes.append(told.outcome)  # type: ignore[attr-defined]
    assert outcomes == ["accepted"] * 3 + ["kept"] * 2


def test_a_second_ring_changes_nothing(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, gate="none")
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.score(evaluation_id or 0)
    before = [row.model_dump() for row in rows_of(site, Score) + rows_of(site, Evaluation)]  # type: ignore[attr-defined]
    jobs.score(evaluation_id or 0)
    assert before == [row.model_dump() for row in rows_of(site, Score) + rows_of(site, Evaluation)]  # type: ignore[attr-defined]


def test_a_team_is_judged_in_the_order_of_receipt(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    first, second = (site.submit(user, hosted, better(rows, share))[1] or 0 for share in (0.3, 0.6))
    rung: list[int] = []
    monkeypatch.setattr("arena.queue.Queue.score", lambda _, number: bool(rung.append(number)) or True)
    jobs.score(second)
    assert [row.outcome for row in rows_of(site, Decision)] == []  # type: ignore[attr-defined]
    jobs.score(first)
    assert rung == [second]
    jobs.score(second)
    assert len(rows_of(site, Decision)) == 2


def test_a_lost_claim_writes_nothing(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = publish(site, tmp_path, gate="none")
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    before = len(rows_of(site, Score))
    full = scoring.full

    def slow(*arguments: object) -> object:
        # Another worker takes over while this one computes.
        with transaction(site.engine) as session:
            row = session.get_one(Evaluation, evaluation_id)
            row.token = "another"
            session.add(row)
        return full(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(scoring, "full", slow)
    jobs.score(evaluation_id or 0)
    assert len(rows_of(site, Score)) == before


SECRET = "days=777777 died=1"


def test_a_fault_is_tried_again_and_its_text_goes_nowhere(
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    rows = publish(site, tmp_path, gate="none")
    hosted = site.hosted()
    user = site.team(hosted, "team")
    public_id, evaluation_id = site.submit(user, hosted, better(rows))

    def fail(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(scoring, "full", fail)
    caplog.set_level(logging.DEBUG)
    states = []
    for _ in range(evaluations.ATTEMPTS):
        assert jobs.score(evaluation_id or 0) is None
        with reading(site.engine) as session:
            states.append(session.get_one(Evaluation, evaluation_id).state)
    assert states == ["received"] * (evaluations.ATTEMPTS - 1) + ["failed"]
    with reading(site.engine) as session:
        _, view = viewing.one(session, user, public_id, now())
    assert (view.failure, view.refunded, view.status) == ("scoring", True, "failed")
    captured = capfd.readouterr()
    assert "ValueError" in caplog.text
    assert "worker/jobs.py" in caplog.text
    for text in (caplog.text, captured.out, captured.err):
        assert "777777" not in text
    content = b"".join(path.read_bytes() for path in site.settings.home.glob("arena.sqlite*"))
    assert b"777777" not in content


def test_a_failed_file_lets_the_next_one_through(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    first, second = (site.submit(user, hosted, better(rows, share))[1] or 0 for share in (0.3, 0.6))
    rung: list[int] = []
    monkeypatch.setattr("arena.queue.Queue.score", lambda _, number: bool(rung.append(number)) or True)
    with monkeypatch.context() as broken:
        broken.setattr(scoring, "decide", lambda *_, **__: 1 / 0)
        for _ in range(evaluations.ATTEMPTS):
            jobs.score(first)
    assert rung == [second]
    jobs.score(second)
    assert len(rows_of(site, Decision)) == 1


def test_the_reveal_scores_both_splits_in_full(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, rows=ROWS)
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.score(evaluation_id or 0)
    with transaction(site.engine) as session:
        submission = session.get_one(Evaluation, evaluation_id).submission_id
        private = evaluations.add(
            session, submission_id=submission, split="private", scorer="1", labels_version=1, at=now()
        )
    jobs.score(private)
    found = {(row.split, row.key) for row in rows_of(site, Score)}  # type: ignore[attr-defined]
    assert found == {(split, key) for split in ("public", "private") for key in ("ipa@1095", "harrell_c")}
    assert len(rows_of(site, Report)) == 1
    assert len(rows_of(site, Decision)) == 1


def test_a_final_is_compared_with_its_second_file_at_the_reveal_and_not_before(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, rows=ROWS, added=companion.TOML + TIE_BREAK)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    public_id, evaluation_id = site.submit(user, hosted, better(rows))
    site.beside(user, hosted, public_id, better(rows, 0.2))
    site.beside(user, hosted, public_id, better(rows, 0.0, seed=1, noise=0.2))
    jobs.score(evaluation_id or 0)
    assert rows_of(site, Report) == []
    assert rows_of(site, Score) == []
    with transaction(site.engine) as session:
        submission = session.get_one(Evaluation, evaluation_id).submission_id
        private = evaluations.add(
            session, submission_id=submission, split="private", scorer="1", labels_version=1, at=now()
        )
    jobs.score(private)
    (report,) = rows_of(site, Report)
    told = report.content["companion"]  # type: ignore[attr-defined]
    assert set(told["differences"]) == {"ipa@1095", "uno_c@1095"}  # what ranks, of the metrics that there are
    kept = rows_of(site, Companion)[-1]
    assert told["file_sha256"] == kept.file_sha256  # type: ignore[attr-defined]
    # The paired difference is that of the two files' own scores on the private rows.
    labels = read_labels((tmp_path / "folder" / "labels.csv").read_bytes(), hosted.definition)
    hidden = outcomes(labels, hosted.definition, rows.ids)
    values = [
        evaluate(
            hidden.truth,
            columns_of(rows, hosted, content),
            [spec_of(hosted.definition.primary)],
            rows=hidden.rows("private"),
        )
        for content in (better(rows), better(rows, 0.0, seed=1, noise=0.2))
    ]
    found = told["differences"]["ipa@1095"]
    apart = (values[0]["ipa@1095"].value or 0) - (values[1]["ipa@1095"].value or 0)
    assert found["value"] == pytest.approx(apart, abs=1e-12)
    assert found["ci"][0] > 0


def test_without_a_gate_a_second_file_waits_for_the_reveal_all_the_same(site: Site, tmp_path: Path):
    rows = small.write(tmp_path / "folder", gate="none", added=companion.TOML)
    path = tmp_path / "folder" / "challenge.toml"
    path.write_text(path.read_text().replace("practice = true", "practice = false"), encoding="utf-8")
    for ring in site.publish(tmp_path / "folder", tmp_path / "out"):
        jobs.score(ring)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    public_id, evaluation_id = site.submit(user, hosted, better(rows))
    site.beside(user, hosted, public_id, better(rows, 0.2))
    jobs.score(evaluation_id or 0)
    with reading(site.engine) as session:
        _, view = viewing.one(session, user, public_id, now())
    assert view.scores["public"]["ipa@1095"].value is not None
    assert "companion" not in (view.report or {"companion": 1})
    assert view.companion is not None
    assert view.companion.differences == {}


def columns_of(rows: small.Cohort, hosted: Hosted, content: bytes) -> Columns:
    read = predictions.read(
        io.BytesIO(content), definition=hosted.definition, expected=predictions.ExpectedIds(rows.ids), filename="p.csv"
    )
    return predicted(read, hosted.definition)


def test_finals_are_compared_after_the_reveal_has_begun(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, rows=ROWS)
    hosted = site.hosted()
    public_id, _ = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.compare(hosted.id)
    assert rows_of(site, Comparison) == []
    with transaction(site.engine) as session:
        row = session.get_one(type(hosted.row), hosted.id)
        row.reveal_started_at = now()
        session.add(row)
    jobs.compare(hosted.id)
    jobs.compare(hosted.id)
    first, second = (row.content for row in rows_of(site, Comparison))  # type: ignore[attr-defined]
    assert first == second
    assert first["submissions"][1] == public_id
    assert first["difference"][1][0] > 3 * first["difference_se"][1][0] > 0
    # The reference is compared and takes no rank.
    assert first["ranks"]["teams"] == [1]
    assert (first["ranks"]["rank"], first["ranks"]["counts"]) == ([1], [[first["replicates"]]])


def test_a_told_decision_stands_under_new_labels(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, rows=ROWS)
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.score(evaluation_id or 0)
    told = [row.model_dump() for row in rows_of(site, Decision)]  # type: ignore[attr-defined]
    with transaction(site.engine) as session:
        submission = session.get_one(Evaluation, evaluation_id).submission_id
        again = evaluations.add(
            session, submission_id=submission, split="public", scorer="2", labels_version=1, at=now()
        )
    jobs.score(again)
    assert [row.model_dump() for row in rows_of(site, Decision)] == told  # type: ignore[attr-defined]


def test_every_opening_is_one_line_of_the_ledger(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.score(evaluation_id or 0)
    opened = [row for row in rows_of(site, LedgerEntry) if row.kind == "labels_opened"]  # type: ignore[attr-defined]
    assert len(opened) == 1  # once in this process, however many files it scored
    assert hosted.labels is not None
    assert opened[0].data == {"labels_sha256": hosted.labels.ciphertext_sha256}  # type: ignore[attr-defined]


def test_a_definition_changed_in_the_database_is_refused(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    publish(site, tmp_path)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    rows = small.draw(300, 1, "P")
    _, evaluation_id = site.submit(user, hosted, better(rows))
    opened = hosted.definition.leaderboard.model_copy(update={"gate": "none"})
    changed = hosted.definition.model_copy(update={"leaderboard": opened})
    with transaction(site.engine) as session:
        row = session.get_one(type(hosted.row), hosted.id)
        row.definition = changed.model_dump(mode="json", by_alias=True)
        row.definition_sha256 = changed.digest()
        session.add(row)
    jobs.score(evaluation_id or 0)
    assert rows_of(site, Score) == []
    assert rows_of(site, Decision) == []
    assert "LabelsRefused (other_rules)" in caplog.text


def test_noise_cannot_be_taken_away_in_the_database(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    with transaction(site.engine) as session:
        row = session.get_one(type(hosted.row), hosted.id)
        row.facts = {**row.facts, "row": 1e-12}
        session.add(row)
    used: list[float] = []
    decide = scoring.decide
    monkeypatch.setattr(scoring, "decide", lambda *a, **k: used.append(k["row"]) or decide(*a, **k))
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    jobs.score(evaluation_id or 0)
    assert used == [4 / 150]


def test_the_reference_gains_nothing_over_itself(site: Site, tmp_path: Path):
    publish(site, tmp_path)
    hosted = site.hosted()
    user = site.team(hosted, "team")
    copy = (tmp_path / "out" / "baseline_reference.csv").read_bytes()
    _, evaluation_id = site.submit(user, hosted, copy)
    jobs.score(evaluation_id or 0)
    (told,) = rows_of(site, Decision)
    assert told.outcome == "not_improved"  # type: ignore[attr-defined]


def test_submissions_stay_as_they_were(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    hosted = site.hosted()
    _, evaluation_id = site.submit(site.team(hosted, "team"), hosted, better(rows))
    before = [row.model_dump() for row in rows_of(site, Submission)]  # type: ignore[attr-defined]
    jobs.score(evaluation_id or 0)
    assert [row.model_dump() for row in rows_of(site, Submission)] == before  # type: ignore[attr-defined]
    assert np.all(rows.days > 0)
