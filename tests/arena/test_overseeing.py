"""What those who run a challenge see of submissions and counts; the store's verbs, on both databases."""

import io
import threading
from datetime import timedelta

import pytest

from arena import audit, organizing, overseeing, refusals, submissions, todos, trail
from arena.errors import Invalid, NotFound
from arena.organizing import Overview
from arena.store import challenges as store
from arena.store import evaluations, models
from arena.store.engine import reading, transaction
from arena.store.overview import Filter
from arena.todos import Pending


@pytest.fixture
def busy(site):
    """Two teams over three days: accepted, not improved, waiting, failed and refunded."""
    for ring in site.publish():
        site.decide(ring, "shown")
    site.olga = site.organizer()
    site.a, team_a = site.team("=A")
    site.b, _ = site.team("B")
    site.team_a = team_a
    first = site.submit(site.a, 1)
    site.decide(first.evaluation_id, "accepted", 0.02)
    site.at(days=1)
    second = site.submit(site.a, 2)
    site.decide(second.evaluation_id, "not_improved")
    site.at(days=1)
    site.third = site.submit(site.b, 3)
    with transaction(site.engine) as session:
        row = session.get(models.Evaluation, site.third.evaluation_id)
        row.state, row.failure, row.attempts, row.finished_at = "failed", "timeout", 5, site.now
        session.get(models.Submission, site.third.submission.id).refunded_at = site.now
    site.submit(site.b, 4)
    site.at(minutes=1)
    return site


def entries(site, limit=None, offset=0, **wanted):
    with reading(site.engine) as session:
        return overseeing.entries(session, site.hosted(), Filter(**wanted), site.now, limit=limit, offset=offset)


def seen(site) -> Overview:
    with reading(site.engine) as session:
        return organizing.overview_of(session, site.hosted(), site.now)


def test_every_filter_chooses_what_it_says(busy):
    start = busy.now - timedelta(hours=1)
    whole = [(one.team.name, one.submission.number) for one in entries(busy)[1]]
    assert whole == [("B", 2), ("B", 1), ("=A", 2), ("=A", 1)]
    for wanted, expected in (
        ({"team_id": busy.team_a.id}, whole[2:]),
        ({"state": "failed"}, whole[1:2]),
        ({"state": "received"}, whole[:1]),
        ({"state": "scored"}, whole[2:]),
        ({"decision": "accepted"}, whole[3:]),
        ({"decision": "not_improved"}, whole[2:3]),
        ({"decision": "none"}, whole[:2]),
        ({"since": start}, whole[:2]),
        ({"before": start}, whole[2:]),
        ({"refunded": True}, whole[1:2]),
        ({"refunded": False}, [whole[0], *whole[2:]]),
        ({"mark": "hidden"}, []),
        ({"team_id": busy.team_a.id, "state": "failed"}, []),
    ):
        total, found = entries(busy, **wanted)
        assert [(one.team.name, one.submission.number) for one in found] == expected, wanted
        assert total == len(expected)


def test_pages_of_the_list_are_stretches_of_it(busy):
    total, first = entries(busy, limit=3)
    _, second = entries(busy, limit=3, offset=3)
    assert total == 4
    assert [one.submission.id for one in first + second] == [one.submission.id for one in entries(busy)[1]]


def test_an_entry_shows_what_its_team_was_told_and_no_more(busy):
    by_number = {(one.team.name, one.submission.number): one for one in entries(busy)[1]}
    accepted, refused = by_number["=A", 1], by_number["=A", 2]
    assert (accepted.shown_value, accepted.score, accepted.decision) == (0.27, None, "accepted")
    assert (refused.shown_value, refused.score, refused.decision) == (None, None, "not_improved")
    assert by_number["B", 1].failure == "timeout"
    assert [one.final for one in entries(busy)[1]] == [True, False, True, False]
    busy.publish("other")
    with pytest.raises(NotFound), reading(busy.engine) as session:
        overseeing.one_entry(session, busy.hosted("other"), accepted.submission.public_id, busy.now)


def test_the_overview_counts_people_days_decisions_and_faults(busy):
    found = seen(busy)
    assert [(line.team.name, line.people, line.submissions) for line in found.people.teams] == [
        ("=A", 1, 2),
        ("B", 1, 2),
    ]
    assert (found.people.members, found.people.submitted, found.people.without_agreement) == (2, 2, {})
    days = {day.isoformat(): count for day, count in found.flow.days if count}
    assert days == {"2026-11-23": 1, "2026-11-24": 1, "2026-11-25": 2}
    assert found.flow.days[0][0].isoformat() == "2026-11-01"
    assert (found.flow.total, found.flow.recent) == (4, 4)
    assert (found.flow.waiting, found.flow.oldest) == (1, busy.now - timedelta(minutes=1))
    assert found.flow.outcomes == {"accepted": 1, "not_improved": 1}
    assert found.flow.faults == {"timeout": 1}
    assert found.flow.seconds is None  # two decisions tell nobody's time


