"""Practice: the same numbers as the scorers give on the same rows, on a plain folder and through the site's own worker."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from arena import practising, publishing, sweeping
from arena.queue import PRACTICE, SCORE
from arena.store import publications as store
from arena.store.engine import reading, transaction
from arena.store.models import Evaluation, Practice
from tests.support import practising as cases
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import Site, now, wait_until
from worker import __main__ as shell
from worker import folder_reports, folders, jobs

EXACT = 1e-12


def agrees(found: dict, case: cases.Case) -> None:
    """Every number of an outcome is the scorers' own, to the last digits."""
    scores, apart = case.expected()
    told = found["splits"]["validation"]
    assert set(told) == set(scores) == {one.key for one in case.definition.metrics}
    assert any(one.value is not None for one in scores.values())
    for key, score in scores.items():
        assert told[key]["reason"] == score.reason
        for name in ("value", "se"):
            assert told[key][name] == pytest.approx(getattr(score, name), abs=EXACT, rel=0), (key, name)
        assert told[key]["ci"] == (None if score.ci is None else pytest.approx(score.ci, abs=EXACT, rel=0)), key
    assert set(found["against"]) == {key for key, one in apart.items() if one.value is not None}
    for key, one in found["against"].items():
        assert one["value"] == pytest.approx(apart[key].value, abs=EXACT, rel=0)
        assert one["se"] == pytest.approx(apart[key].se, abs=EXACT, rel=0)
    assert found["report"]["split"] == "validation"


@pytest.fixture(scope="module", params=cases.KINDS)
def case(request, tmp_path_factory) -> cases.Case:
    return cases.write(request.param, tmp_path_factory.mktemp("practice") / request.param)


def test_a_plain_folder_gives_what_the_scorers_give(case: cases.Case, tmp_path: Path):
    (tmp_path / "one.csv").write_bytes(case.first)
    (tmp_path / "other.csv").write_bytes(case.second)
    found, code = folder_reports.report(case.folder, tmp_path / "one.csv", tmp_path / "other.csv")
    assert code == 0
    assert (found["rows"], found["against_file"]) == (len(case.patients), "other.csv")
    agrees(json.loads(json.dumps(found, allow_nan=False)), case)
    alone, _ = folder_reports.report(case.folder, tmp_path / "one.csv", None)
    assert (alone["splits"], alone["report"], alone["against"]) == (found["splits"], found["report"], None)
    curves = {"survival": {"survival", "calibration"}, "competing": {"incidence"}, "binary": {"calibration"}}
    assert curves[case.definition.kind] <= set(found["report"])


def test_the_labels_are_never_read(case: cases.Case, tmp_path: Path):
    """A downloaded folder has none, and scores the same."""
    (tmp_path / "one.csv").write_bytes(case.first)
    downloaded = tmp_path / "downloaded"
    downloaded.mkdir()
    for name in ("challenge.toml", "train.csv", "validation.csv"):
        (downloaded / name).write_bytes((case.folder / name).read_bytes())
    found, code = folder_reports.report(downloaded, tmp_path / "one.csv", None)
    whole, _ = folder_reports.report(case.folder, tmp_path / "one.csv", None)
    assert (code, found) == (0, whole)


def publish(site: Site, folder: Path, out: Path) -> None:
    """Publish a folder, opened now."""
    folders.make(folder, out, settings=site.worker)
    collected = publishing.collect(site.blobs, out)
    with transaction(site.engine) as session:
        publishing.publish(session, collected, opens_at=now(), closes_at=None, at=now(), sign=site.signer.sign)


def send(site: Site, case: cases.Case, who: str, *, against: bytes | None = None) -> int:
    """Send a practice file as the pages do, without ringing."""
    hosted = site.hosted(case.definition.slug)
    user = site.team(hosted, who)
    return again(site, case, user, against=against)


