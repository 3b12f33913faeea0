"""The pages in a real browser: nothing refused by the policy, nothing axe objects to, nothing wider than the window."""

import re
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.web.conftest import PASSWORD, World, predictions

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_ONE = ["", "/data", "/evaluation", "/rules", "/agreement", "/leaderboard", "/team", "/submit", "/submissions"]


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def peopled(world: World) -> World:
    """A gated challenge with a decided, a refused and a waiting submission, and a practice one with a score."""
    world.publish()
    world.publish("tiny", practice=True)
    world.team("mina")
    world.team("jun", "tiny")
    visitor = world.visitor().sign_in("mina@example.org")
    for seed, outcome, gain in ((5, "accepted", 0.012), (6, "not_improved", None)):
        visitor.upload("small", predictions(seed))
        world.decide(world.queue.rung[-1], outcome, gain)
        world.pass_time(days=1)
    visitor.upload("small", predictions(7))
    other = world.visitor().sign_in("jun@example.org")
    other.upload("tiny", predictions(8))
    world.decide(world.queue.rung[-1], "shown", None, value=0.31)
    return world


def _open(
    browser: Browser, address: str, *, language: str, dark: bool, width: int, email: str = ""
) -> tuple[Page, list[str]]:
    context = browser.new_context(
        locale={"ko": "ko-KR", "en": "en-GB"}[language],
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    if email:
        page.goto(f"{address}/signin")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/")
        context.add_cookies([{"name": "arena_language", "value": language, "url": address}])
    return page, said


def _reports(world: World, name: str, slug: str) -> list[str]:
    text = world.visitor().sign_in(f"{name}@example.org").get(f"/challenges/{slug}/submissions").text
    return sorted({part.split('"')[0] for part in text.split('href="')[1:] if part.startswith("/submissions/")})


@pytest.mark.parametrize(("language", "dark", "width"), [("ko", False, 1440), ("en", True, 390)])
def test_no_page_violates_axe_the_policy_or_the_width_of_the_window(peopled, address, chromium, language, dark, width):
    page, said = _open(chromium, address, language=language, dark=dark, width=width, email="mina@example.org")
    paths = [
        "/",
        "/account",
        "/account/notifications",
        "/metrics-guide",
        "/guide",
        "/guide/choosing-a-metric",
        "/guide/closed-centre",
        "/challenges/tiny",
        "/challenges/tiny/leaderboard",
    ]
    paths += [f"/challenges/small{tail}" for tail in OF_ONE]
    paths += _reports(peopled, "mina", "small")
    team = peopled.visitor().sign_in("mina@example.org").get("/challenges/small/team").text
    paths += re.findall(r'href="(/challenges/small/teams/\d+)"', team)
    found = []
    for path in paths:
        page.goto(address + path)
        answer = Axe().run(page, options=RULES)
        found += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer.response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {wide} px wide"] if wide > width else []
    assert found == []
    assert said == []
    page.context.close()


def test_pages_for_strangers_and_errors_are_clean_too(world, address, chromium):
    world.publish()
    width = 320
    page, _ = _open(chromium, address, language="en", dark=False, width=width)
    found = []
    for path in ["/", "/signin", "/signup", "/nothing", *(f"/challenges/small{tail}" for tail in OF_ONE)]:
        page.goto(address + path)
        answer = Axe().run(page, options=RULES)
        found += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer.response["violations"]]
        found += [f"{path} too wide"] if page.evaluate("document.documentElement.scrollWidth") > width else []
    assert found == []
    page.context.close()