def test_a_team_waits_for_an_agreement_that_its_new_member_lacks(busy):
    with transaction(busy.engine) as session:
        newcomer = models.User(email="new@example.org", name="New", created_at=busy.now)
        session.add(newcomer)
        session.flush()
        session.add(
            models.Membership(
                user_id=newcomer.id, challenge_id=busy.hosted().id, team_id=busy.team_a.id, joined_at=busy.now
            )
        )
    assert seen(busy).people.without_agreement == {busy.team_a.id: ("New",)}


def test_refused_files_are_counted_by_problem_and_not_kept(busy):
    bad = b"patient_id,p_3y\nP0000,2\nP0001,x\nP0001,y\n"
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            submissions.check(busy.blobs, busy.hosted(), stream=io.BytesIO(bad), filename="bad.csv")
        with transaction(busy.engine) as session:
            refusals.note(session, busy.hosted(), refused.value, busy.now)
    counted = seen(busy).flow.refused_files
    assert counted == {"duplicate_id": 2, "missing_id": 2, "not_a_number": 2, "out_of_range": 2}
    with transaction(busy.engine) as session:
        refusals.note(session, busy.hosted(), Invalid("other", refused.value.message), busy.now)
    assert seen(busy).flow.refused_files == counted


def test_refusals_at_once_are_all_counted(busy):
    class Found:
        code = "not_csv"

    error = Invalid("bad_file", busy.hosted().definition.title.text, problems=[Found()], total=1)

    def refuse():
        with transaction(busy.engine) as session:
            refusals.note(session, busy.hosted(), error, busy.now)

    threads = [threading.Thread(target=refuse) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen(busy).flow.refused_files == {"not_csv": 8}


def test_openings_of_labels_are_counted(busy):
    assert (seen(busy).openings, seen(busy).last_opening) == (0, None)
    with transaction(busy.engine) as session:
        for _ in range(3):
            audit.record(session, "labels_opened", busy.hosted().id, {"labels_sha256": "0"}, busy.now)
    assert (seen(busy).openings, seen(busy).last_opening) == (3, busy.now)


def test_scoring_again_is_no_second_line(busy):
    with transaction(busy.engine) as session:
        evaluations.add(
            session,
            submission_id=busy.third.submission.id,
            split="public",
            scorer="next",
            labels_version=1,
            at=busy.now,
        )
    total, found = entries(busy)
    assert (total, len(found)) == (4, 4)
    assert {one.submission.id: one.state for one in found}[busy.third.submission.id] == "received"


def todo_words(site, **pending):
    return [
        todo.words.en
        for todo in todos.of_challenge(site.hosted(), seen(site), Pending(**pending), site.now)
        if not todo.done
    ]


def test_the_list_of_things_to_do_follows_the_calendar(busy):
    assert "Submissions close" in todo_words(busy)
    assert any("1 could not be scored" in words for words in todo_words(busy))
    busy.at(days=60)
    assert "Reveal, once the last files are scored" in todo_words(busy, public=1)
    assert "Reveal the results" in todo_words(busy)
    with transaction(busy.engine) as session:
        session.delete(store.files(session, busy.hosted().id)["rules.en.md"])
    assert "Write the rules in English" in todo_words(busy)


def test_the_trail_tells_acts_in_words_and_leaves_routine_out(busy):
    with transaction(busy.engine) as session:
        audit.record(
            session,
            "team_hidden",
            busy.hosted().id,
            {"team": busy.team_a.id, "by": busy.olga.id, "reason": "{by}"},
            busy.now,
        )
        audit.record(session, "brand_new_kind", busy.hosted().id, {"x": 1}, busy.now)
        audit.chain(session, busy.now)
        audit.record(session, "team_left", busy.hosted().id, {"team": busy.team_a.id, "user": 999}, busy.now)
    with reading(busy.engine) as session:
        total, acts = trail.lines(session, busy.hosted(), routine=False, limit=50)
        whole, everything = trail.lines(session, busy.hosted(), routine=True, limit=50)
        downloaded = trail.everything(session, busy.hosted())
    assert total == len(acts) < whole == len(everything) == len(downloaded)
    assert [line.id for line in downloaded] == [line.id for line in everything][::-1]
    assert acts[0].words == ("brand new kind: x 1", "brand new kind: x 1")
    assert (acts[1].words.en, acts[1].words.ko) == ("The team =A was hidden", "팀을 숨겼습니다: =A")
    assert (acts[1].by, acts[1].reason, acts[1].chained) == ("Olga", "{by}", True)
    assert (everything[0].words.en, everything[0].chained) == ("#999 left the team =A", False)
    assert not {"submission_received", "team_made"} & {line.kind for line in acts}
