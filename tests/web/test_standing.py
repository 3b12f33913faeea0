"""What pages show of a challenge that is not simply open: a preview to its organizers, a pause and a cancellation to everybody."""

import io
import re

import pytest

from arena import accounts, conducting
from arena.errors import Conflict
from arena.store.engine import transaction
from arena.store.models import Challenge
from tests.web.conftest import World, predictions
from tests.web.test_browser import OF_ONE


@pytest.fixture
def peopled(world: World) -> World:
    """A challenge with an organizer, a judge, an administrator and a team."""
    world.publish()
    world.team("mina")
    for name in ("org", "other", "judge", "admin"):
        world.person(name)
    with transaction(world.engine) as session:
        accounts.grant(session, email="org@example.org", role="organizer", slug="small", at=world.now)
        accounts.grant(session, email="judge@example.org", role="judge", slug="small", at=world.now)
        admin = accounts.by_email(session, "admin@example.org")
        admin.is_admin = True
        session.add(admin)
    return world


def without_number(page: str) -> str:
    """Return an error page without the number that its request was given."""
    return re.sub(r"req-[0-9a-f-]+", "", page)


def act(world: World, name: str, **given: str) -> None:
    hosted = world.hosted()
    with transaction(world.engine) as session:
        organizer = accounts.by_email(session, "org@example.org")
        getattr(conducting, name)(session, organizer, hosted, at=world.now, **given)


def test_a_preview_is_for_its_organizers_alone(peopled: World):
    with transaction(peopled.engine) as session:
        row = session.get_one(Challenge, 1)
        row.state, row.opens_at = "ready", None
        session.add(row)
    paths = [f"/challenges/small{path}" for path in (*OF_ONE, "/files/train.csv", "/files/test.csv")]
    visitors = {name: peopled.visitor().sign_in(f"{name}@example.org") for name in ("mina", "other", "judge")}
    visitors["nobody"] = peopled.visitor()
    for name, visitor in visitors.items():
        for path in paths:
            assert visitor.get(path).status_code == 404, (name, path)
        assert "A small challenge" not in visitor.get("/").text
        # Only the address that was asked for is repeated: nothing tells that there is something.
        missing = visitor.get("/challenges/zzzzz").text.replace("zzzzz", "small")
        assert without_number(visitor.get("/challenges/small").text) == without_number(missing)
    for name in ("org", "admin"):
        visitor = peopled.visitor().sign_in(f"{name}@example.org")
        for path in paths:
            answer = visitor.get(path)
            assert answer.status_code == 200, (name, path)
            if "/files/" not in path:
                assert "Only its organizers and administrators see these pages" in answer.text
        checked = visitor.client.get("/challenges/small/submit").text
        assert "has not opened yet" in checked or "First make a team" in checked


def test_a_pause_says_why_and_takes_nothing(peopled: World):
    act(peopled, "pause", reason="The <b>dictionary</b> is wrong")
    visitor = peopled.visitor().sign_in("mina@example.org")
    for path in OF_ONE:
        page = visitor.get(f"/challenges/small{path}").text
        assert "Submissions paused" in page, path
        assert "The &lt;b&gt;dictionary&lt;/b&gt; is wrong" in page
    page = visitor.get("/challenges/small/submit").text
    assert "No submission is taken at the moment" in page
    assert 'type="file"' not in page
    refused = visitor.post("/challenges/small/submit", {"act": "submit", "note": ""}, form="/challenges/small/team")
    assert refused.status_code == 422  # no file
    korean = peopled.visitor("ko").get("/challenges/small").text
    assert "제출을 멈춤" in korean
    act(peopled, "resume")
    assert "Submissions paused" not in visitor.get("/challenges/small").text
    assert visitor.upload("small", predictions(5)).status_code == 303


def test_a_file_on_its_way_when_the_pause_comes_is_refused_with_its_sentence(peopled: World):
    visitor = peopled.visitor().sign_in("mina@example.org")
    act(peopled, "pause", reason="The dictionary is wrong")
    sent = {"file": (io.BytesIO(predictions(5)), "mine.csv"), "act": "submit", "note": ""}
    answer = visitor.post("/challenges/small/submit", sent, form="/challenges/small/team")
    assert answer.status_code == 409
    assert "this has cost none. Why: The dictionary is wrong" in answer.text


def test_a_cancellation_is_public_and_final(peopled: World):
    act(peopled, "cancel", reason="Labels were published elsewhere")
    nobody = peopled.visitor()
    for path in OF_ONE[:7]:
        page = nobody.get(f"/challenges/small{path}").text
        assert "The organizers have cancelled this challenge" in page, path
        assert "Labels were published elsewhere" in page
    home = nobody.get("/").text
    assert "cancelled" in home
    visitor = peopled.visitor().sign_in("mina@example.org")
    assert "This challenge has been cancelled" in visitor.get("/challenges/small/submit").text
    assert "취소됨" in peopled.visitor("ko").get("/").text
    with pytest.raises(Conflict, match="not_now"):
        act(peopled, "cancel", reason="again")
