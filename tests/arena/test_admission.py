"""Who may take part: asking, deciding, the allow-list, invitations and the questions, on both databases."""

import threading

import pytest

from arena import accounts, admission, invitations, registration, roles, teams
from arena.errors import Conflict, Forbidden, Invalid, NotFound
from arena.store import ledger
from arena.store import participants as store
from arena.store.engine import reading, transaction


def ask(site, person, answers=None, slug="small"):
    with transaction(site.engine) as session:
        return admission.ask(session, person, site.hosted(slug), answers=answers or {}, at=site.now)


def state(site, person, slug="small"):
    with reading(site.engine) as session:
        return admission.standing(session, person, site.hosted(slug)).state


def join(site, person, name="Team"):
    with transaction(site.engine) as session:
        teams.accept_agreement(session, person, site.hosted(), version="1", at=site.now)
    with transaction(site.engine) as session:
        return teams.create_team(session, person, site.hosted(), name=name, at=site.now)


def allow(site, by, *entries):
    with transaction(site.engine) as session:
        return admission.allow(session, by, site.hosted(), entries, site.now)


def invite(site, by, role="participant"):
    with transaction(site.engine) as session:
        return invitations.make(session, by, site.hosted(), role=role, note="for Kim", at=site.now)


def accept(site, person, code, answers=None):
    with transaction(site.engine) as session:
        return invitations.accept(session, person, code, answers=answers or {}, at=site.now)


def question(site, by, **given):
    asked = {"kind": "text", "ko": "무엇을 합니까?", "en": "What do you do?", "options": [], "required": True} | given
    with transaction(site.engine) as session:
        return registration.add_question(session, by, site.hosted(), at=site.now, **asked).id


def kinds(site):
    with reading(site.engine) as session:
        return [entry.kind for entry in ledger.of_challenge(session, site.hosted().id)]


def test_with_approval_a_person_asks_waits_and_is_admitted(site):
    site.publish(admission="approval")
    organizer, person = site.organizer(), site.person("Kim")
    assert state(site, person) == "not_asked"
    with pytest.raises(Forbidden, match="not_admitted"):
        join(site, person)
    ask(site, person)
    assert state(site, person) == "waiting"
    with pytest.raises(Forbidden, match="not decided"):
        join(site, person)
    with transaction(site.engine) as session:
        admission.admit(session, organizer, site.hosted(), person.id, site.now)
    assert join(site, person).name == "Team"
    assert {"participation_asked", "participation_admitted"} <= set(kinds(site))


def test_a_refusal_tells_its_reason_stands_and_can_be_changed(site):
    site.publish(admission="approval")
    organizer, person = site.organizer(), site.person("Kim")
    ask(site, person)
    with pytest.raises(Invalid), transaction(site.engine) as session:
        admission.refuse(session, organizer, site.hosted(), person.id, reason="  ", at=site.now)
    with transaction(site.engine) as session:
        admission.refuse(session, organizer, site.hosted(), person.id, reason="No affiliation given", at=site.now)
    for refused in (lambda: join(site, person), lambda: ask(site, person)):
        with pytest.raises(Forbidden, match="No affiliation given"):
            refused()
    with transaction(site.engine) as session:
        admission.admit(session, organizer, site.hosted(), person.id, site.now)
    join(site, person)
    with pytest.raises(Conflict, match="in_a_team"), transaction(site.engine) as session:
        admission.refuse(session, organizer, site.hosted(), person.id, reason="late", at=site.now)


def test_an_invited_team_member_has_to_be_admitted_too(site):
    site.publish(admission="approval")
    organizer, captain, friend = site.organizer(), site.person("Kim"), site.person("Lee")
    ask(site, captain)
    with transaction(site.engine) as session:
        admission.admit(session, organizer, site.hosted(), captain.id, site.now)
    team = join(site, captain)
    with transaction(site.engine) as session:
        teams.accept_agreement(session, friend, site.hosted(), version="1", at=site.now)
        code = teams.invite(session, captain, team, at=site.now)
    with pytest.raises(Forbidden, match="not_admitted"), transaction(site.engine) as session:
        teams.accept_invitation(session, friend, site.hosted(), code, site.now)


def test_the_allow_list_lets_in_who_waits_who_asks_and_who_joins(site):
    site.publish(admission="approval")
    organizer, waiting, asking, joining = site.organizer(), *(site.person(name) for name in ("A", "B", "C"))
    ask(site, waiting)
    assert allow(site, organizer, "*@EXAMPLE.org", " *@example.org ") == 1
    assert state(site, waiting) == "admitted"
    assert state(site, joining) == "admitted"
    ask(site, asking)
    assert state(site, asking) == "admitted"
    join(site, joining, "C")
    with reading(site.engine) as session:
        assert store.of_user(session, joining.id, site.hosted().id).via == "allow_list"


