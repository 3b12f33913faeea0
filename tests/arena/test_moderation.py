"""Marks on teams and submissions: off the board, out of the finals, kept for ever; on both databases."""

import threading
from datetime import UTC, datetime

import pytest

from arena import leaderboards, listing, moderation, publishing, submissions, team_acts, teams, viewing
from arena.errors import Conflict, Forbidden, Invalid, NotFound
from arena.store import ledger, marks
from arena.store import submissions as store
from arena.store.engine import reading, transaction


@pytest.fixture
def ready(site):
    """A gated challenge with two teams, each with an accepted file, and an organizer."""
    for ring in site.publish():
        site.decide(ring, "shown")
    site.olga = site.organizer()
    site.people = {}
    for name, gain in (("A", 0.02), ("B", 0.012)):
        person, team = site.team(name)
        site.people[name] = (person, team)
        first = site.submit(person, len(site.people) * 10)
        site.decide(first.evaluation_id, "accepted", gain)
    return site


def mark(site, name, kind, reason="copied", public_id=None):
    with transaction(site.engine) as session:
        hosted = site.hosted()
        if public_id:
            return moderation.mark_submission(
                session, site.olga, hosted, public_id, kind=kind, reason=reason, at=site.now
            )
        team = site.people[name][1]
        return moderation.mark_team(session, site.olga, hosted, team.id, kind=kind, reason=reason, at=site.now)


def lift(site, mark_id, reason="cleared"):
    with transaction(site.engine) as session:
        return moderation.lift(session, site.olga, site.hosted(), mark_id, reason=reason, at=site.now)


def newest_mark(site):
    with reading(site.engine) as session:
        return marks.of_challenge(session, site.hosted().id)[0][0]


def board(site, split="public"):
    with reading(site.engine) as session:
        found = leaderboards.board(session, site.hosted(), split=split, viewer_team_id=None, at=site.now)
    return [(row.team, row.rank) for row in found.rows if not row.baseline]


def latest(site, name):
    person, team = site.people[name]
    with reading(site.engine) as session:
        return viewing.of_team(session, site.hosted(), team, site.now)[0], person


@pytest.mark.parametrize("kind", ["hidden", "disqualified"])
def test_a_marked_team_leaves_the_board_keeps_its_history_and_comes_back(ready, kind):
    assert board(ready) == [("A", 1), ("B", 2)]
    mark(ready, "A", kind)
    assert board(ready) == [("B", 1)]
    view, _ = latest(ready, "A")
    assert (view.decision, view.shown_gain) == ("accepted", 0.02)
    with reading(ready.engine) as session:
        told = teams.marks_on(session, ready.people["A"][1])
        counted = listing.challenges(session, None, ready.now)[0].teams
    assert [(one.kind, one.reason) for one in told] == [(kind, "copied")]
    assert counted == 1
    lift(ready, newest_mark(ready).id)
    assert board(ready) == [("A", 1), ("B", 2)]


def test_a_flag_changes_nothing_and_the_team_does_not_see_it(ready):
    mark(ready, "A", "flagged")
    assert board(ready) == [("A", 1), ("B", 2)]
    mark(ready, "A", "flagged", public_id=latest(ready, "A")[0].public_id)
    with reading(ready.engine) as session:
        assert teams.marks_on(session, ready.people["A"][1]) == []
    view, person = latest(ready, "A")
    assert view.marks == ()
    assert ready.submit(person, 99).created


def test_a_hidden_team_goes_on_a_disqualified_one_does_not(ready):
    person, team = ready.people["A"]
    mark(ready, "A", "hidden")
    assert ready.submit(person, 50).created
    mark(ready, "A", "disqualified", "shared labels")
    for act in (
        lambda: ready.submit(person, 51),
        lambda: _transact(ready, lambda session: team_acts.leave(session, person, ready.hosted(), ready.now)),
        lambda: _transact(
            ready, lambda session: submissions.choose_final(session, person, latest(ready, "A")[0].public_id, ready.now)
        ),
    ):
        with pytest.raises(Forbidden, match="shared labels"):
            act()
    friend = ready.person("friend")
    with transaction(ready.engine) as session:
        teams.accept_agreement(session, friend, ready.hosted(), version="1", at=ready.now)
        code = teams.invite(session, person, team, at=ready.now)
    with pytest.raises(Forbidden, match="disqualified"), transaction(ready.engine) as session:
        teams.accept_invitation(session, friend, ready.hosted(), code, ready.now)


def _transact(site, act):
    with transaction(site.engine) as session:
        return act(session)


def test_without_its_hidden_file_a_team_shows_the_accepted_one_before_it(ready):
    person, _ = ready.people["B"]
    second = ready.submit(person, 70)
    ready.decide(second.evaluation_id, "accepted", 0.03)
    assert board(ready) == [("B", 1), ("A", 2)]
    mark(ready, "B", "hidden", public_id=second.submission.public_id)
    assert board(ready) == [("A", 1), ("B", 2)]
    with reading(ready.engine) as session:
        found = leaderboards.board(session, ready.hosted(), split="public", viewer_team_id=None, at=ready.now)
    assert next(row.shown_gain for row in found.rows if row.team == "B") == 0.012
    # The gate's decisions are told and stand, whatever organizers hide.
    assert latest(ready, "B")[0].decision == "accepted"


