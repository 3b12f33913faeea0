import threading
from datetime import UTC, datetime

import pytest

from arena import accounts, audit, receipts, submissions, teams, viewing
from arena.errors import Conflict, Forbidden, Invalid, NotFound, QuotaUsed
from arena.store import evaluations, models
from arena.store import submissions as store
from arena.store.engine import reading, transaction


def test_a_submission_has_a_number_a_receipt_and_one_evaluation(site) -> None:
    site.publish()
    person, team = site.team("첫 팀")
    recorded = site.submit(person, 10)
    assert recorded.created
    assert recorded.submission.number == 1
    assert receipts.verify(recorded.submission.receipt, site.signer.public_key)
    changed = recorded.submission.receipt | {"file_sha256": "0" * 64}
    assert not receipts.verify(changed, site.signer.public_key)
    with reading(site.engine) as session:
        assert evaluations.next_of_team(session, team.id) == recorded.evaluation_id


def test_the_same_predictions_cost_nothing_and_return_the_first(site) -> None:
    site.publish()
    person, _ = site.team("A")
    first = site.submit(person, 10)
    again = site.submit(person, 10)
    assert (again.created, again.submission.id) == (False, first.submission.id)


def test_an_idempotency_key_is_honoured_and_bound_to_its_file(site) -> None:
    site.publish()
    person, _ = site.team("A")
    first = site.submit(person, 10, key="k" * 500)
    assert site.submit(person, 10, key="k" * 500).submission.id == first.submission.id
    with pytest.raises(Conflict, match="idempotency_key_used"):
        site.submit(person, 11, key="k" * 500)
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert site.submit(person, 10, key="k" * 500).submission.id == first.submission.id
    with pytest.raises(Conflict, match="closed"):
        site.submit(person, 12, key="another")


def test_the_quota_counts_calendar_days_in_seoul(site) -> None:
    site.publish()
    person, team = site.team("A")
    site.now = datetime(2026, 11, 23, 14, 58, tzinfo=UTC)  # 23:58 in Seoul
    for seed in (1, 2, 3):
        site.submit(person, seed + 100)
    with pytest.raises(QuotaUsed, match="quota_day"):
        site.submit(person, 104)
    site.at(minutes=3)  # the next day in Seoul, the same day in UTC
    assert site.submit(person, 104).created
    assert site.submit(person, 105).created
    with pytest.raises(QuotaUsed, match="quota_total"):
        site.submit(person, 106)
    with reading(site.engine) as session:
        quota = teams.quota(session, site.hosted(), team, site.now)
    assert (quota.used_today, quota.left_today, quota.left_total) == (2, 0, 0)
    assert quota.renews_at.isoformat() == "2026-11-25T00:00:00+09:00"


