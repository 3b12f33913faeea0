"""Every page that the application's own map knows, for every sort of reader, in worlds that fill them.

A page that is added to the map is visited without a word here: its address is filled from the objects of
`test_access_map.staffed`, which every new page has to be thought about in anyway.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from flask import Flask

from tests.web.conftest import CLOSES, Visitor, World, predictions

Wanted = Callable[[str], bool]


def addresses(app: Flask, objects: Mapping[str, object]) -> list[str]:
    """Every address that can be read, its parts from the objects, and one that leads nowhere."""
    found = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "assets.serve"
    ]
    filled = [re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda part: str(objects[part[1]]), rule) for rule in found]
    return [*filled, "/nothing/here"]


def _all(_address: str) -> bool:
    return True


def _of_teams(address: str) -> bool:
    return address == "/" or address.startswith(("/challenges", "/submissions"))


def _of_staff(address: str) -> bool:
    return not address.startswith(("/challenges", "/submissions"))


# At which point of the story who reads what: whatever looks different for somebody, and nothing twice.
READERS: dict[str, dict[str, Wanted]] = {
    "waiting": {"nobody": _all, "asker": _of_teams, "participant": _all},
    "decided": {"participant": _of_teams, "organizer": _of_staff, "administrator": _of_staff, "judge": _of_staff},
    "closed": {"participant": _of_teams},
    "revealed": {"participant": _of_teams, "organizer": _of_staff},
}


def stages(world: World) -> Iterator[str]:
    """Take the furnished world through the story, with a stop wherever pages look different."""
    yield "waiting"
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    visitor = world.visitor().sign_in(world.people["participant"].email)
    for seed, outcome, gain in ((6, "not_improved", None), (7, "accepted", 0.031), (8, "", None)):
        world.pass_time(days=1)
        assert visitor.upload("small", predictions(seed)).status_code == 303
        if outcome:
            world.decide(world.queue.rung[-1], outcome, gain)
    yield "decided"
    world.decide(world.queue.rung[-1], "not_improved")
    world.now = CLOSES
    yield "closed"
    world.reveal(report={"split": "private", "rows": 20, "events": None, "subgroups": []})
    yield "revealed"


def sign_in(world: World, who: str, language: str) -> Visitor:
    visitor = world.visitor(language)
    return visitor if who == "nobody" else visitor.sign_in(world.people[who].email)


def visits(world: World, languages: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (where, at what point and who, language, HTML) of every page."""
    for stage in stages(world):
        for who, wanted in READERS[stage].items():
            for language in languages:
                visitor = sign_in(world, who, language)
                for address in filter(wanted, addresses(world.app, world.objects)):
                    answer = visitor.get(address)
                    if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
                        yield address, f"{stage}, {who}", language, answer.text
