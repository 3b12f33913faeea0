"""The organizers' pages in a real browser: nothing refused by the policy, nothing axe objects to, nothing wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from arena import announcements, invitations, moderation
from arena.store.engine import transaction
from challenges.text import Text
from tests.web.test_browser import RULES, _open, address

__all__ = ["address"]
pytestmark = pytest.mark.browser

TAILS = [
    *("", "/participants", "/admission", "/teams", "/teams/{team}", "/submissions", "/submissions/{submission}"),
    *("/announcements", "/calendar", "/calendar/extend", "/roles", "/audit?show=all"),
]


@pytest.fixture
def marked(busy):
    """The busy challenge with a mark, an announcement and invitations on their way."""
    hosted = busy.hosted()
    with transaction(busy.engine) as session:
        moderation.mark_team(session, busy.olga, hosted, busy.team_id, kind="hidden", reason="looked into", at=busy.now)
        announcements.post(
            session, busy.olga, hosted, title=Text("제목", "Title"), body=Text("글", "Text"), mail=False, at=busy.now
        )
        invitations.make(session, busy.olga, hosted, role="judge", note="Kim", at=busy.now)
        busy.code = invitations.make(session, busy.olga, hosted, role="participant", note="Lee", at=busy.now)
    return busy


def faults(page, address, paths, width):
    found = []
    for path in paths:
        page.goto(address + path)
        answer = Axe().run(page, options=RULES)
        found += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer.response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {wide} px wide"] if wide > width else []
    return found


@pytest.mark.parametrize(("language", "dark", "width"), [("ko", False, 1440), ("en", True, 390)])
def test_no_organizers_page_violates_axe_the_policy_or_the_width(marked, address, chromium, language, dark, width):
    page, said = _open(chromium, address, language=language, dark=dark, width=width, email="olga@example.org")
    given = {"team": marked.team_id, "submission": marked.submission.public_id}
    # Every page on a phone in the dark; by day on a wide screen those with the most on them.
    tails = TAILS if dark else ["", "/participants", "/submissions", "/teams/{team}", "/announcements"]
    paths = ["/organize", *(f"/organize/small{tail}".format(**given) for tail in tails)]
    assert faults(page, address, paths, width) == []
    page.goto(f"{address}/organize/small/participants")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert said == []
    page.context.close()


def test_the_participants_side_is_clean_too(marked, address, chromium):
    page, said = _open(chromium, address, language="en", dark=False, width=320, email="sora@example.org")
    paths = [f"/challenges/small{tail}" for tail in ("", "/team", "/participation", "/announcements")]
    assert faults(page, address, [*paths, f"/invited/{marked.code}"], 320) == []
    page.context.close()
    page, _ = _open(chromium, address, language="ko", dark=False, width=1440, email="mina@example.org")
    assert (
        faults(page, address, [f"/challenges/small{tail}" for tail in ("/team", "/submissions", "/submit")], 1440) == []
    )
    assert said == []
    page.context.close()


def test_organizing_works_without_scripts(marked, address, chromium):
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/signin?next=/organize/small/participants?state=waiting")
    page.fill("[name=email]", "olga@example.org")
    page.fill("[name=password]", "correct horse 9")
    page.click("main button[type=submit]")
    page.goto(f"{address}/organize/small/participants?lang=en")
    page.click("summary:has-text('Refuse')")
    page.fill("[name=reason]", "no seat left")
    page.click("text=Refuse with this reason")
    assert "no seat left" in page.inner_text("table")
    page.goto(f"{address}/organize/small/calendar")
    page.click("text=Pause submissions")
    page.fill("[name=reason]", "a faulty file")
    page.click("main button[type=submit]")
    assert page.inner_text("h1") == "Submissions are paused"
    assert marked.hosted().row.pause_reason == "a faulty file"
    context.close()
