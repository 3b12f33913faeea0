"""Joining from the shell where the organizers want to be asked."""

from arena import admission, registration
from arena.store.engine import transaction


def test_join_asks_waits_and_joins_once_admitted(arena, address, enter, site):
    site.publish("closed", admission="approval")
    olga, kim = site.organizer(slug="closed"), site.person("kim")
    assert arena("login", address, "--token", enter(kim).token).returncode == 0
    command = ("join", "closed", "--team", "K", "--accept", "1")
    for _ in range(2):
        asked = arena(*command)
        assert (asked.returncode, "You have asked to take part" in asked.stderr) == (1, True)
    with transaction(site.engine) as session:
        admission.admit(session, olga, site.hosted("closed"), kim.id, site.now)
    assert arena(*command).returncode == 0


def test_join_lets_in_who_is_listed_and_names_a_question_that_needs_an_answer(arena, address, enter, site):
    site.publish("closed", admission="approval")
    olga, kim = site.organizer(slug="closed"), site.person("kim")
    with transaction(site.engine) as session:
        admission.allow(session, olga, site.hosted("closed"), [kim.email], site.now)
        asked = registration.add_question(
            session,
            olga,
            site.hosted("closed"),
            kind="text",
            ko="왜?",
            en="Why?",
            options=[],
            required=True,
            at=site.now,
        )
    arena("login", address, "--token", enter(kim).token)
    refused = arena("join", "closed", "--team", "K", "--accept", "1")
    assert (refused.returncode, f"{address}/challenges/closed/participation" in refused.stderr) == (1, True)
    with transaction(site.engine) as session:
        registration.retire_question(session, olga, site.hosted("closed"), asked.id, site.now)
    assert arena("join", "closed", "--team", "K").returncode == 0