def test_the_allow_list_does_not_undo_a_refusal_and_is_for_its_own_challenge(site):
    site.publish(admission="approval")
    site.publish("other", admission="approval")
    organizer, person = site.organizer(), site.person("Kim")
    ask(site, person)
    with transaction(site.engine) as session:
        admission.refuse(session, organizer, site.hosted(), person.id, reason="no", at=site.now)
    allow(site, organizer, person.email)
    assert state(site, person) == "refused"
    assert state(site, person, "other") == "not_asked"


@pytest.mark.parametrize("entry", ["hospital.or.kr", "*@", "*@*.or.kr", "a b@c.de", "*", "kim@", "*@hos pital.kr"])
def test_what_is_neither_an_address_nor_a_domain_is_named_and_nothing_is_kept(site, entry):
    site.publish(admission="approval")
    organizer = site.organizer()
    with pytest.raises(Invalid) as refused:
        allow(site, organizer, "kim@example.org", entry)
    assert "entries" in refused.value.fields
    with reading(site.engine) as session:
        assert store.allowed(session, site.hosted().id) == []


def test_the_ledger_names_no_whole_address(site):
    site.publish(admission="approval")
    allow(site, site.organizer(), "kim.minsu@example.org", "*@hospital.or.kr")
    with reading(site.engine) as session:
        entries = ledger.of_kinds(session, site.hosted().id, ("allow_list_added",))
    assert [entry.data["entry"] for entry in entries] == ["k…@example.org", "*@hospital.or.kr"]


def test_by_invitation_only_the_list_and_the_link_let_in(site):
    site.publish(admission="invite")
    organizer, listed, linked, other = site.organizer(), *(site.person(name) for name in ("A", "B", "C"))
    assert state(site, other) == "by_invitation"
    with pytest.raises(Forbidden, match="not_admitted"):
        ask(site, other)
    allow(site, organizer, listed.email)
    join(site, listed, "A")
    code = invite(site, organizer)
    accept(site, linked, code)
    join(site, linked, "B")
    with pytest.raises(NotFound):
        accept(site, other, code)
    assert state(site, other) == "by_invitation"


def test_an_invitation_ends_when_revoked_or_old_and_is_not_spent_on_a_refusal(site):
    site.publish(admission="invite")
    organizer, person = site.organizer(), site.person("Kim")
    code = invite(site, organizer)
    with reading(site.engine) as session:
        row, _ = invitations.find(session, code, site.now)
    with pytest.raises(Forbidden, match="conflict_of_interest"):
        accept(site, organizer, code)
    with transaction(site.engine) as session:
        invitations.revoke(session, organizer, site.hosted(), row.id, site.now)
    with pytest.raises(NotFound):
        accept(site, person, code)
    old = invite(site, organizer)
    site.at(days=15)
    with pytest.raises(NotFound):
        accept(site, person, old)


