"""Every page of the map for all abilities: axe in both themes, every width, a keyboard, paper, no motion, forced colours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web import everywhere, scored
from tests.web.conftest import PASSWORD
from tests.web.serving import served
from tests.web.test_access_map import staffed  # noqa: F401 (a fixture: one object of every kind, one person of every kind)

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# A phone, a small window (also 1440 px at 200 %), a tablet, a laptop, a desk.
WIDTHS = (390, 720, 768, 1440, 1920)
LOOK = (Path(__file__).parent / "abilities.js").read_text(encoding="utf-8")
READERS = {"nobody": ("/signin", "/signup", "/", "/nothing/here"), "participant": (), "administrator": ()}


def opened(browser: Browser, address: str, who: str, language: str, **given: object) -> Page:
    """Return a page of this reader, in this language."""
    context = browser.new_context(locale={"ko": "ko-KR", "en": "en-GB"}[language], **given)
    context.set_default_timeout(20_000)
    page = context.new_page()
    if who != "nobody":
        page.goto(f"{address}/signin")
        page.fill("[name=email]", f"{who}@example.org")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/")
    context.add_cookies([{"name": "arena_language", "value": language, "url": address}])
    return page


@pytest.fixture
def decided(staffed) -> Iterator[tuple[str, dict[str, list[str]]]]:  # noqa: F811
    """The address of a site whose challenge is under way, and which pages each reader looks at."""
    for stage in everywhere.stages(staffed):
        if stage == "decided":
            break
    found: dict[str, list[str]] = {}
    for who, few in READERS.items():
        visitor = everywhere.sign_in(staffed, who, "en")
        wanted = everywhere.READERS["decided"].get(who, lambda _: True)
        for path in few or filter(wanted, everywhere.addresses(staffed.app, staffed.objects)):
            answer = visitor.get(path)
            whole = answer.mimetype == "text/html" and "<html" in answer.text
            if whole and (answer.status_code == 200 or path in few):
                found.setdefault(who, []).append(path)
    with served(staffed.app) as address:
        yield address, found


def faults(page: Page, where: str, language: str) -> list[str]:
    """Return what is wrong on the page shown: axe in its present width and theme; the rest at every width."""
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{where}: {one['id']}: {one['nodes'][0]['html'][:140]}" for one in violations]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{where} at {width} px: {said}" for said in page.evaluate(LOOK, language)]
    return found


# Themes and languages do not meddle with each other, so two of the four pairs try all that either could break.
@pytest.mark.parametrize(("language", "theme", "width"), [("ko", "light", 1440), ("en", "dark", 390)])
def test_every_page_of_the_map_is_clean_in_both_themes_at_every_width(decided, chromium, language, theme, width):
    address, pages = decided
    assert sum(map(len, pages.values())) > 35
    found, said = [], []
    for who, paths in pages.items():
        page = opened(chromium, address, who, language, color_scheme=theme)
        page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in paths:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address + path)
            found += faults(page, f"{path} ({language}, {theme}, {who})", language)
        page.context.close()
    assert not found, "\n".join(found)
    # The browser itself reports the address that leads nowhere.
    assert [one for one in said if "404" not in one] == []


def test_everything_that_a_worker_computes_is_clean_on_paper_and_in_forced_colours_too(tmp_path, chromium):
    with scored.revealed(tmp_path) as world, served(world.published.app) as address:
        page = opened(chromium, address, "nobody", "en", color_scheme="dark", viewport={"width": 390, "height": 900})
        session = world.visitor("en").client.get_cookie("arena_session").value
        page.context.add_cookies([{"name": "arena_session", "value": session, "url": address}])
        base = f"{address}/challenges/{world.published.slug}"
        for path in (f"{address}/submissions/{world.objects['public_id']}", f"{base}/leaderboard", base):
            page.set_viewport_size({"width": 390, "height": 900})
            page.goto(path)
            found = faults(page, path, "en")
            assert not found, "\n".join(found)
            # Black on white whatever the reader's theme, without what only a screen can use.
            page.emulate_media(media="print")
            assert page.evaluate(ON_PAPER) == []
            page.emulate_media(media="screen", forced_colors="active")
            assert page.evaluate(FORCED) == []
            page.emulate_media(forced_colors="none", reduced_motion="reduce")
            assert page.evaluate(MOVING) == []
            page.emulate_media(reduced_motion="no-preference")
        page.context.close()


ON_PAPER = """() => {
    const found = [];
    for (const one of document.querySelectorAll("nav, button, .btn, .skip, .tools, .foot .push, summary")) {
        if (one.getClientRects().length) found.push(`printed: ${one.outerHTML.slice(0, 80)}`);
    }
    const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).reduce((sum, part) => sum + part) / 3;
    const body = getComputedStyle(document.body);
    if (light(body.backgroundColor) < 250 && !body.backgroundColor.endsWith(", 0)")) found.push(body.backgroundColor);
    for (const one of document.querySelectorAll("h1, h2, p, td, th, dd, svg text")) {
        const style = getComputedStyle(one);
        const colour = one.closest("svg") ? style.fill : style.color;
        if (one.getClientRects().length && light(colour) > 140) found.push(`${colour}: ${one.outerHTML.slice(0, 80)}`);
    }
    for (const one of document.querySelectorAll("main details")) {
        if (!one.open && one.querySelector("table")?.getBoundingClientRect().height === 0) found.push("hidden numbers");
    }
    return found;
}"""
# Whatever is drawn takes the reader's own colours: none may vanish into the ground.
FORCED = """() => {
    const ground = getComputedStyle(document.body).backgroundColor;
    return [...document.querySelectorAll("svg .line, svg .axis, svg .dot, svg .whisker, .state, h1, hr.step")].flatMap((one) => {
        const style = getComputedStyle(one);
        const drawn = one.closest("svg") ? style.stroke : one.matches("hr") ? style.backgroundColor : style.color;
        return one.matches(".dot") ? [] : drawn === ground ? [`${drawn} on ${ground}: ${one.outerHTML.slice(0, 80)}`] : [];
    });
}"""
MOVING = """() => [...document.querySelectorAll("*")].flatMap((one) => ["", "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(one, part || null);
    const moves = style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
    return moves ? [one.outerHTML.slice(0, 80) + part] : [];
}))"""
