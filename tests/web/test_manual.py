"""The guide for organizers: every command in it exists, every link leads somewhere, both languages say the same."""

import json
import re
import shlex

import pytest

from arena.web import manual_pages
from challenges import companions, schema
from scorers.catalogue import METRICS
from tests.cli.test_help import COMMANDS

NAMES = [guide.name for guide in manual_pages.GUIDES]
LANGUAGES = ("ko", "en")
EVERYWHERE = {"--json", "--yes", "--help"}


def texts():
    return [(name, language) for name in NAMES for language in LANGUAGES]


def commands(text):
    """Yield every `arena …` of a text, in a block or in a line."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from (line for line in block.splitlines() if line.startswith("arena "))
    yield from re.findall(r"`(arena [^`]+)`", text)


@pytest.mark.parametrize(("name", "language"), texts())
def test_every_command_in_it_can_be_typed(name, language):
    found = list(commands(manual_pages.text(name, language)))
    assert found or name == "choosing-a-metric"
    for line in found:
        words = shlex.split(line)[1:]
        path = max((one for one in COMMANDS if tuple(words[: len(one)]) == one), key=len, default=None)
        assert path, line
        options = {option for parameter in COMMANDS[path].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize(("name", "language"), texts())
def test_every_option_in_it_is_one_of_the_drafting(name, language):
    options = {option for parameter in COMMANDS["challenge", "new"].params for option in parameter.opts}
    for code in re.findall(r"`(--[^`]+)`", manual_pages.text(name, language)):
        assert {word for word in code.split() if word.startswith("--")} <= options, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_and_every_link_leads_somewhere(world, language):
    visitor = world.visitor(language)
    pages = {path: visitor.get(path) for path in ("/guide", *(f"/guide/{name}" for name in NAMES))}
    links = set()
    for path, answer in pages.items():
        assert answer.status_code == 200, path
        assert f'lang="{language}"' in answer.text
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        links |= set(re.findall(r'href="(/[^"]*)"', main))
        assert not re.search(r'href="(?!/|#|https://)', main)
    assert len(links) > 10
    for link in sorted(links):
        path, _, anchor = link.partition("#")
        answer = visitor.get(path)
        # Whoever wants to make a challenge signs in first.
        assert answer.status_code == (303 if path == "/organize/new" else 200), link
        assert not anchor or f'id="{anchor}"' in answer.text, link


def test_the_entrance_leads_to_it(world):
    for language in LANGUAGES:
        assert world.visitor(language).get("/").text.count('href="/guide"') == 2
    assert world.visitor().get("/guide/none").status_code == 404
    assert world.visitor().get("/guide/../app").status_code == 404


def test_a_creator_finds_it_in_the_masthead(world):
    from arena.store.engine import transaction
    from arena.store.models import User

    person = world.person("kim")
    visitor = world.visitor().sign_in("kim@example.org")
    assert visitor.get("/account").text.partition("</header>")[0].count('href="/guide"') == 0
    with transaction(world.engine) as session:
        session.get(User, person.id).is_creator = True
    assert visitor.get("/account").text.partition("</header>")[0].count('href="/guide"') == 1


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same_things(name):
    korean, english = (manual_pages.text(name, language) for language in LANGUAGES)
    outlines = [re.findall(r"^(#+|-|\d+\.|```|\|)", text, re.MULTILINE) for text in (korean, english)]
    assert outlines[0] == outlines[1]
    for kept in (
        r"\d+\.\d+|\d+,\d+",
        r"10\.\d{4}/[^\s)\]]+",
        r"```sh\n.*?```",
        r"\]\((/[^)]+)\)",
        r"\[\d+(?:, \d+)*\]",
    ):
        found = [sorted(re.findall(kept, text, re.DOTALL)) for text in (korean, english)]
        assert found[0] == found[1], kept
    assert not re.search(r"\b(task|phase)s?\b|!(?!\[)", english.replace("!=", ""))


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_listed_and_every_listed_one_is_used(name):
    text = manual_pages.text(name, "en")
    body, _, listed = text.partition("## References")
    numbers = re.findall(r"^(\d+)\.", listed, re.MULTILINE)
    cited = {number for group in re.findall(r"\[(\d+(?:, \d+)*)\]", body) for number in group.split(", ")}
    assert cited == set(numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_metrics_is_what_the_drafting_takes(language):
    rows = re.findall(r"^\| .*/metrics-guide#.*$", manual_pages.text("choosing-a-metric", language), re.MULTILINE)
    assert len(rows) == 8
    seen = set()
    for row in rows:
        _, _, primary, breaks, shown, _ = (cell.strip() for cell in row.split("|"))
        name = re.fullmatch(r"\[`(\w+)`\]\(/metrics-guide#\1\)", primary)[1]
        found = companions.COMPANIONS[name]
        assert METRICS[name].may_be_primary
        assert breaks == f"[`{found.tie_break}`](/metrics-guide#{found.tie_break})"
        assert tuple(re.findall(r"`(\w+)`", shown)) == found.shown
        seen.add(name)
    assert set(companions.PRIMARY.values()) <= seen


def test_editors_get_the_schema_at_an_address_that_stays(world):
    answer = world.visitor().get("/challenge.schema.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/schema+json"
    assert json.loads(answer.text) == schema.document()
    assert "#:schema http://127.0.0.1:8000/challenge.schema.json" in world.visitor().get("/guide").text
