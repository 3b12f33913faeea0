"""Every page outside /organize/<slug>, from the application's own map, as everybody: `test_organize_access` walks the others."""

import re

import pytest
from sqlmodel import select

from arena import accounts, sessions
from arena.store import models
from arena.store.engine import reading, transaction
from tests.web.conftest import make_world
from tests.web.test_organize_access import FORM, everything, staff

# A new page has to be put in one of these, and so be thought about.
OPEN = {
    "assets.serve", "health.healthz", "health.readyz", "home.index", "account.sign_up", "account.sign_in", "account.sign_out",
    "account.set_up", "account.reset", "challenge.overview", "challenge.data", "challenge.evaluation", "challenge.rules",
    "challenge.file", "practice.show", "datasheet.show", "datasheet.as_json", "team.show", "joining.announcements_page", "joining.invitation",
    "mailbox.forgot", "leaderboard.show", "leaderboard.table", "team.public", "version.show", "guide.index", "manual.index", "manual.show", "manual.editor_schema",
    "verify.show", "verify.examine", "verify.key",
    "notebook.download",
}  # fmt: skip
SIGNED_IN = {
    "submission.upload", "submission.index", "organize.index", "mailbox.send_again", "mailbox.change", "mailbox.verify",
    "account.end_sessions", "departure.data", "departure.delete",
    "practice.send",
    "account.show", "account.profile", "notices.index", "notices.mail", "account.password", "account.make_token", "challenge.agreement", "team.make",
    "team.invite", "team.leave", "team.invitation", "team.enter_code", "team.describe", "team.show_name",
    "joining.participation", "joining.ask", "submission.submit",
}  # fmt: skip
# Pages that tell whoever is not signed in what they would agree to, or what uploading needs.
EXPLAINED = {"challenge.agreement", "submission.submit", "submission.index"}
# Open after the reveal; before it refused, and nobody is asked to sign in for it.
REVEALED = {"analysis.show", "analysis.table", "analysis.whole"}
OWN = {
    "practice.report",
    "practice.status",
    "account.revoke_token",
    "account.end_session",
    "submission.report",
    "submission.status",
    "submission.choose",
    "submission.receipt",
    "figure.drawing",
    "figure.numbers",
    "team.revoke",
    "team.remove",
    "team.hand_over",
}
SENDERS = {
    "new_challenge.choose", "new_challenge.form", "new_challenge.archive", "new_challenge.definition", "new_challenge.texts",
    "new_challenge.receive",
}  # fmt: skip
# Walked in `test_admin_pages`: nothing is there for anybody but administrators.
ADMINISTRATORS = {
    "admin.index", "admin.download", "admin.account", "admin.reset_link", "admin.change", "admin.sign_up_links",
    "admin.end_sign_up_link",
}  # fmt: skip


@pytest.fixture
def staffed(sqlite_engine, tmp_path):
    world = staff(make_world(sqlite_engine, tmp_path))
    key = world.app.extensions["arena"].settings.labels_key_file
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("ab" * 32 + "\n", encoding="ascii")
    with transaction(world.engine) as session:
        owner = session.get(models.User, world.people["participant"].id)
        token, _ = accounts.issue_token(session, owner, name="t", at=world.now)
        sessions.begin(session, owner, device="", at=world.now)
        sign_in = session.exec(select(models.SignIn).where(models.SignIn.user_id == owner.id)).all()[-1]
        world.objects |= {
            "token_id": token.id,
            "sign_in_id": sign_in.id,
            "link_id": 1,
            "act": "disable",
            "member_id": owner.id,
            "invitation_id": 1,
            "code": "a",
            "token": "a",
            "number": 1,
            "version": "1",
            "figure": "history",
            "name": "train.csv",
        }
    return world


def pages(world):
    for rule in world.app.url_map.iter_rules():
        if rule.rule.startswith("/organize/<"):
            continue
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(world.objects[found[1]]), rule.rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule.endpoint, method, address


def send(visitor, method, address, token):
    if method == "GET":
        return visitor.client.get(address, buffered=True)
    return visitor.client.post(address, data=FORM | {"csrf_token": token}, buffered=True)


def form_token(visitor, page):
    return re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(page).text)[1]


