"""HTML and scripts in every text that a person can write: no page carries them as more than words, and no header at all."""

import io
import re
from html.parser import HTMLParser

import pytest
from sqlmodel import select

from arena import accounts, admission, announcements, conducting, moderation, registration, teams
from arena.store import models
from arena.store.engine import transaction
from challenges.text import Text
from tests.web.conftest import make_world, predictions
from tests.web.test_access_map import form_token

HTML = "<img src=x onerror=alert(4711)><script>alert(4711)</script>"
LINE = "x\r\nSet-Cookie: stolen=4711"
MARKDOWN = f"{HTML}\n\n[a](javascript:alert(4711)) ![b](javascript:alert(4711)) <a href='javascript:alert(4711)'>c</a> [d](data:text/html,4711)"


class Markup(HTMLParser):
    """Reads a page as a browser would, and keeps what could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip().lower() for name, value in attrs}
        led = any(
            given.get(name, "").startswith(("javascript:", "data:", "vbscript:")) for name in ("href", "src", "action")
        )
        own = tag != "script" or given.get("src", "").startswith("/static/")
        if (
            tag in ("img", "iframe", "object", "embed", "base")
            or led
            or not own
            or any(name.startswith("on") for name in given)
        ):
            self.runs.append(f"{tag} {given}")


@pytest.fixture
def world(sqlite_engine, tmp_path):
    world = make_world(sqlite_engine, tmp_path)
    world.publish(admission="approval")
    olga = world.organizer()
    hosted = world.hosted()
    person, waiting = world.person("kim"), world.person("lee")
    with transaction(world.engine) as session:
        for one in (
            session.get(models.User, olga.id),
            session.get(models.User, person.id),
            session.get(models.User, waiting.id),
        ):
            accounts.update_profile(session, one, name=HTML[:60], affiliation=HTML, language="en")
        question = registration.add_question(
            session,
            olga,
            hosted,
            kind="text",
            ko=HTML,
            en=HTML,
            options=[],
            required=False,
            at=world.now,
        )
        admission.ask(session, person, hosted, answers={question.id: HTML}, at=world.now)
        admission.ask(session, waiting, hosted, answers={}, at=world.now)
        admission.admit(session, olga, hosted, person.id, world.now)
        admission.refuse(session, olga, hosted, waiting.id, reason=HTML, at=world.now)
        announcements.post(
            session, olga, hosted, title=Text(HTML, HTML), body=Text(MARKDOWN, MARKDOWN), mail=False, at=world.now
        )
        teams.accept_agreement(session, person, hosted, version="1", at=world.now)
        team = teams.create_team(session, person, hosted, name="<b onclick=4711>x</b>" + LINE[:9], at=world.now)
    visitor = world.visitor().sign_in("kim@example.org")
    token = form_token(visitor, "/challenges/small/submit")
    sent = {
        "file": (io.BytesIO(predictions(5)), HTML.replace("</script>", ".csv")),
        "act": "submit",
        "note": HTML[:120],
        "csrf_token": token,
    }
    assert visitor.client.post("/challenges/small/submit", data=sent).status_code == 303
    with transaction(world.engine) as session:
        submission = session.exec(select(models.Submission).where(models.Submission.team_id == team.id)).one()
        moderation.mark_team(session, olga, hosted, team.id, kind="flagged", reason=HTML, at=world.now)
        moderation.mark_submission(
            session, olga, hosted, submission.public_id, kind="hidden", reason=HTML, at=world.now
        )
        conducting.pause(session, olga, hosted, reason=HTML, at=world.now)
    world.objects = {"slug": "small", "team_id": team.id, "public_id": submission.public_id, "number": 1}
    return world


def test_no_text_of_a_person_becomes_markup_or_a_header(world):
    seen = ""
    for who in (None, "kim@example.org", "lee@example.org", "olga@example.org"):
        visitor = world.visitor()
        if who:
            visitor.sign_in(who)
        for rule in world.app.url_map.iter_rules():
            if "GET" not in rule.methods or not set(rule.arguments) <= set(world.objects):
                continue
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(world.objects[found[1]]), rule.rule)
            answer = visitor.get(address)
            assert "stolen" not in str(answer.headers), address
            if answer.mimetype == "text/html":
                assert Markup(answer.text).runs == [], (who, address)
                assert "<b onclick" not in answer.text, (who, address)
                assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
                seen += answer.text
            elif answer.status_code == 200:
                assert answer.headers["X-Content-Type-Options"] == "nosniff", address
    assert Markup(MARKDOWN).runs, "the reader sees what runs"
    # They were there to be seen, as words.
    assert seen.count("&lt;img src=x") > 10
    assert "&lt;b onclick" in seen


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:a=b",
    ],
)
def test_a_way_onward_leads_to_no_other_site(world, target):
    visitor = world.visitor()
    token = form_token(visitor, "/signin")
    data = {"email": "kim@example.org", "password": "correct horse 9", "next": target, "csrf_token": token}
    answer = visitor.client.post("/signin", data=data)
    assert answer.status_code == 303
    assert re.fullmatch(r"/(?![/\\]).*", answer.location), answer.location
    assert "a=b" not in str(answer.headers.getlist("Set-Cookie"))


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(world):
    """What a stranger put into the browser before is gone after signing in, the form's token included."""
    visitor = world.visitor()
    planted = form_token(visitor, "/signin")
    before = visitor.client.get_cookie("arena_session").value
    visitor.sign_in("kim@example.org")
    assert visitor.client.get_cookie("arena_session").value != before
    stranger = world.visitor()
    stranger.client.set_cookie("arena_session", before)
    assert stranger.get("/account").status_code == 303
    assert visitor.client.post("/account/profile", data={"name": "Eve", "csrf_token": planted}).status_code == 400
