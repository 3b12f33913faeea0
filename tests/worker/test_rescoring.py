"""Rescoring with real workers' code: the labels of each version, killed halfway, each submission once."""

from pathlib import Path

import numpy as np
import pytest
from sqlmodel import col, func, select

from arena import hosting, leaderboards, publishing, replacing, rescoring, viewing
from arena.errors import Conflict
from arena.store.engine import reading, transaction
from arena.store.models import Comparison, Decision, Evaluation, LedgerEntry, Report, Score, Submission
from challenges.text import Text
from tests.worker import small
from tests.worker.site import Site, now
from worker import folders, jobs, relabelling
from worker.jobs import open_station

ROWS = 400
NOTE = Text("사망일을 고쳤습니다.", "Dates of death corrected.")


def publish(site: Site, tmp_path: Path, **given: object) -> small.Cohort:
    rows = small.write(tmp_path / "folder", rows=ROWS, **given)  # type: ignore[arg-type]
    score(*site.publish(tmp_path / "folder", tmp_path / "out"))
    return rows


def score(*evaluation_ids: int) -> None:
    for evaluation_id in evaluation_ids:
        jobs.score(evaluation_id)


def submit(site: Site, rows: small.Cohort, name: str, share: float) -> str:
    hosted = site.hosted()
    public_id, evaluation_id = site.submit(
        site.team(hosted, name), hosted, small.predictions(rows.ids, rows.probability(share))
    )
    score(evaluation_id or 0)
    return public_id


def relabel(site: Site, folder: Path, rows: small.Cohort, version: str = "1.0.1", *, turned: bool = True) -> list[int]:
    """Write, make and install the challenge under another version, with everybody's fate turned round; return the rings."""
    given = {"gate": site.hosted().definition.leaderboard.gate}
    if turned:
        order = np.argsort(rows.probability())
        for name in ("days", "died"):
            given[name] = np.empty(ROWS, dtype=int)
            given[name][order] = getattr(rows, name)[order[::-1]]
    small.write(folder, rows=ROWS, **given)
    path = folder / "challenge.toml"
    path.write_text(path.read_text().replace('version = "1.0.0"', f'version = "{version}"'))
    made = folder.with_name(f"{folder.name}-made")
    folders.make(folder, made, settings=site.worker)
    compared = relabelling.compare(site.worker, "small-challenge", made)
    open_station(site.worker)
    collected = publishing.collect(site.blobs, made)
    with transaction(site.engine) as session:
        hosted = site.hosted()
        done = replacing.replace_with(
            session,
            hosted,
            collected,
            note=NOTE,
            keep_labels=compared["same_labels"],
            same_splits=compared["same_splits"],
            user_id=None,
            at=now(),
            sign=site.signer.sign,
        )
    return list(done.rings)


def board(site: Site, labels_version: int | None = None) -> dict[str, float | None]:
    with reading(site.engine) as session:
        shown = leaderboards.board(
            session, site.hosted(), split="public", viewer_team_id=None, at=now(), labels_version=labels_version
        )
    return {row.team: row.scores["ipa@1095"].value for row in shown.rows}


def finish(site: Site) -> bool:
    with transaction(site.engine) as session:
        return rescoring.finish(session, site.hosted(), now())


def test_new_labels_give_new_scores_and_the_old_ones_stay(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, gate="none")
    for name, share in (("A", 1.0), ("B", 0.2)):
        submit(site, rows, name, share)
    old = board(site)
    rings = relabel(site, tmp_path / "next", rows)
    assert len(rings) == 3
    score(*rings)
    assert board(site) == old
    assert finish(site)
    new = board(site)
    assert new["A"] < 0 < old["A"], "with everybody's fate turned round the best file is the worst"
    assert board(site, 1) == old
    with reading(site.engine) as session:
        opened = session.exec(select(LedgerEntry).where(LedgerEntry.kind == "labels_opened")).all()
        reports = session.exec(select(func.count()).select_from(Report)).one()
    assert reports == 6
    # Once each by the workers, and once by the tool that compared the two; never once a submission.
    assert len(opened) == 4


