"""The claim: one worker at a time, in order of receipt, and a late worker's result is thrown away."""

import threading
from datetime import timedelta

from arena.store import evaluations, models, waiting
from arena.store import submissions as store
from arena.store.engine import reading, transaction


def claim(site, evaluation_id: int, token: str = "a", lease: float = 30):
    with transaction(site.engine) as session:
        return evaluations.claim(session, evaluation_id, token=token, at=site.now, lease_seconds=lease)


def finish(site, held) -> bool:
    with transaction(site.engine) as session:
        return evaluations.finish(session, held, scores=[], decision=None, report=None, at=site.now)


def test_only_one_of_many_workers_gets_the_claim(site) -> None:
    site.publish()
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    got = []
    threads = [
        threading.Thread(target=lambda n=n: got.append(claim(site, recorded.evaluation_id, f"t{n}"))) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in got) == 1


def test_a_later_file_waits_for_the_teams_earlier_one(site) -> None:
    site.publish()
    person, team = site.team("A")
    first, second = site.submit(person, 1), site.submit(person, 2)
    assert claim(site, second.evaluation_id) is None
    held = claim(site, first.evaluation_id)
    assert claim(site, second.evaluation_id) is None
    assert finish(site, held)
    with reading(site.engine) as session:
        assert evaluations.next_of_team(session, team.id) == second.evaluation_id
    assert claim(site, second.evaluation_id) is not None


def test_after_the_lease_another_worker_takes_over_and_the_first_is_too_late(site) -> None:
    site.publish()
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    slow = claim(site, recorded.evaluation_id, "slow", lease=10)
    assert claim(site, recorded.evaluation_id, "fast") is None
    site.at(seconds=11)
    fast = claim(site, recorded.evaluation_id, "fast")
    assert fast.attempts == 2
    assert not finish(site, slow)
    assert finish(site, fast)
    assert not finish(site, fast)


def test_a_fault_of_ours_is_tried_again_and_at_last_refunded(site) -> None:
    site.publish()
    person, team = site.team("A")
    recorded = site.submit(person, 1)
    states = []
    for attempt in range(evaluations.ATTEMPTS):
        held = claim(site, recorded.evaluation_id, f"t{attempt}")
        with transaction(site.engine) as session:
            states.append(evaluations.give_back(session, held, code="store_unreachable", at=site.now))
    assert states == ["received"] * (evaluations.ATTEMPTS - 1) + ["failed"]
    with reading(site.engine) as session:
        assert store.count(session, team.id, refunded=False) == 0
    again = site.submit(person, 1)
    assert again.created, "a refunded file may be sent again"


def test_what_kills_its_worker_again_and_again_is_failed(site) -> None:
    site.publish()
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    for attempt in range(2 * evaluations.ATTEMPTS):
        assert claim(site, recorded.evaluation_id, f"t{attempt}", lease=1)
        site.at(seconds=2)
    with transaction(site.engine) as session:
        assert evaluations.fail_exhausted(session, site.now) == [recorded.evaluation_id]
    assert claim(site, recorded.evaluation_id) is None


def test_the_sweeper_finds_what_was_lost_and_only_that(site) -> None:
    rings = site.publish()
    person, _ = site.team("A")
    first, second = site.submit(person, 1), site.submit(person, 2)
    for ring in rings:
        assert site.decide(ring, "shown")

    def due() -> list[int]:
        with reading(site.engine) as session:
            return waiting.due(session, site.now)

    assert due() == []
    site.at(seconds=3)
    assert due() == [first.evaluation_id], "the second waits for the first"
    held = claim(site, first.evaluation_id, lease=5)
    assert due() == []
    site.at(seconds=6)
    assert due() == [first.evaluation_id]
    assert not finish(site, held) or due() == [second.evaluation_id]


def test_a_lease_can_be_renewed_by_its_holder_only(site) -> None:
    site.publish()
    person, _ = site.team("A")
    held = claim(site, site.submit(person, 1).evaluation_id, "a", lease=5)
    with transaction(site.engine) as session:
        assert evaluations.renew(session, held, at=site.now, lease_seconds=60)
    site.at(seconds=30)
    assert claim(site, held.evaluation_id, "b") is None
    site.now += timedelta(seconds=60)
    taken = claim(site, held.evaluation_id, "b")
    assert taken is not None
    with transaction(site.engine) as session:
        assert not evaluations.renew(session, held, at=site.now, lease_seconds=60)


def test_a_decision_once_told_stands(site) -> None:
    site.publish()
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    site.decide(recorded.evaluation_id, "accepted", gain=0.01)
    with transaction(site.engine) as session:
        session.add(
            models.Labels(
                challenge_id=site.hosted().id, version=2, ciphertext_sha256="x", ids_sha256="y", created_at=site.now
            )
        )
        session.flush()
        again = evaluations.add(
            session,
            submission_id=recorded.submission.id,
            split="public",
            scorer="1",
            labels_version=2,
            at=site.now,
        )
    assert site.decide(again, "not_improved")
    with reading(site.engine) as session:
        assert evaluations.decision_of(session, recorded.submission.id).outcome == "accepted"


def test_after_a_fault_of_ours_the_next_attempt_waits_longer_each_time(site) -> None:
    for ring in site.publish():
        assert site.decide(ring, "shown")
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    waited = []
    for attempt in range(evaluations.ATTEMPTS - 1):
        held = claim(site, recorded.evaluation_id, f"t{attempt}")
        with transaction(site.engine) as session:
            evaluations.give_back(session, held, code="file_missing", at=site.now)
        seconds = 0
        while True:
            site.at(seconds=1)
            seconds += 1
            with reading(site.engine) as session:
                if waiting.due(session, site.now):
                    break
        waited.append(seconds)
    assert waited == sorted(waited)
    assert sum(waited) > 30, "a store that is away for half a minute fails no file"
