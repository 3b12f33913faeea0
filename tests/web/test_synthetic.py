"""Every page that shows generated patients says so, with the version of what generated them."""

import re

import pytest

from arena import accounts
from arena.store import challenges as store
from arena.store.engine import transaction
from tests.web.conftest import predictions

SAYS = {"en": "Synthetic data, generator 7.1.0", "ko": "합성 데이터, 생성기 7.1.0판"}
# Answers that are no page of their own.
APART = re.compile(r"/files/|\.json$|/status$")


def paths(world, choices):
    """Return the entrance and every address of a challenge, a submission and an invitation that can be asked for."""
    yield "/"
    for rule in world.app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments and rule.arguments <= set(choices) and not APART.search(rule.rule):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: choices[found[1]], rule.rule)


@pytest.mark.parametrize("revealed", [False, True])
def test_every_page_says_synthetic_with_the_version(world, revealed):
    world.publish(companion=True)
    world.team("mina")
    mina = world.visitor().sign_in("mina@example.org")
    made = mina.post("/challenges/small/team/invitations", form="/challenges/small/team").text
    code = re.search(r"/invitations/([\w-]+)", made)[1]
    public_id = re.search(r"/submissions/(\w+)", mina.upload("small", predictions(5)).location)[1]
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    if revealed:
        world.reveal()
    for name in ("jun", "boss"):
        world.person(name)
    with transaction(world.engine) as session:
        accounts.grant(session, email="boss@example.org", role="organizer", slug="small", at=world.now)
    people = [mina, *(world.visitor().sign_in(f"{name}@example.org") for name in ("jun", "boss"))]
    seen = set()
    for path in paths(world, {"slug": "small", "public_id": public_id, "code": code}):
        for visitor in people:
            for language, words in SAYS.items():
                visitor.client.set_cookie("arena_language", language)
                answer = visitor.get(path)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    assert words in answer.text, f"{path} in {language} shows patients and does not say they are made"
                    seen.add(path)
    assert {"/", f"/submissions/{public_id}", "/challenges/small/leaderboard", "/challenges/small/team"} <= seen
    assert (f"/invitations/{code}" in seen) is not revealed  # it ends with the close
    assert len(seen) >= 11


def test_without_a_known_generator_the_version_of_the_data_is_said(world):
    world.publish()
    with transaction(world.engine) as session:
        row = store.by_slug(session, "small")
        row.facts = {name: value for name, value in row.facts.items() if name != "generator_version"}
        session.add(row)
    assert "Synthetic data, version 1" in world.visitor().get("/challenges/small/data").text


def test_real_data_are_not_called_synthetic(world):
    world.publish("tiny", practice=True)
    for tail in ("", "/data", "/leaderboard"):
        assert "ynthetic" not in world.visitor().get(f"/challenges/tiny{tail}").text
