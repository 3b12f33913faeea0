"""Taking one's data along, and leaving: nothing of the person stays, everything that was submitted does."""

import json

import pytest

from arena import accounts, admission, audit, departing, registration, sessions, teams
from arena.errors import Conflict, Invalid, NotSignedIn
from arena.store import models, personal
from arena.store.engine import reading, transaction

PASSWORD = "correct horse 9"


def leave(site, person, *, confirmation=None, password=PASSWORD):
    with transaction(site.engine) as session:
        row = session.get(models.User, person.id)
        departing.delete(session, row, confirmation=confirmation or row.email, password=password, at=site.now)


def everything(site):
    with reading(site.engine) as session:
        return {table.name: str(session.execute(table.select()).all()) for table in models.User.metadata.sorted_tables}


@pytest.fixture
def pair(site):
    """A team of two with a submission, whose captain has told much about herself."""
    site.publish(admission="approval")
    olga = site.organizer()
    with transaction(site.engine) as session:
        question = registration.add_question(
            session, olga, site.hosted(), kind="text", ko="무엇?", en="What?", options=[], required=True, at=site.now
        )
    mina, jun = site.person("Mina Secret"), site.person("Jun")
    for person in (mina, jun):
        with transaction(site.engine) as session:
            admission.ask(session, person, site.hosted(), answers={question.id: f"phone of {person.name}"}, at=site.now)
            admission.admit(session, olga, site.hosted(), person.id, site.now)
    _, team = site.team("Pair", captain=mina)
    with transaction(site.engine) as session:
        code = teams.invite(session, mina, team, at=site.now)
        teams.accept_agreement(session, jun, site.hosted(), version="1", at=site.now)
        teams.accept_invitation(session, jun, site.hosted(), code, site.now)
        accounts.update_profile(
            session, session.get(models.User, mina.id), name="Mina Secret", affiliation="Hidden Hospital", language="en"
        )
    return mina, jun, team, olga


def test_what_was_submitted_stays_and_the_person_goes(site, pair):
    mina, jun, team, _ = pair
    site.submit(mina, 7)
    with transaction(site.engine) as session:
        key = sessions.begin(session, mina, device="Firefox, Linux", at=site.now)
        _, token = accounts.issue_token(session, mina, name="t", at=site.now)
    leave(site, mina)
    for table, text in everything(site).items():
        for word in ("Mina Secret", mina.email, "Hidden Hospital", "phone of Mina"):
            assert word not in text, (table, word)
    with reading(site.engine) as session:
        row = session.get(models.User, mina.id)
        assert departing.called(row).ko == "탈퇴한 참가자"
        assert (row.deleted_at, row.disabled_at, row.password_hash) == (site.now, site.now, None)
        assert sessions.reader(session, key, site.now) is None
        with pytest.raises(NotSignedIn):
            accounts.authenticate_token(session, token, site.now)
        kept = session.get(models.Team, team.id)
        assert kept.captain_id == jun.id
        assert {one.id for one in teams.members(session, kept)} == {mina.id, jun.id}, "a team keeps its authors"
        assert session.get(models.Submission, site_submission(session)).user_id == mina.id
        assert audit.verify(session) == []
        (entry,) = [
            row
            for row in session.exec(models.LedgerEntry.__table__.select()).mappings()
            if row["kind"] == "account_deleted"
        ]
        assert entry["data"] == {"user": mina.id}
    # Who stays goes on submitting, also when there is a new agreement that only the living can accept.
    site.submit(jun, 8)
    with transaction(site.engine) as session:
        for row in session.exec(models.Agreement.__table__.select().where(models.Agreement.user_id == mina.id)):
            session.delete(session.get(models.Agreement, row.id))
    site.submit(jun, 9)


def site_submission(session):
    found = session.exec(models.Submission.__table__.select().where(models.Submission.note == "")).mappings().all()
    return max(row["id"] for row in found)


def test_the_address_can_be_used_again_for_an_account_that_is_another(site, pair):
    mina, *_ = pair
    leave(site, mina)
    with transaction(site.engine) as session:
        again = accounts.create_user(session, email=mina.email, name="New", admin=False, password=PASSWORD, at=site.now)
        assert again.id != mina.id
        assert teams.team_of(session, again, site.hosted()) is None


def test_a_team_that_has_not_submitted_is_left(site, pair):
    mina, jun, team, _ = pair
    leave(site, mina)
    with reading(site.engine) as session:
        kept = session.get(models.Team, team.id)
        assert [one.id for one in teams.members(session, kept)] == [jun.id]
        assert kept.captain_id == jun.id
    leave(site, jun)
    with reading(site.engine) as session:
        assert session.get(models.Team, team.id).captain_id is None


@pytest.mark.parametrize(("confirmation", "password"), [("", PASSWORD), ("other@example.org", PASSWORD), (None, "x")])
def test_nothing_goes_without_the_address_and_the_password(site, confirmation, password):
    mina = site.person("Mina")
    before = everything(site)
    given = mina.email if confirmation is None else confirmation
    with transaction(site.engine) as session, pytest.raises(Invalid):
        departing.delete(session, session.get(models.User, mina.id), confirmation=given, password=password, at=site.now)
    assert everything(site) == before


def test_the_last_administrator_and_the_only_organizer_stay(site):
    site.publish()
    olga, boss = site.organizer(), site.person("Boss")
    with transaction(site.engine) as session:
        session.get(models.User, boss.id).is_admin = True
    with pytest.raises(Conflict, match="last administrator"):
        leave(site, boss)
    with pytest.raises(Conflict, match="only organizer of small"):
        leave(site, olga)
    second = site.organizer("Second")
    leave(site, olga)
    with pytest.raises(Conflict):
        leave(site, second)


def test_everything_held_about_the_person_is_in_the_export_and_nobody_else_is(site, pair):
    mina, jun, team, _ = pair
    site.submit(mina, 7)
    with transaction(site.engine) as session:
        key = sessions.begin(session, mina, device="Firefox, Linux", at=site.now)
        _, token = accounts.issue_token(session, mina, name="laptop", at=site.now)
    with reading(site.engine) as session:
        found = departing.held(session, session.get(models.User, mina.id), site.now)
    text = json.dumps(found, ensure_ascii=False)
    assert found["account"]["name"] == "Mina Secret"
    assert found["names"] == {
        "challenge_id": {str(site.hosted().id): "small"},
        "team_id": {str(team.id): "Pair"},
    }
    rows = found["rows"]
    assert rows["api_token"][0] | {"hint": ""} == rows["api_token"][0] | {"hint": "", "name": "laptop"}
    assert rows["sign_in"][0]["device"] == "Firefox, Linux"
    assert rows["agreement"][0]["accepted_at"]
    assert rows["submission"][0]["receipt"]["file_sha256"] == rows["submission"][0]["file_sha256"]
    assert found["registration_answers"][0]["value"] == "phone of Mina Secret"
    assert {"account_made", "agreement_accepted", "participation_asked"} <= {one["kind"] for one in found["ledger"]}
    for stranger in (jun.email, "Jun", key, token, mina.password_hash):
        assert stranger not in text


def test_every_column_that_names_a_person_is_thought_of():
    """A new table that names people has to say so by `user_id`, and is exported; or it is an act on others."""
    for table in models.User.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == models.User.__tablename__ for key in column.foreign_keys):
                assert column.name == "user_id" or column.name in personal.ACTS, (table.name, column.name)
