"""The datasheet's page: for everybody who may see the challenge, in both languages, with fails first and nothing sealed."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from arena import accounts, publishing
from arena.errors import Invalid
from arena.store.engine import transaction
from challenges.datasheet import read
from challenges.definition import load
from tests.api.serving import serving
from tests.web.conftest import CLOSES, OPENS, World, write_folder

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOSTILE = "<script>alert(1)</script>"


def sheet(folder: Path, **changed: object) -> dict[str, object]:
    """Return a datasheet of the folder's definition."""
    definition = load(folder)
    pair = {"ko": "우리말 문장", "en": "An English sentence"}
    lines = [
        ("fail", "row_order", {"ko": "줄의 순서에서 답이 샙니까", "en": "Does the order of rows give answers away?"}, None),
        ("warn", "small_subgroup", {"ko": "가려질 하위 집단이 있습니까", "en": "Will subgroups be masked?"}, {"ko": "까닭이 있습니다", "en": HOSTILE}),
        ("pass", "file", {"ko": "파일을 읽을 수 있습니까", "en": "Can every file be read?"}, None),
    ]  # fmt: skip
    return {
        "format": 1,
        "definition_sha256": definition.digest(),
        "scorer": "1",
        "slug": definition.slug,
        "version": definition.version,
        "synthetic": definition.synthetic,
        "license": definition.license,
        "provenance": {
            "source": {"ko": "출처", "en": "The source"},
            "permission": {"ko": "허락", "en": "The permission"},
        },
        "sizes": {"train": 200, "public": 20, "private": None},
        "blocks": [{"name": "demography", "variables": 2}],
        "horizons": [{"day": 1095, "events": 40, "at_risk": 90, "kept": 0.93, "public": None, "private": 40}],
        "outcome": {"value": "", "rows": 200, "events": 60, "masked": False},
        "primary": "ipa@1095",
        "baselines": [{"title": {"ko": "단순 모형", "en": "Simple model"}, "value": 0.25, "reference": True}],
        "precision": [{"split": "private", "se": 0.012, "difference": 0.03}],
        "basis": pair,
        "subgroups": [
            {
                "column": "sex",
                "groups": [
                    {"value": "male", "rows": 104, "events": 20, "masked": False},
                    {"value": HOSTILE, "rows": None, "events": None, "masked": True},
                ],
            }
        ],
        "privacy": {"quasi_identifiers": ["age", "sex"], "least_group": None, "small_group": True},
        "rules": {"ranking": pair, "missing": pair, "ties": pair},
        "lines": [
            {"state": state, "code": code, "question": question, "reason": reason}
            for state, code, question, reason in lines
        ],
        **changed,
    }


def publish(world: World, *, opens: object = OPENS, **changed: object) -> dict[str, object]:
    folder = world.folder / "small"
    write_folder(folder, "small", practice=False, before="submission")
    content = sheet(folder, **changed)
    (folder / "datasheet.json").write_text(json.dumps(content), encoding="utf-8")
    collected = publishing.collect(world.blobs, folder)
    with transaction(world.engine) as session:
        publishing.publish(session, collected, opens_at=opens, closes_at=CLOSES, at=OPENS, sign=world.signer.sign)
    return content


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_shows_fails_first_and_masks_what_is_masked(world: World, language: str):
    publish(world)
    answer = world.visitor(language).get("/challenges/small/datasheet")
    assert answer.status_code == 200
    text = answer.text
    assert {"ko": "점검 3건 가운데 1건이 실패했습니다", "en": "1 of 3 checks failed"}[language] in text
    states = re.findall(r'class="state (\w+)"', text)
    assert states == ["bad", "warn", "good"]
    assert text.count({"ko": ">가림<", "en": ">masked<"}[language]) == 3  # the private size, and a group's two counts
    assert HOSTILE not in text
    assert re.search(r"\sstyle=|<script>|\son(click|load|error)=", text) is None
    assert {"ko": ">남성<", "en": ">male<"}[language] in text
    words = re.sub(r"(?s)<svg.*?</svg>|<head>.*?</head>|<[^>]+>", " ", text).replace("한국어", "")
    assert bool(re.search(r"[가-힣]", words)) == (language == "ko")


def test_the_json_is_the_published_one(world: World):
    content = publish(world)
    answer = world.visitor().get("/challenges/small/datasheet.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == content
    assert read(answer.data).headline.en == "1 of 3 checks failed"


def test_overview_and_evaluation_lead_to_it_and_the_downloads_do_not_hold_it(world: World):
    publish(world)
    visitor = world.visitor()
    for tail in ("", "/evaluation"):
        assert "/challenges/small/datasheet" in visitor.get(f"/challenges/small{tail}").text
    assert "datasheet.json" not in visitor.get("/challenges/small/data").text
    assert visitor.get("/challenges/small/files/datasheet.json").status_code == 404


def test_a_challenge_without_one_has_no_page_and_no_link(world: World):
    world.publish()
    visitor = world.visitor()
    for tail in ("/datasheet", "/datasheet.json"):
        assert visitor.get(f"/challenges/small{tail}").status_code == 404
    assert "/datasheet" not in visitor.get("/challenges/small").text + visitor.get("/challenges/small/evaluation").text
    assert visitor.get("/challenges/none/datasheet").status_code == 404


@pytest.mark.parametrize("tail", ["/datasheet", "/datasheet.json"])
def test_who_may_see_the_challenge_may_see_it(world: World, tail: str):
    publish(world, opens=None)
    people = {"nobody": 404, "participant": 404, "other": 404, "judge": 200, "organizer": 200, "admin": 200}
    for name, expected in people.items():
        visitor = world.visitor()
        if name != "nobody":
            person = world.person(name)
            with transaction(world.engine) as session:
                if name in ("judge", "organizer"):
                    accounts.grant(session, email=person.email, role=name, slug="small", at=world.now)
                if name == "admin":
                    person.is_admin = True
                    session.add(person)
            visitor.sign_in(person.email)
        assert visitor.get(f"/challenges/small{tail}").status_code == expected, name


@pytest.mark.browser
def test_nothing_on_it_is_too_wide_or_violates_axe(world: World, chromium: Browser):
    publish(world)
    found = []
    with serving(world.app) as address:
        for language, dark, width in (("ko-KR", False, 1440), ("en-GB", True, 390), ("en-GB", False, 320)):
            context = chromium.new_context(
                locale=language,
                color_scheme="dark" if dark else "light",
                viewport={"width": width, "height": 900},
            )
            page = context.new_page()
            page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
            page.goto(f"{address}/challenges/small/datasheet")
            found += [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{width}: {wide} px wide"] if wide > width else []
            context.close()
    assert found == []


@pytest.mark.parametrize(
    "content",
    [b"{}", b'{"format": 1, "labels": [0, 1]}', b"\x00", "another definition"],
    ids=["empty", "something else", "no JSON", "another definition"],
)
def test_what_is_no_datasheet_of_the_definition_is_not_published(world: World, content: bytes | str):
    folder = world.folder / "small"
    write_folder(folder, "small", practice=False, before="submission")
    given = json.dumps(sheet(folder, definition_sha256="0" * 64)).encode() if isinstance(content, str) else content
    (folder / "datasheet.json").write_bytes(given)
    with pytest.raises(Invalid) as refused:
        publishing.collect(world.blobs, folder)
    assert refused.value.code == "bad_datasheet"
