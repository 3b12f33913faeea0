"""A late file at a real worker: after the reveal the gate decides as before it, no score is written, and the team is told."""

from sqlmodel import select

from arena import notices, viewing
from arena.store.engine import reading
from arena.store.models import Decision, Evaluation, Score
from tests.worker import small
from tests.worker.site import now
from tests.worker.test_jobs import ROWS, better
from worker import jobs


def test_a_late_file_gets_a_decision_no_score_and_a_notice(site, tmp_path):
    rows = small.write(tmp_path / "folder", rows=4 * ROWS)
    toml = tmp_path / "folder" / "challenge.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[limits]\n", "[limits]\nlate = true\n"), encoding="utf-8")
    for evaluation_id in site.publish(tmp_path / "folder", tmp_path / "out"):
        jobs.score(evaluation_id)
    user = site.team(site.hosted(), "team")
    first, evaluation_id = site.submit(user, site.hosted(), better(rows, 0.3))
    jobs.score(evaluation_id)
    site.reveal()
    late, evaluation_id = site.submit(user, site.hosted(), better(rows))
    jobs.score(evaluation_id)
    jobs.score(evaluation_id)
    with reading(site.engine) as session:
        (_, before), (_, after) = (viewing.one(session, user, one, now()) for one in (first, late))
        assert (before.final, after.final, after.late, after.status) == (True, False, True, "scored")
        assert (after.decision, after.scores, after.report) == ("accepted", {}, None)
        assert set(before.scores) == {"public", "private"}
        assert session.exec(select(Score).where(Score.evaluation_id == evaluation_id)).all() == []
        splits = session.exec(select(Evaluation.split).where(Evaluation.id >= evaluation_id)).all()
        assert splits == ["public"], "its private patients are never looked at"
        assert len(session.exec(select(Decision).where(Decision.outcome == "accepted")).all()) >= 1
        told = notices.listed(session, user, limit=9)
        assert [one.kind for one in told] == ["decided", "revealed", "decided"]
        assert told[0].path == f"/submissions/{late}"
