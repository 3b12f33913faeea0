"""Every submission again: added once, counted, switched all at once, and nobody loses anything by it. On both databases."""

import threading

import pytest

from arena import rescoring, sweeping, viewing
from arena.errors import NotFound
from arena.store import evaluations, ledger, models
from arena.store.engine import reading, transaction
from tests.arena.conftest import Site
from tests.arena.relabelling import Bell, board, everything, finish, pending, progress, relabel, score, start, values


@pytest.fixture
def shown(site: Site) -> Site:
    """Practice with two teams that have a score each, and two baselines."""
    site.publish(gate="none", practice=True)
    for name in "AB":
        person, _ = site.team(name)
        site.submit(person, ord(name))
    score(site, pending(site), 0.1)
    return site


def test_new_scores_count_all_at_once_and_the_old_ones_stay_readable(shown: Site):
    old, before = values(board(shown)), everything(shown)
    relabel(shown)
    assert len(start(shown)) == 4
    again = pending(shown)
    assert {row.in_force for row in again} == {False}
    for number, row in enumerate(again):
        assert values(board(shown)) == old, f"after {number} of 4"
        assert not finish(shown)
        assert progress(shown).scored == number
        score(shown, [row], 0.5)
    assert values(board(shown)) == old
    assert finish(shown)
    new = values(board(shown))
    assert {name: round(new[name] - old[name], 9) for name in old} == dict.fromkeys(old, 0.4)
    assert values(board(shown, labels_version=1)) == old
    assert (board(shown).labels_version, board(shown, labels_version=1).labels_version) == (2, 1)
    assert everything(shown) == before
    assert progress(shown) == rescoring.Progress(2, "1", total=4, scored=4, failed=0, under_way=False)
    with pytest.raises(NotFound):
        board(shown, labels_version=3)


def test_starting_twice_adds_nothing_and_finishing_twice_does_nothing(shown: Site):
    relabel(shown)
    started: list[list[int]] = []
    threads = [threading.Thread(target=lambda: started.append(start(shown))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 4
    assert {tuple(one) for one in started} == {tuple(row.id for row in pending(shown))}
    score(shown, pending(shown), 0.5)
    assert finish(shown)
    assert not finish(shown)
    assert start(shown) == []
    with reading(shown.engine) as session:
        kinds = [entry.kind for entry in ledger.of_challenge(session, 1)]
    assert (kinds.count("rescoring_started"), kinds.count("rescored")) == (1, 1)


def test_a_file_that_comes_meanwhile_waits_for_the_others_to_count(shown: Site):
    relabel(shown)
    start(shown)
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    score(shown, pending(shown), 0.5)
    assert "C" not in values(board(shown))
    with reading(shown.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, shown.now)
    assert view.scores["public"]["ipa@1095"].value == pytest.approx(0.5 + recorded.submission.id / 100)
    assert finish(shown)
    assert "C" in values(board(shown))


def test_what_was_received_under_the_old_labels_is_not_left_out(shown: Site):
    relabel(shown)
    start(shown)
    # A transaction that began before the start and commits after it leaves an evaluation under the old labels.
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with transaction(shown.engine) as session:
        row = session.get(models.Evaluation, recorded.evaluation_id)
        row.labels_version, row.in_force = 1, True
        session.add(row)
    score(shown, pending(shown), 0.5)
    assert not finish(shown)
    (late,) = pending(shown)
    assert (late.submission_id, late.labels_version) == (recorded.submission.id, 2)
    score(shown, [late], 0.5)
    assert finish(shown)
    assert set(values(board(shown))) >= {"A", "B", "C"}


def test_a_failure_refunds_nothing_and_can_be_tried_again(shown: Site):
    relabel(shown)
    start(shown)
    before = everything(shown)
    failing, *others = reversed(pending(shown))
    score(shown, others, 0.5)
    for attempt in range(evaluations.ATTEMPTS):
        with transaction(shown.engine) as session:
            held = evaluations.claim(session, failing.id, token=f"t{attempt}", at=shown.now, lease_seconds=9)
            evaluations.give_back(session, held, code="scoring", at=shown.now)
    assert everything(shown) == before
    assert progress(shown).stuck
    assert not finish(shown)
    assert start(shown) == [failing.id]
    assert not progress(shown).stuck
    for attempt in range(2 * evaluations.ATTEMPTS):
        with transaction(shown.engine) as session:
            assert evaluations.claim(session, failing.id, token=f"u{attempt}", at=shown.now, lease_seconds=1)
        shown.at(seconds=2)
    with transaction(shown.engine) as session:
        assert evaluations.fail_exhausted(session, shown.now) == [failing.id]
    assert everything(shown) == before
    start(shown)
    score(shown, [failing], 0.5)
    assert finish(shown)


def test_a_refunded_file_is_left_out(shown: Site):
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with transaction(shown.engine) as session:
        row = session.get(models.Submission, recorded.submission.id)
        row.refunded_at = shown.now
        evaluation = session.get(models.Evaluation, recorded.evaluation_id)
        evaluation.state = "failed"
        session.add_all([row, evaluation])
    relabel(shown)
    start(shown)
    assert recorded.submission.id not in {row.submission_id for row in pending(shown)}
    score(shown, pending(shown), 0.5)
    assert finish(shown)


def test_the_sweeper_rings_and_finishes(shown: Site):
    relabel(shown)
    start(shown)
    bell = Bell()
    swept = sweeping.sweep(shown.engine, bell, shown.at(seconds=3).now)
    assert sorted(bell.rung) == [row.id for row in pending(shown)]
    assert swept.rescored == ()
    score(shown, pending(shown), 0.5)
    assert sweeping.sweep(shown.engine, bell, shown.now).rescored == ("small",)
    assert bell.compared == [], "nothing has been revealed"


def test_a_new_file_stands_before_a_rescoring(shown: Site):
    relabel(shown)
    start(shown)
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with reading(shown.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, shown.now)
    assert view.place_in_line == 1
    shown.at(seconds=3)

    class Busy(Bell):
        def depth(self) -> int:
            return 5

    bell = Busy()
    sweeping.sweep(shown.engine, bell, shown.at(seconds=60).now)
    assert bell.rung == [recorded.evaluation_id], "while others wait, a rescoring rings for nothing"