def test_one_invitation_admits_one_person_however_many_use_it_at_once(site):
    site.publish(admission="invite")
    code, people = invite(site, site.organizer()), [site.person(f"P{number}") for number in range(6)]
    done = []

    def use(person):
        try:
            accept(site, person, code)
            done.append(person.id)
        except NotFound:
            pass

    threads = [threading.Thread(target=use, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert [state(site, person) for person in people].count("admitted") == 1


def test_an_invitation_also_makes_an_account_where_accounts_are_by_invitation(site):
    site.publish(admission="invite")
    code = invite(site, site.organizer(), "judge")
    with transaction(site.engine) as session:
        judge = accounts.sign_up(
            session,
            email="judge@example.net",
            name="Judge",
            password="correct horse 9",
            language="en",
            policy="invite",
            code=code,
            at=site.now,
        )
    accept(site, judge, code)
    with reading(site.engine) as session:
        assert accounts.roles(session, judge, site.hosted().row) == {"judge"}
        assert not accounts.link_is_open(session, code=code, purpose="signup", at=site.now)


def test_nobody_is_in_a_team_and_judge_or_organizer_too(site):
    site.publish()
    organizer, member, judge = site.organizer(), site.person("Member"), site.person("Judge")
    join(site, member, "Members")
    for role in ("judge", "organizer"):
        with pytest.raises(Conflict, match="in_a_team"):
            accept(site, member, invite(site, organizer, role))
    with pytest.raises(Conflict, match="in_a_team"), transaction(site.engine) as session:
        accounts.grant(session, email=member.email, role="judge", slug="small", at=site.now)
    accept(site, judge, invite(site, organizer, "judge"))
    with pytest.raises(Forbidden, match="conflict_of_interest"):
        join(site, judge, "Judges")
    # Who gave the role up knows what a judge knows, and still cannot compete.
    with transaction(site.engine) as session:
        held = next(grant for grant, person in store.grants(session, site.hosted().id) if person.id == judge.id)
        roles.withdraw(session, organizer, site.hosted().row, held.id, site.now)
    with pytest.raises(Forbidden, match="conflict_of_interest"):
        join(site, judge, "Judges")


def test_joining_and_becoming_a_judge_at_once_makes_one_of_them(site):
    site.publish()
    organizer = site.organizer()
    for number in range(5):
        person = site.person(f"Both {number}")
        with transaction(site.engine) as session:
            teams.accept_agreement(session, person, site.hosted(), version="1", at=site.now)
        code, refused = invite(site, organizer, "judge"), []

        def attempt(act, refused=refused):
            try:
                act()
            except (Conflict, Forbidden) as error:
                refused.append(error.code)

        acts = (lambda: join(site, person, f"T{number}"), lambda: accept(site, person, code))
        threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with reading(site.engine) as session:
            member = teams.team_of(session, person, site.hosted()) is not None
            judge = "judge" in accounts.roles(session, person, site.hosted().row)
        assert (member, judge) in ((True, False), (False, True)), refused
        assert len(refused) == 1


def test_the_last_organizer_stays(site):
    site.publish()
    organizer = site.organizer()
    with reading(site.engine) as session:
        (held, _), *_ = store.grants(session, site.hosted().id)
    with pytest.raises(Conflict, match="last_organizer"), transaction(site.engine) as session:
        roles.withdraw(session, organizer, site.hosted().row, held.id, site.now)


def test_required_questions_are_answered_before_anybody_is_in(site):
    site.publish(admission="open")
    organizer, person = site.organizer(), site.person("Kim")
    text = question(site, organizer)
    choice = question(site, organizer, kind="choice", options=[("학생", "Student"), ("그 밖", "Other")], required=False)
    assert state(site, person) == "not_asked"
    with pytest.raises(Forbidden, match="not_admitted"):
        join(site, person)
    for wrong in ({}, {text: "  "}, {text: "x", choice: "2"}, {text: "x", choice: "-1"}, {text: "x", choice: "١"}):
        with pytest.raises(Invalid) as refused:
            ask(site, person, wrong)
        assert set(refused.value.fields) <= {f"question-{text}", f"question-{choice}"}
    ask(site, person, {text: " cohort\nstudies ", choice: "1", 999_999: "ignored"})
    join(site, person)
    with reading(site.engine) as session:
        row = store.of_user(session, person.id, site.hosted().id)
        asked = {one.id: one for one in registration.questions(session, site.hosted())}
        given = store.answers(session, [row.id])[row.id]
    words = {number: registration.in_words(asked[number], value, "ko") for number, value in given.items()}
    assert words == {text: "cohort studies", choice: "그 밖"}


def test_answers_can_be_changed_while_nobody_has_decided_and_stay_when_a_question_goes(site):
    site.publish(admission="approval")
    organizer, person = site.organizer(), site.person("Kim")
    first = question(site, organizer)
    ask(site, person, {first: "one"})
    ask(site, person, {first: "two"})
    with transaction(site.engine) as session:
        registration.retire_question(session, organizer, site.hosted(), first, site.now)
    with reading(site.engine) as session:
        row = store.of_user(session, person.id, site.hosted().id)
        assert registration.questions(session, site.hosted()) == []
        assert [one.id for one in registration.questions(session, site.hosted(), retired=True)] == [first]
        assert store.answers(session, [row.id]) == {row.id: {first: "two"}}
    with transaction(site.engine) as session:
        admission.admit(session, organizer, site.hosted(), person.id, site.now)
    ask(site, person, {first: "three"})
    with reading(site.engine) as session:
        assert store.answers(session, [row.id]) == {row.id: {first: "two"}}


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "file"},
        {"ko": ""},
        {"en": " "},
        {"kind": "choice", "options": [("하나", "One")]},
        {"kind": "choice", "options": [("하나", "One"), ("", "Two")]},
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(site, given):
    site.publish()
    organizer = site.organizer()
    with pytest.raises(Invalid):
        question(site, organizer, **given)


def test_asking_many_times_at_once_makes_one_request(site):
    site.publish(admission="approval")
    person = site.person("Kim")
    threads = [threading.Thread(target=ask, args=(site, person)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(site.engine) as session:
        assert store.counts(session, site.hosted().id) == {"waiting": 1}
    assert kinds(site).count("participation_asked") == 1


def test_another_challenges_objects_are_not_there(site):
    site.publish(admission="approval")
    site.publish("other", admission="approval")
    organizer, person = site.organizer(), site.person("Kim")
    asked = question(site, organizer)
    ask(site, person, {asked: "x"})
    other = site.hosted("other")
    for act in (
        lambda session: admission.admit(session, organizer, other, person.id, site.now),
        lambda session: admission.refuse(session, organizer, other, person.id, reason="x", at=site.now),
        lambda session: registration.retire_question(session, organizer, other, asked, site.now),
        lambda session: admission.disallow(session, organizer, other, 1, site.now),
        lambda session: admission.admit(session, organizer, site.hosted(), 2_000_000_000, site.now),
    ):
        with pytest.raises(NotFound), transaction(site.engine) as session:
            act(session)