def tokens(world):
    with reading(world.engine) as session:
        return [(row.id, row.revoked_at) for row in session.exec(select(models.ApiToken))]


def test_every_page_has_its_place(staffed):
    assert {
        endpoint for endpoint, _, _ in pages(staffed)
    } == OPEN | SIGNED_IN | REVEALED | OWN | SENDERS | ADMINISTRATORS


def test_nobody_changes_anything_and_sees_what_is_open(staffed):
    visitor, before = staffed.visitor(), (everything(staffed), tokens(staffed))
    for endpoint, method, address in pages(staffed):
        # Anew each time: an act on the way, such as signing out, ends the session that a token belongs to.
        token = form_token(visitor, "/signin") if method == "POST" else ""
        answer = send(visitor, method, address, token)
        if endpoint in OPEN:
            # An open page may lead to an act that is not: taking an invitation, or a wrong password.
            closed = method == "POST" or endpoint == "challenge.file"
            assert answer.status_code not in (401, 403) or closed, (endpoint, answer.status_code)
        elif endpoint in REVEALED:
            assert answer.status_code == 403, (endpoint, answer.status_code)
        elif endpoint in EXPLAINED and method == "GET":
            assert answer.status_code == 200
        elif method == "GET":
            led = answer.status_code == 303 and answer.location.startswith("/signin")
            # What a script asks for is told so, and a page of somebody else's is nobody's.
            assert led or answer.status_code in (401, 404), (endpoint, method, answer.status_code)
        else:
            assert answer.status_code in (401, 404), (endpoint, method, answer.status_code)
    assert (everything(staffed), tokens(staffed)) == before


@pytest.mark.parametrize(
    "who", ["judge", "other organizer", "creator", "withdrawn organizer", "organizer", "administrator", "asker"]
)
def test_what_is_a_participants_is_nobody_elses(staffed, who):
    visitor = staffed.visitor().sign_in(staffed.people[who].email)
    token, before = form_token(visitor, "/account"), tokens(staffed)
    for endpoint, method, address in pages(staffed):
        if endpoint in OWN:
            answer = send(visitor, method, address, token)
            assert answer.status_code == 404, (endpoint, method, answer.status_code)
    assert tokens(staffed) == before


@pytest.mark.parametrize("who", ["participant", "judge", "withdrawn organizer", "asker"])
def test_who_may_send_no_challenge_gets_none_of_its_pages(staffed, who):
    visitor = staffed.visitor().sign_in(staffed.people[who].email)
    token, before = form_token(visitor, "/account"), everything(staffed)
    for endpoint, method, address in pages(staffed):
        if endpoint in SENDERS:
            assert send(visitor, method, address, token).status_code == 403, (endpoint, method)
    assert everything(staffed) == before


@pytest.mark.parametrize("who", ["organizer", "other organizer", "creator", "administrator"])
def test_who_may_send_a_challenge_gets_them(staffed, who):
    visitor = staffed.visitor().sign_in(staffed.people[who].email)
    token = form_token(visitor, "/account")
    for endpoint, method, address in pages(staffed):
        if endpoint in SENDERS:
            status = send(visitor, method, address, token).status_code
            assert status == 200 if method == "GET" else status == 422, (endpoint, method, status)


def test_without_the_forms_token_nothing_is_done(staffed):
    visitor = staffed.visitor().sign_in(staffed.people["participant"].email)
    before, had = everything(staffed), tokens(staffed)
    tried = 0
    for endpoint, method, address in pages(staffed):
        if method == "POST":
            for data in (
                FORM,
                FORM | {"csrf_token": "x"},
                FORM | {"csrf_token": form_token(staffed.visitor(), "/signin")},
            ):
                # Who may send no challenge is told that first; and a form is read only where there is something to practise on.
                expected = (403,) if endpoint in SENDERS and endpoint != "new_challenge.definition" else (400, 403)
                expected = (404,) if endpoint == "practice.send" else expected
                assert visitor.client.post(address, data=data).status_code in (*expected, 400), (endpoint, address)
            tried += 1
    assert tried >= 17
    assert (everything(staffed), tokens(staffed)) == (before, had)
    assert visitor.get("/account").status_code == 200, "the session goes on"