def again(site: Site, case: cases.Case, user, *, against: bytes | None = None) -> int:
    hosted = site.hosted(case.definition.slug)
    prepared = practising.prepare(site.blobs, hosted, stream=io.BytesIO(case.first), filename="one.csv")
    other = None
    if against is not None:
        second = practising.prepare(site.blobs, hosted, stream=io.BytesIO(against), filename="other.csv")
        other = practising.Against(second.filename, second.file_sha256)
    with transaction(site.engine) as session:
        row = practising.record(session, user=user, hosted=hosted, prepared=prepared, against=other, note="", at=now())
        return row.id or 0


def row_of(site: Site, practice_id: int) -> Practice:
    with reading(site.engine) as session:
        return session.get_one(Practice, practice_id)


def test_the_sites_worker_gives_what_the_scorers_give(site: Site, case: cases.Case, tmp_path: Path):
    publish(site, case.folder, tmp_path / "made")
    practice_id = send(site, case, "ours", against=case.second)
    jobs.practice(practice_id)
    row = row_of(site, practice_id)
    assert (row.state, row.token, row.lease_until) == ("done", None, None)
    agrees(row.outcome, case)
    before = row.finished_at
    jobs.practice(practice_id)  # rung for twice
    assert row_of(site, practice_id).finished_at == before


@pytest.fixture
def survival(site: Site, tmp_path: Path) -> cases.Case:
    case = cases.write("survival", tmp_path / "folder")
    publish(site, case.folder, tmp_path / "made")
    return case


def test_it_opens_no_label(site: Site, survival: cases.Case, monkeypatch: pytest.MonkeyPatch):
    def opened(*_given: object, **_named: object) -> None:
        raise AssertionError("a label was opened")

    monkeypatch.setattr(jobs.Vault, "outcomes", opened)
    practice_id = send(site, survival, "ours")
    jobs.practice(practice_id)
    assert row_of(site, practice_id).state == "done"


def test_a_killed_worker_loses_nothing(site: Site, survival: cases.Case):
    practice_id = send(site, survival, "ours")
    with transaction(site.engine) as session:
        held = store.claim(
            session, Practice, practice_id, token="dead", at=now() - timedelta(minutes=1), lease_seconds=10
        )
        assert held is not None
    with reading(site.engine) as session:
        assert store.due(session, Practice, now()) == [practice_id]
    jobs.practice(practice_id)
    row = row_of(site, practice_id)
    assert (row.state, row.attempts) == ("done", 2)
    with transaction(site.engine) as session:  # the dead one comes back, and changes nothing
        assert not store.finish(session, held, state="failed", at=now(), outcome={"failure": "not_scored"})


def test_a_fault_of_ours_is_tried_again_and_then_said(
    site: Site, survival: cases.Case, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_given: object) -> None:
        raise RuntimeError("T000001 died on day 17")

    monkeypatch.setattr("worker.practice.score", broken)
    practice_id = send(site, survival, "ours")
    for attempt in range(store.ATTEMPTS):
        assert row_of(site, practice_id).state == "waiting", attempt
        jobs.practice(practice_id)
        with transaction(site.engine) as session:
            row = session.get_one(Practice, practice_id)
            row.lease_until = None if row.lease_until is None else now() - timedelta(seconds=1)
    row = row_of(site, practice_id)
    assert (row.state, row.outcome) == ("failed", {"failure": "not_scored"})


def test_what_killed_every_worker_is_given_up(site: Site, survival: cases.Case):
    practice_id = send(site, survival, "ours")
    with transaction(site.engine) as session:
        row = session.get_one(Practice, practice_id)
        row.attempts, row.token, row.lease_until = 2 * store.ATTEMPTS, "dead", now() - timedelta(seconds=1)
    sweeping.sweep(site.engine, site.queue, now(), site.blobs)
    assert row_of(site, practice_id).state == "failed"


def test_a_month_later_it_is_gone_with_its_file(site: Site, survival: cases.Case):
    practice_id = send(site, survival, "ours", against=survival.second)
    jobs.practice(practice_id)
    digests = {row_of(site, practice_id).file_sha256, row_of(site, practice_id).against_sha256 or ""}
    assert {site.blobs.size(one) is None for one in digests} == {False}
    sweeping.sweep(site.engine, site.queue, now() + practising.KEPT - timedelta(minutes=1), site.blobs)
    assert row_of(site, practice_id).state == "done"
    sweeping.sweep(site.engine, site.queue, now() + practising.KEPT + timedelta(minutes=1), site.blobs)
    with reading(site.engine) as session:
        assert session.get(Practice, practice_id) is None
    assert {site.blobs.size(one) is None for one in digests} == {True}
    assert site.blobs.size(site.hosted().files["validation.csv"].sha256) is not None


