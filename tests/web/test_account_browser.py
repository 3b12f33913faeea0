"""The account's and the administrators' pages in a real browser: nothing refused by the policy, no fault for axe, nothing too wide."""

from dataclasses import replace

import pytest

from arena import administering, outbox, sessions
from arena.store import models
from arena.store.engine import transaction
from tests.web.test_browser import _open, address
from tests.web.test_organize_browser import faults

__all__ = ["address"]
pytestmark = pytest.mark.browser


@pytest.fixture
def house(busy):
    """An administrator whose address is not verified, where there is mail and accounts are made by invitation."""
    site = busy.app.extensions["arena"]
    busy.app.extensions["arena"] = replace(site, settings=replace(site.settings, signup="invite"))
    with transaction(busy.engine) as session:
        outbox.note_sender(session, present=True, at=busy.now)
        olga = session.get(models.User, busy.olga.id)
        olga.is_admin = True
        administering.make_sign_up_links(session, olga, 2, busy.now)
        sessions.begin(session, olga, device="Firefox, Windows", at=busy.now)
        busy.mina = session.exec(models.User.__table__.select().where(models.User.email == "mina@example.org")).one().id
    return busy


@pytest.mark.parametrize(("language", "dark", "width"), [("ko", False, 1440), ("en", True, 390)])
def test_no_page_of_accounts_violates_axe_the_policy_or_the_width(house, address, chromium, language, dark, width):
    page, said = _open(chromium, address, language=language, dark=dark, width=width, email="olga@example.org")
    paths = [
        "/account",
        "/account/delete",
        "/admin",
        f"/admin/accounts/{house.mina}",
        "/forgot",
        "/forgot?sent=1",
    ]
    assert faults(page, address, paths, width) == []
    assert said == []
    assert faults(page, address, ["/verify/x"], width) == []
    page.goto(f"{address}/admin/accounts/{house.mina}")
    page.locator('form[action$="/reset-link"] button').click()
    assert "/reset/" in page.locator("#link").input_value()
    page.goto(f"{address}/admin")
    page.locator('form[action="/admin/sign-up-links"] button').click()
    assert page.locator("#links").input_value().startswith("http")
    page.context.close()
