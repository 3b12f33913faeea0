"""Late files, where an organizer takes them: gated and counted as before, never a final, in no rank and in nobody's way."""

import pytest

from arena import hosting, leaderboards, podiums, publishing, submissions, team_profiles, teams, viewing
from arena.errors import Conflict, QuotaUsed
from arena.store import models
from arena.store import submissions as store
from arena.store.engine import reading, transaction
from challenges.definition import Definition
from tests.arena.conftest import CLOSES, Site


def _publish(site: Site, *, late: bool = True) -> None:
    for ring in site.publish():
        site.decide(ring, "accepted", 0.0)
    if late:
        with transaction(site.engine) as session:
            row = session.get_one(models.Challenge, site.hosted().id)
            row.definition = {**row.definition, "limits": {**row.definition["limits"], "late": True}}
            row.definition_sha256 = "7" * 64


def _board(site: Site, split: str = "public"):
    with reading(site.engine) as session:
        found = leaderboards.board(session, site.hosted(), split=split, viewer_team_id=None, at=site.now)
        return [(row.team, row.rank, row.shown_gain, row.scores.keys()) for row in found.rows]


def _reveal(site: Site) -> None:
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    for ring in rings:
        assert site.decide(ring, "", value=0.3)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, hosting.find(session, "small"), site.now)


def _view(site: Site, person: models.User, public_id: str) -> viewing.SubmissionView:
    with reading(site.engine) as session:
        return viewing.one(session, person, public_id, site.now)[1]


def test_a_definition_without_late_files_keeps_its_digest_and_the_seal_does_not_know_of_them(site):
    _publish(site, late=False)
    plain = site.hosted().definition
    assert "late" not in plain.stored()["limits"]
    stored = plain.stored()
    taking = Definition.model_validate({**stored, "limits": {**stored["limits"], "late": True}})
    assert taking.stored()["limits"]["late"] is True
    assert taking.digest() != plain.digest()
    assert taking.binding("0") == plain.binding("0")


def test_after_the_close_nothing_is_taken_unless_the_organizer_says_so(site):
    _publish(site, late=False)
    person, _ = site.team("Ours")
    site.now = CLOSES
    with pytest.raises(Conflict) as closed:
        site.submit(person, 5)
    assert closed.value.code == "closed"


def test_a_late_file_changes_no_final_no_board_and_stops_no_reveal(site):
    _publish(site)
    person, team = site.team("Ours")
    other, _ = site.team("Only late")
    in_time = site.submit(person, 5)
    assert (in_time.submission.late, in_time.submission.receipt.get("late")) == (False, None)
    site.decide(in_time.evaluation_id, "accepted", 0.012)
    before = _board(site)
    site.now = CLOSES
    assert site.submit(person, 5).submission.public_id == in_time.submission.public_id, (
        "the same file is the earlier one"
    )
    late = site.submit(person, 6)
    assert (late.submission.late, late.submission.receipt["late"]) == (True, True)
    assert site.decide(late.evaluation_id, "accepted", 0.5)
    waiting = site.submit(other, 7)
    assert _board(site) == before
    with reading(site.engine) as session:
        assert teams.final(session, session.get_one(models.Team, team.id))[0].id == in_time.submission.id
        assert teams.quota(session, site.hosted(), team, site.now).used_total == 2
        assert store.counts(session, team.id) == (1, 1)
    with pytest.raises(Conflict), transaction(site.engine) as session:
        submissions.choose_final(session, person, late.submission.public_id, site.now)
    # A file that nobody has scored yet is a late one: nothing waits for it.
    _reveal(site)
    assert site.decide(waiting.evaluation_id, "accepted", 0.4)
    assert [row[:2] for row in _board(site, "private") if row[1]] == [("Ours", 1)]
    with reading(site.engine) as session:
        assert [(place.rank, place.team.name) for place in podiums.podium(session, site.hosted())] == [(1, "Ours")]
        assert set(store.finals(session, site.hosted().id)) & {team.id} == {team.id}
        page = team_profiles.public(session, None, site.hosted(), team.id, site.now, runs=False)
        assert (page.submissions, page.late) == (1, 1)


def test_after_the_reveal_a_late_file_shows_its_decision_and_no_score(site):
    _publish(site)
    person, _ = site.team("Ours")
    site.decide(site.submit(person, 5).evaluation_id, "accepted", 0.012)
    site.now = CLOSES
    _reveal(site)
    late = site.submit(person, 6)
    site.decide(late.evaluation_id, "accepted", 0.016, value=0.9)
    view = _view(site, person, late.submission.public_id)
    assert (view.late, view.final, view.decision, view.shown_gain, view.scores, view.report) == (
        True, False, "accepted", 0.016, {}, None,
    )  # fmt: skip


def test_the_quota_and_a_pause_hold_for_late_files_too(site):
    _publish(site)
    person, _ = site.team("Ours")
    site.now = CLOSES
    for seed in range(3):
        site.submit(person, 20 + seed)
    with pytest.raises(QuotaUsed):
        site.submit(person, 30)
    site.at(days=1)
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.paused_at, row.pause_reason = site.now, "because"
    with pytest.raises(Conflict) as paused:
        site.submit(person, 31)
    assert paused.value.code == "paused"


def test_a_cancelled_challenge_takes_none(site):
    _publish(site)
    person, _ = site.team("Ours")
    site.now = CLOSES
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.state, row.stop_reason = "cancelled", "because"
    with pytest.raises(Conflict) as refused:
        site.submit(person, 31)
    assert refused.value.code == "cancelled"