def test_submissions_pass_whatever_waits_for_practice(site: Site, survival: cases.Case):
    """Two real workers: one takes submissions only, the other practice only, at the lowest priority."""
    hosted = site.hosted()
    waiting = [send(site, survival, f"team{number}") for number in range(6)]
    user = site.team(hosted, "submits")
    content = small.predictions(small.draw(300, 1, "P").ids, small.draw(300, 1, "P").probability(1.0))
    workers = sites.supervise(site, WORKER_PROCESSES="1")
    with sites.running(sites.valkey(site), workers):
        wait_until(lambda: site.queue.workers() == 1 and len(workers.children()) == 2, 90, workers.log.read_text)
        for practice_id in waiting:
            assert site.queue.practice(practice_id)
        assert site.queue.depth() == 0  # none of them stands in the submissions' line
        nice = [int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16]) for pid in workers.children()]
        assert sorted(nice) == [min(nice), 19]
        _, evaluation_id = site.submit(user, hosted, content)
        site.queue.score(evaluation_id or 0)

        def scored() -> bool:
            with reading(site.engine) as session:
                return session.get_one(Evaluation, evaluation_id).state == "scored"

        wait_until(scored, 30, workers.log.read_text)
        left = [one for one in waiting if row_of(site, one).state == "waiting"]
        assert left, "practice was done before the submission, so nothing was shown"
        wait_until(lambda: all(row_of(site, one).state == "done" for one in waiting), 90, workers.log.read_text)
        assert not site.queue.unheard()(PRACTICE, waiting[0])
        assert not site.queue.unheard()(SCORE, evaluation_id or 0)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "validation.csv").write_text("patient_id\nNOBODY\n"), "not_in_train"),
        (lambda folder: (folder / "validation.csv").write_text("patient_id,died\nT000001,1\n"), "not_only_ids"),
        (lambda folder: (folder / "validation.csv").unlink(), "missing_file"),
        (lambda folder: (folder / "challenge.toml").unlink(), "no_definition"),
        (
            lambda folder: (folder / "train.csv").write_text(
                (folder / "train.csv").read_text().replace("days,died", "days,dead")
            ),
            "missing_column",
        ),
        (
            lambda folder: (folder / "challenge.toml").write_text(
                (folder / "challenge.toml").read_text().replace('validation = "validation.csv"\n', "")
            ),
            "no_validation",
        ),
    ],
)
def test_a_folder_that_cannot_be_practised_on_says_why(tmp_path: Path, capsys, spoil, code: str):
    case = cases.write("survival", tmp_path / "folder")
    (tmp_path / "one.csv").write_bytes(case.first)
    spoil(case.folder)
    exit_code = shell.main(["report", str(case.folder), str(tmp_path / "one.csv")])
    found = json.loads(capsys.readouterr().out)
    said = [*found.get("errors", ()), *found.get("mistakes", ())]
    assert (exit_code, [one["code"] for one in said]) == (1, [code])
    assert set(said[0]["message"]) == {"ko", "en"}


def test_a_bad_outcome_is_told_without_its_value(tmp_path: Path, capsys):
    case = cases.write("survival", tmp_path / "folder")
    (tmp_path / "one.csv").write_bytes(case.first)
    one = case.patients["patient_id"][0]
    path = case.folder / "train.csv"
    lines = [
        line.rpartition(",")[0] + ",77" if line.startswith(one) else line for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")
    exit_code = shell.main(["report", str(case.folder), str(tmp_path / "one.csv")])
    found = json.loads(capsys.readouterr().out)
    assert (exit_code, found["errors"][0]["code"]) == (1, "bad_value")
    assert "77" not in json.dumps(found, ensure_ascii=False)