def test_an_upload_is_watched_to_its_decision_without_a_reload(world, address, chromium, tmp_path):
    world.publish()
    world.team("mina")
    page, said = _open(chromium, address, language="en", dark=False, width=1440, email="mina@example.org")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(predictions(5))
    bad.write_bytes(predictions(5).replace(b"P0003,", b"P9999,"))
    page.goto(f"{address}/challenges/small/submit")
    page.set_input_files("#f-file", bad)
    page.click("button[value=submit]")
    page.wait_for_selector("table.problems")
    assert page.locator("mark").first.inner_text() == "P9999"
    assert page.evaluate("document.activeElement.matches('[data-verdict]')")
    assert page.url.endswith("/submit")
    page.set_input_files("#f-file", good)
    page.click("button[value=submit]")
    page.wait_for_selector("#report[hx-get]")
    assert "/submissions/" in page.url
    assert "Received" in page.inner_text("h1")
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    page.wait_for_selector("h1:has-text('0.2620')", timeout=5000)
    assert page.locator("#report[hx-get]").count() == 0
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.wait_for_timeout(1500)
    assert calls == []
    # The browser itself reports the refused file's 422; nothing else may be said.
    assert [one for one in said if "422" not in one] == []
    page.context.close()


def test_a_second_file_is_dropped_on_its_own_field_and_answered_after_the_reveal(world, address, chromium):
    world.publish(companion=True)
    world.team("mina")
    page, said = _open(chromium, address, language="en", dark=False, width=390, email="mina@example.org")
    page.goto(f"{address}/challenges/small/submit")
    for field, seed in (("#f-companion", 6), ("#f-file", 5)):
        page.evaluate(
            """([field, text]) => {
                const data = new DataTransfer();
                data.items.add(new File([text], `${field.slice(3)}.csv`, { type: "text/csv" }));
                const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
                document.querySelector(field).dispatchEvent(drop);
            }""",
            [field, predictions(seed).decode()],
        )
    assert page.evaluate("['file', 'companion'].map((name) => document.querySelector(`#f-${name}`).files[0].name)") == [
        "file.csv",
        "companion.csv",
    ]
    page.click("button[value=submit]")
    page.wait_for_selector("#report[hx-get]")
    address_of_report = page.url
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    digest = page.locator("[aria-labelledby=companion] .hash").inner_text().removeprefix("sha256 ")
    told = {"ipa@1095": {"value": 0.0114, "se": 0.0021, "ci": [0.0073, 0.0155], "reason": None}}
    world.reveal(report={"companion": {"file_sha256": digest, "differences": told}, "subgroups": []})
    page.goto(address_of_report)
    page.click("text=Show the numbers >> nth=0")
    assert "+0.0114" in page.inner_text("[aria-labelledby=answer] table")
    answer = Axe().run(page, options=RULES)
    assert [one["id"] for one in answer.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert said == []
    page.context.close()


def test_everything_but_live_updates_works_without_scripts(world, address, chromium, tmp_path):
    world.publish()
    context = chromium.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{address}/challenges/small/team")
    page.click("main .btn >> nth=0")
    page.fill("[name=email]", "seoyeon@example.org")
    page.fill("[name=name]", "서연")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.click("main .btn >> nth=0")  # to the agreement
    page.check("[name=read]")
    page.click("main button[type=submit]")
    page.fill("[name=name]", "여섯 분 걷기")
    page.click("main button[type=submit]")
    assert page.inner_text("h1") == "여섯 분 걷기"
    page.goto(f"{address}/challenges/small/submit")
    (tmp_path / "mine.csv").write_bytes(predictions(5))
    page.set_input_files("#f-file", tmp_path / "mine.csv")
    page.click("button[value=submit]")
    assert "차례" in page.inner_text("h1")
    world.decide(world.queue.rung[-1], "not_improved")
    page.reload()
    assert page.inner_text("h1") == "유의하게 나아지지 않았습니다"
    context.close()


def test_the_countdown_follows_the_servers_clock(world, address, chromium):
    world.publish()
    page, _ = _open(chromium, address, language="en", dark=False, width=1440)
    page.goto(f"{address}/")
    # The server says 23 November 2026, noon, and some seconds have passed; this machine's clock is not asked.
    assert page.locator("[data-until]").first.inner_text() == "38 days 5 h"
    page.context.close()