def test_a_disqualified_file_is_no_final_and_cannot_be_chosen(ready):
    person, team = ready.people["A"]
    first = latest(ready, "A")[0]
    second = ready.submit(person, 60)
    with transaction(ready.engine) as session:
        submissions.choose_final(session, person, second.submission.public_id, ready.now)
    mark(ready, "A", "disqualified", "made with the test labels", public_id=second.submission.public_id)
    with reading(ready.engine) as session:
        finals = store.finals(session, ready.hosted().id)
        view = next(
            one for one in viewing.of_team(session, ready.hosted(), team, ready.now) if one.public_id == first.public_id
        )
    assert finals[team.id] != second.submission.id
    assert (view.final, view.final_by_default) == (True, True)
    with pytest.raises(Conflict, match="made with the test labels"), transaction(ready.engine) as session:
        submissions.choose_final(session, person, second.submission.public_id, ready.now)


def reveal(site):
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    for place, ring in enumerate(rings):
        site.decide(ring, "", value=0.2 + place / 100)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    return rings


def test_a_disqualified_team_is_out_of_the_reveal_and_scored_only_when_it_is_cleared(ready):
    mark(ready, "A", "disqualified")
    rings = reveal(ready)
    assert len(rings) == 3  # two baselines and the other team
    assert board(ready, "private") == [("B", 1)]
    following = lift(ready, newest_mark(ready).id)
    assert following.compare
    assert len(following.evaluations) == 1
    assert board(ready, "private") == [("B", 1)]
    ready.decide(following.evaluations[0], "", value=0.4)
    assert board(ready, "private") == [("A", 1), ("B", 2)]
    # And once more, with a score that exists already.
    assert mark(ready, "A", "disqualified").compare
    assert board(ready, "private") == [("B", 1)]
    assert lift(ready, newest_mark(ready).id).evaluations == ()
    assert board(ready, "private") == [("A", 1), ("B", 2)]


def test_after_the_reveal_another_file_takes_a_disqualified_finals_place(ready):
    person, team = ready.people["A"]
    ready.submit(person, 60)
    ready.decide(ready_evaluation(ready, person), "not_improved")
    reveal(ready)
    final = latest(ready, "A")[0]
    assert final.final
    following = mark(ready, "A", "disqualified", public_id=final.public_id)
    assert len(following.evaluations) == 1
    ready.decide(following.evaluations[0], "", value=0.9)
    assert board(ready, "private")[0] == ("A", 1)
    assert team.id in set(_finals(ready))


def ready_evaluation(site, person):
    with reading(site.engine) as session:
        team = teams.team_of(session, person, site.hosted())
        newest = store.of_team(session, team.id)[0]
        return store.evaluations(session, [newest.id])[newest.id]["public"].id


def _finals(site):
    with reading(site.engine) as session:
        return store.finals(session, site.hosted().id)


def test_nothing_is_rung_before_a_reveal(ready):
    following = mark(ready, "A", "disqualified")
    assert (following.evaluations, following.compare) == ((), False)


def test_marks_are_lifted_never_erased_and_each_act_is_in_the_ledger(ready):
    mark(ready, "A", "hidden", "first")
    found = newest_mark(ready)
    with pytest.raises(Conflict, match="marked"):
        mark(ready, "A", "hidden", "second")
    with pytest.raises(Invalid):
        lift(ready, found.id, " ")
    lift(ready, found.id, "a mistake of ours")
    with pytest.raises(Conflict, match="lifted"):
        lift(ready, found.id)
    mark(ready, "A", "hidden", "again")
    with reading(ready.engine) as session:
        rows = [row for row, *_ in marks.of_challenge(session, ready.hosted().id)]
        kinds = ("team_hidden", "mark_lifted")
        entries = ledger.of_kinds(session, ready.hosted().id, kinds)
    assert [(row.reason, row.lift_reason) for row in rows] == [("again", ""), ("first", "a mistake of ours")]
    assert [(entry.kind, entry.data["reason"], entry.data["by"]) for entry in entries] == [
        ("team_hidden", "first", ready.olga.id),
        ("mark_lifted", "a mistake of ours", ready.olga.id),
        ("team_hidden", "again", ready.olga.id),
    ]


def test_a_reason_is_needed_and_baselines_and_strangers_cannot_be_marked(ready):
    with pytest.raises(Invalid):
        mark(ready, "A", "hidden", "")
    with pytest.raises(NotFound):
        mark(ready, "A", "banned")
    ready.publish("other")
    with reading(ready.engine) as session:
        baseline = store.finals(session, ready.hosted().id)
    others = [team for team in baseline if team not in {team.id for _, team in ready.people.values()}]
    acts = [
        lambda session: moderation.mark_team(
            session, ready.olga, ready.hosted(), others[0], kind="hidden", reason="x", at=ready.now
        ),
        lambda session: moderation.mark_team(
            session, ready.olga, ready.hosted("other"), ready.people["A"][1].id, kind="hidden", reason="x", at=ready.now
        ),
        lambda session: moderation.mark_submission(
            session, ready.olga, ready.hosted("other"), public_id, kind="hidden", reason="x", at=ready.now
        ),
    ]
    public_id = latest(ready, "A")[0].public_id
    for act in acts:
        with pytest.raises(NotFound), transaction(ready.engine) as session:
            act(session)
    mark(ready, "A", "hidden")
    with pytest.raises(NotFound), transaction(ready.engine) as session:
        moderation.lift(session, ready.olga, ready.hosted("other"), newest_mark(ready).id, reason="x", at=ready.now)


def test_the_same_mark_set_many_times_at_once_is_one(ready):
    refused = []

    def attempt():
        try:
            mark(ready, "A", "hidden")
        except Conflict as error:
            refused.append(error.code)

    threads = [threading.Thread(target=attempt) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["marked"] * 4
    with reading(ready.engine) as session:
        assert len(marks.in_force(session, ready.hosted().id)) == 1