def test_killed_halfway_it_goes_on_and_evaluates_each_file_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows = publish(site, tmp_path, gate="none")
    for number in range(6):
        submit(site, rows, f"team{number}", number / 6)
    rings = relabel(site, tmp_path / "next", rows)
    score(*rings[:3])

    class Killed(BaseException):
        """What no handler of ours catches: a process that ends in the middle of its work."""

    def end(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("worker.scoring.full", end)
        with pytest.raises(Killed):
            jobs.score(rings[3])
    # Another supervisor: nothing is in memory any more, and the lease of the one that was killed has run out.
    open_station(site.worker)
    with transaction(site.engine) as session:
        held = session.get_one(Evaluation, rings[3])
        assert held.state == "scoring"
        held.lease_until = now()
        session.add(held)
    assert not finish(site)
    with transaction(site.engine) as session:
        again = rescoring.start(session, site.hosted(), user_id=None, at=now())
    assert set(again) == set(rings[4:])
    score(*rings, *again, *rings)
    assert finish(site)
    with reading(site.engine) as session:
        per_submission = session.exec(
            select(Evaluation.submission_id, func.count())
            .where(Evaluation.labels_version == 2, Evaluation.state == "scored")
            .group_by(col(Evaluation.submission_id))
        ).all()
        scores = session.exec(select(Score.evaluation_id, func.count()).group_by(col(Score.evaluation_id))).all()
        submissions = session.exec(select(Submission.id)).all()
    assert sorted(per_submission) == [(one, 1) for one in sorted(submissions)]
    assert {count for _, count in scores} == {2}


def test_before_the_reveal_a_gated_challenge_gets_no_score_and_no_other_decision(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    public_id = submit(site, rows, "A", 1.0)
    with reading(site.engine) as session:
        told = [row.model_dump() for row in session.exec(select(Decision)).all()]
    score(*relabel(site, tmp_path / "next", rows))
    assert finish(site)
    with reading(site.engine) as session:
        assert [row.model_dump() for row in session.exec(select(Decision)).all()] == told
        assert session.exec(select(Score)).all() == []
        states = session.exec(select(Evaluation.labels_version, Evaluation.state)).all()
    assert sorted(states) == [(1, "scored")] * 2 + [(2, "scored")] * 2
    # A file that comes now is judged by the new labels.
    submit(site, rows, "B", 1.0)
    with reading(site.engine) as session:
        newest = session.exec(select(Decision).order_by(col(Decision.id).desc())).first()
    assert newest is not None
    assert (newest.labels_version, newest.submission_id != told[0]["submission_id"]) == (2, True)
    assert public_id


def test_an_evaluation_of_the_old_labels_still_opens_them(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path, gate="none")
    hosted = site.hosted()
    user = site.team(hosted, "A")
    public_id, waiting = site.submit(user, hosted, small.predictions(rows.ids, rows.probability(1.0)))
    rings = relabel(site, tmp_path / "next", rows)
    score(waiting or 0)
    with reading(site.engine) as session:
        row = session.get_one(Evaluation, waiting)
        assert (row.state, row.failure, row.labels_version) == ("scored", None, 1)
    score(*rings)
    assert finish(site)
    with reading(site.engine) as session:
        _, view = viewing.one(session, user, public_id, now())
    assert view.scores["public"]["ipa@1095"].value is not None
    assert view.scores["public"]["ipa@1095"].value < 0


def test_a_version_without_other_labels_keeps_them_and_the_noise(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    station = open_station(site.worker)
    before = station.noise(site.hosted(), 1, "x").laplace(1.0, "comparison", 1, "y")
    assert relabel(site, tmp_path / "next", rows, turned=False) == []
    hosted = site.hosted()
    assert (hosted.row.version, hosted.definition.version, hosted.labels.version if hosted.labels else 0) == (
        "1.0.1",
        "1.0.1",
        1,
    )
    submit(site, rows, "A", 1.0)
    with reading(site.engine) as session:
        assert session.exec(select(Decision)).one().labels_version == 1
        sealed_for = hosting.for_labels(session, hosted, 1)
    assert sealed_for.definition.version == "1.0.0"
    assert station.noise(sealed_for, 1, "x").laplace(1.0, "comparison", 1, "y") == before


def test_after_the_reveal_the_comparison_is_computed_again(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    submit(site, rows, "A", 1.0)
    hosted = site.hosted()
    with transaction(site.engine) as session:
        publishing.close(session, hosted, now())
    with transaction(site.engine) as session:
        score_later = publishing.start_reveal(session, site.hosted(), now())
    score(*score_later)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), now())
    jobs.compare(hosted.id)
    score(*relabel(site, tmp_path / "next", rows))
    with reading(site.engine) as session:
        score(*[row.id or 0 for row in session.exec(select(Evaluation).where(Evaluation.state == "received")).all()])
    assert finish(site)
    jobs.compare(hosted.id)
    with reading(site.engine) as session:
        first, second = session.exec(select(Comparison).order_by(col(Comparison.id))).all()
    assert (first.labels_version, second.labels_version) == (1, 2)
    assert first.content["value"] != second.content["value"]


def test_labels_with_other_splits_are_seen_by_the_worker_alone(site: Site, tmp_path: Path):
    rows = publish(site, tmp_path)
    small.write(tmp_path / "next", rows=ROWS)
    labels = tmp_path / "next" / "labels.csv"
    lines = labels.read_text().splitlines()
    # One patient of each half changes sides: the sizes stay what they were.
    one = next(number for number, line in enumerate(lines) if line.endswith("public"))
    other = next(number for number, line in enumerate(lines) if line.endswith("private"))
    lines[one], lines[other] = lines[one].replace("public", "private"), lines[other].replace("private", "public")
    labels.write_text("\n".join(lines) + "\n")
    folders.make(tmp_path / "next", tmp_path / "made", settings=site.worker)
    assert relabelling.compare(site.worker, "small-challenge", tmp_path / "made") == {
        "same_rows": True,
        "same_splits": False,
        "same_labels": False,
    }
    labels.write_text(labels.read_text().replace(rows.ids[0], "P999999"))
    (tmp_path / "next" / "test.csv").write_text(
        (tmp_path / "next" / "test.csv").read_text().replace(rows.ids[0], "P999999")
    )
    for name in ("baseline_reference.csv", "sample_submission.csv"):
        path = tmp_path / "next" / name
        path.write_text(path.read_text().replace(rows.ids[0], "P999999"))
    folders.make(tmp_path / "next", tmp_path / "other", settings=site.worker)
    assert not relabelling.compare(site.worker, "small-challenge", tmp_path / "other")["same_rows"]
    (tmp_path / "other" / folders.SEALED).write_bytes(b"not for us")
    with pytest.raises(Conflict) as refused:
        relabelling.compare(site.worker, "small-challenge", tmp_path / "other")
    assert refused.value.code == "not_sealed_for_us"