def test_twenty_parallel_posts_at_the_last_slot_give_one_more(site) -> None:
    site.publish()
    person, team = site.team("A")
    site.submit(person, 1)
    site.submit(person, 2)
    prepared = [site.prepare(1000 + seed) for seed in range(20)]
    outcomes: list[str] = []

    def post(one: submissions.Prepared) -> None:
        try:
            with transaction(site.engine) as session:
                submissions.record(
                    session,
                    user=person,
                    hosted=site.hosted(),
                    prepared=one,
                    note="",
                    idempotency_key=None,
                    at=site.now,
                    sign=site.signer.sign,
                )
            outcomes.append("created")
        except QuotaUsed:
            outcomes.append("refused")

    threads = [threading.Thread(target=post, args=(one,)) for one in prepared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created"] + ["refused"] * 19
    with reading(site.engine) as session:
        rows = store.of_team(session, team.id)
    assert [row.number for row in rows] == [3, 2, 1]


def test_the_servers_clock_decides_at_the_close(site) -> None:
    site.publish()
    person, _ = site.team("A")
    site.now = datetime(2026, 12, 31, 8, 59, 59, tzinfo=UTC)
    assert site.submit(person, 1).created
    site.now = datetime(2026, 12, 31, 9, 0, 0, tzinfo=UTC)
    with pytest.raises(Conflict, match="closed"):
        site.submit(person, 2)


def test_a_bad_file_costs_nothing_and_stores_nothing(site) -> None:
    import io

    site.publish()
    _, team = site.team("A")
    before = sorted(site.blobs.root.rglob("*"))
    with pytest.raises(Invalid) as caught:
        submissions.prepare(
            site.blobs, site.hosted(), stream=io.BytesIO(b"patient_id,p_3y\nP0000,2\n"), filename="x.csv"
        )
    codes = {problem.code for problem in caught.value.problems}
    assert {"out_of_range", "missing_id"} <= codes
    assert sorted(site.blobs.root.rglob("*")) == before
    with reading(site.engine) as session:
        assert teams.quota(session, site.hosted(), team, site.now).used_total == 0


def test_another_teams_submission_looks_like_none(site) -> None:
    site.publish()
    mine, _ = site.team("A")
    theirs, _ = site.team("B")
    recorded = site.submit(mine, 1)
    with reading(site.engine) as session, pytest.raises(NotFound):
        viewing.one(session, theirs, recorded.submission.public_id, site.now)
    with transaction(site.engine) as session, pytest.raises(NotFound):
        submissions.choose_final(session, theirs, recorded.submission.public_id, site.now)


def test_without_everyones_agreement_nobody_submits(site) -> None:
    site.publish()
    captain, team = site.team("A")
    second = site.person("second")
    with transaction(site.engine) as session:
        code = teams.invite(session, captain, team, at=site.now)
        with pytest.raises(Forbidden, match="agreement_needed"):
            teams.accept_invitation(session, second, site.hosted(), code, site.now)
    # A member without a valid agreement: as after a new version of it.
    with transaction(site.engine) as session:
        session.add(
            models.Membership(user_id=second.id, challenge_id=team.challenge_id, team_id=team.id, joined_at=site.now)
        )
    with pytest.raises(Forbidden, match="second"):
        site.submit(captain, 1)


def test_the_latest_is_final_until_the_team_chooses(site) -> None:
    site.publish()
    person, team = site.team("A")
    first, second = site.submit(person, 1), site.submit(person, 2)

    def finals() -> list[tuple[int, bool, bool]]:
        with reading(site.engine) as session:
            views = viewing.of_team(session, site.hosted(), team, site.now)
        return [(view.number, view.final, view.final_by_default) for view in views]

    assert finals() == [(2, True, True), (1, False, False)]
    with transaction(site.engine) as session:
        submissions.choose_final(session, person, first.submission.public_id, site.now)
    assert finals() == [(2, False, False), (1, True, False)]
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session, pytest.raises(Conflict, match="closed"):
        submissions.choose_final(session, person, second.submission.public_id, site.now)


def test_before_the_reveal_a_gated_submission_shows_its_decision_only(site) -> None:
    site.publish()
    person, _ = site.team("A")
    recorded = site.submit(person, 1)
    assert site.decide(recorded.evaluation_id, "accepted", gain=0.008, value=0.31)
    with reading(site.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, site.now)
    assert (view.status, view.decision, view.shown_gain) == ("scored", "accepted", 0.008)
    assert view.shown_value == pytest.approx(0.258)
    assert view.scores == {}
    assert view.report is None


def test_a_practice_challenge_shows_everything_at_once(site) -> None:
    site.publish("drill", gate="none", practice=True)
    person, _ = site.team("A", slug="drill")
    recorded = site.submit(person, 1, slug="drill")
    site.decide(recorded.evaluation_id, "shown", value=0.31)
    with reading(site.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, site.now)
    assert view.scores["public"]["ipa@1095"].value == 0.31


def test_organizers_and_judges_cannot_join(site) -> None:
    site.publish()
    person = site.person("judge")
    with transaction(site.engine) as session:
        accounts.grant(session, email=person.email, role="judge", slug="small", at=site.now)
        teams.accept_agreement(session, person, site.hosted(), version="1", at=site.now)
        with pytest.raises(Forbidden, match="conflict_of_interest"):
            teams.create_team(session, person, site.hosted(), name="X", at=site.now)


def test_an_invitation_works_once_and_a_full_team_is_full(site) -> None:
    site.publish()
    captain, team = site.team("A")
    people = [site.person(f"p{number}") for number in range(3)]
    hosted = site.hosted()
    for person in people[:2]:
        with transaction(site.engine) as session:
            teams.accept_agreement(session, person, hosted, version="1", at=site.now)
            code = teams.invite(session, captain, team, at=site.now)
            teams.accept_invitation(session, person, hosted, code, site.now)
        with transaction(site.engine) as session, pytest.raises(NotFound):
            teams.accept_invitation(session, people[2], hosted, code, site.now)
    with transaction(site.engine) as session:
        teams.accept_agreement(session, people[2], hosted, version="1", at=site.now)
        code = teams.invite(session, captain, team, at=site.now)
    with transaction(site.engine) as session, pytest.raises(Conflict, match="team_full"):
        teams.accept_invitation(session, people[2], hosted, code, site.now)


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "\u202e\u200b"])
def test_a_team_name_is_visible_and_short(site, name: str) -> None:
    site.publish()
    person = site.person("someone")
    with transaction(site.engine) as session:
        teams.accept_agreement(session, person, site.hosted(), version="1", at=site.now)
        with pytest.raises(Invalid):
            teams.create_team(session, person, site.hosted(), name=name, at=site.now)


def test_names_that_look_alike_are_taken(site) -> None:
    site.publish()
    site.team("Log Rank")
    for name in ("log rank", "ＬＯＧ　ＲＡＮＫ", "Log\u202eRank"):
        with pytest.raises(Conflict, match="name_taken"):
            site.team(name, captain=site.person(f"p{abs(hash(name))}"))


def test_the_ledger_proves_that_nothing_was_changed(site) -> None:
    site.publish()
    person, _ = site.team("A")
    site.submit(person, 1)
    with transaction(site.engine) as session:
        assert audit.chain(session, site.now) > 0
        assert audit.chain(session, site.now) == 0
    site.submit(person, 2)
    with transaction(site.engine) as session:
        assert audit.chain(session, site.now) == 1
        assert audit.verify(session) == []
        assert audit.head(session).links == 2
    with transaction(site.engine) as session:
        entry = session.get(models.LedgerEntry, 2)
        entry.data = entry.data | {"team": 99}
        session.add(entry)
    with reading(site.engine) as session:
        assert audit.verify(session) == ["entry 2 was changed"]
