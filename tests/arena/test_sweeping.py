"""The sweeper rings for what was lost, also while the queue is never empty, and asks for the comparison after a reveal."""

from datetime import UTC, datetime, timedelta

import pytest

from arena import publishing, sweeping, viewing
from arena.errors import Conflict
from arena.queue import Queue
from arena.store import models
from arena.store.engine import reading, transaction


@pytest.fixture
def queue(valkey: str) -> Queue:
    return Queue(valkey)


def test_what_is_not_in_the_queue_is_rung_for_though_the_queue_is_never_empty(site, queue: Queue) -> None:
    for ring in site.publish():
        site.decide(ring, "shown")
    person, _ = site.team("A")
    site.submit(person, 1)
    queue.score(999)
    assert sweeping.sweep(site.engine, queue, site.now + timedelta(seconds=3)).rung == 1
    assert queue.depth() == 2


def test_a_ring_in_the_queue_is_never_rung_again_however_long_it_waits(site, queue: Queue) -> None:
    """Fifty teams at a deadline, each a minute in line: ringing for all of them every second would bury their jobs."""
    for ring in site.publish():
        site.decide(ring, "shown")
    for name in "ABC":
        person, _ = site.team(name)
        site.submit(person, ord(name))
    for seconds in (3, 6, 40, 41, 400):
        swept = sweeping.sweep(site.engine, queue, site.now + timedelta(seconds=seconds))
        assert swept.rung == (3 if seconds == 3 else 0)
    assert queue.depth() == 3


def test_after_the_reveal_the_comparison_is_asked_for(site, queue: Queue) -> None:
    for ring in site.publish():
        site.decide(ring, "shown")
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    for ring in rings:
        site.decide(ring, "", value=0.2)
    swept = sweeping.sweep(site.engine, queue, site.now)
    assert swept.revealed == ("small",)
    assert queue.depth() == 1
    assert sweeping.sweep(site.engine, queue, site.now).revealed == ()


def test_a_chosen_final_that_was_refunded_is_final_no_more(site) -> None:
    site.publish()
    person, team = site.team("A")
    first, second = site.submit(person, 1), site.submit(person, 2)
    with transaction(site.engine) as session:
        row = session.get(models.Team, team.id)
        row.final_submission_id = first.submission.id
        refunded = session.get(models.Submission, first.submission.id)
        refunded.refunded_at = site.now
        session.add_all([row, refunded])
    with reading(site.engine) as session:
        views = viewing.of_team(session, site.hosted(), team, site.now)
    assert [(view.number, view.final, view.final_by_default) for view in views] == [(2, True, True), (1, False, False)]
    assert second.created


def test_a_challenge_that_waits_for_its_reviews_is_not_revealed_at_the_close(site) -> None:
    site.publish()
    hosted = site.hosted()
    with transaction(site.engine) as session:
        row = session.get(models.Challenge, hosted.id)
        criterion = {"name": {"ko": "연구우수성", "en": "Research excellence"}, "weight": 0.5}
        row.definition = row.definition | {
            "leaderboard": {"gate": "significant", "reveal": "after_reviews"},
            "judging": {"leaderboard_weight": 0.5, "criteria": [criterion]},
        }
        row.definition_sha256 = "waits for its reviews"
        session.add(row)
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session, pytest.raises(Conflict, match="reviews_open"):
        publishing.start_reveal(session, site.hosted(), site.now)
