"""The administrators' pages: there for them alone, safe against other sites, and shown what hostile names cannot break."""

import csv
import io
import re
import threading
from dataclasses import replace

import pytest
from sqlmodel import select

from arena import accounts, outbox
from arena.store import models
from arena.store.engine import reading, transaction
from tests.web.conftest import PASSWORD
from tests.web.test_access_map import form_token
from tests.web.visiting import text_of

WHO = ("participant", "judge", "organizer", "creator")
ACTS = ("reset-link", "disable", "restore", "allow", "forbid")


@pytest.fixture
def house(world):
    """One person of every kind, and links to sign up by."""
    world.publish()
    world.people = {name: world.person(name) for name in (*WHO, "administrator", "other")}
    with transaction(world.engine) as session:
        for name in ("judge", "organizer"):
            accounts.grant(session, email=world.people[name].email, role=name, slug="small", at=world.now)
        session.get(models.User, world.people["administrator"].id).is_admin = True
        session.get(models.User, world.people["creator"].id).is_creator = True
    world.boss = world.visitor().sign_in("administrator@example.org")
    return world


def invited(world, policy="invite"):
    site = world.app.extensions["arena"]
    world.app.extensions["arena"] = replace(site, settings=replace(site.settings, signup=policy))


def addresses(world):
    number = world.people["other"].id
    yield "GET", "/admin"
    yield "GET", "/admin/accounts.csv"
    yield "GET", f"/admin/accounts/{number}"
    for act in ACTS:
        yield "POST", f"/admin/accounts/{number}/{act}"
    yield "POST", "/admin/sign-up-links"
    yield "POST", "/admin/sign-up-links/1/end"


def rows(world):
    with reading(world.engine) as session:
        return str([session.exec(select(table)).all() for table in (models.User, models.Link, models.LedgerEntry)])


@pytest.mark.parametrize("who", [None, *WHO])
def test_for_everybody_else_there_is_nothing(house, who):
    invited(house)
    visitor = house.visitor()
    if who:
        visitor.sign_in(house.people[who].email)
    before, token = rows(house), form_token(visitor, "/account" if who else "/signin")
    for method, address in addresses(house):
        sent = {"data": {"csrf_token": token, "number": "2"}} if method == "POST" else {}
        answer = visitor.client.open(address, method=method, buffered=True, **sent)
        assert answer.status_code == 404, (method, address)
        assert "other@example.org" not in answer.text
    assert rows(house) == before
    assert 'href="/admin"' not in visitor.get("/").text


def test_nothing_is_done_for_another_site(house):
    invited(house)
    before = rows(house)
    for method, address in addresses(house):
        if method == "POST":
            for data in ({}, {"csrf_token": "x"}, {"csrf_token": form_token(house.visitor(), "/signin")}):
                assert house.boss.client.post(address, data=data | {"number": "2"}).status_code == 400, address
    assert rows(house) == before


def test_an_administrator_does_every_act_and_sees_it_done(house):
    boss, page = house.boss, f"/admin/accounts/{house.people['other'].id}"
    assert 'href="/admin"' in boss.get("/").text
    made = boss.post(f"{page}/reset-link", form=page)
    link = re.search(r'value="http://127\.0\.0\.1:8000(/reset/[\w-]+)"', made.text)[1]
    assert made.headers["Cache-Control"] == "no-store"
    assert "/reset/" not in boss.get(page).text, "shown once"
    for act, words in (
        ("allow", "may create"),
        ("forbid", "no longer"),
        ("disable", "is disabled"),
        ("restore", "is restored"),
    ):
        answer = boss.post(f"{page}/{act}", form=page)
        assert answer.status_code == 303, act
        assert words in text_of(boss.get(answer.location)), act
    refused = boss.post(f"/admin/accounts/{house.people['administrator'].id}/disable", form=page)
    assert (refused.status_code, "own account" in refused.text) == (409, True)
    # Disabling has ended the link; a new one opens the account.
    assert house.visitor().get(link).status_code == 404
    again = boss.post(f"{page}/reset-link", form=page)
    link = re.search(r'value="http://127\.0\.0\.1:8000(/reset/[\w-]+)"', again.text)[1]
    visitor = house.visitor()
    assert visitor.post(link, {"password": "another horse 8"}).status_code == 303
    assert "other@example.org" in visitor.get("/account").text
    assert house.visitor().get(link).status_code == 404


def test_links_to_sign_up_by_are_made_where_they_are_needed(house):
    boss = house.boss
    assert "Links to sign up by" not in boss.get("/admin").text
    assert boss.post("/admin/sign-up-links", {"number": "1"}, form="/account").status_code == 404
    invited(house)
    for wrong in ("0", "51", "x", "", "-1", "1" * 50):
        assert boss.post("/admin/sign-up-links", {"number": wrong}, form="/admin").status_code == 422, wrong
    made = boss.post("/admin/sign-up-links", {"number": "3"}, form="/admin")
    codes = re.findall(r"http://127\.0\.0\.1:8000(/signup\?code=[\w-]+)", made.text)
    assert len(codes) == 3
    assert codes[0] not in boss.get("/admin").text
    visitor = house.visitor()
    form = {"email": "new@example.org", "name": "N", "password": PASSWORD, "code": codes[0].partition("=")[2]}
    assert visitor.post("/signup", form, form=codes[0]).status_code == 303
    assert house.visitor().get(codes[0]).status_code == 403
    number = re.search(r"/admin/sign-up-links/(\d+)/end", boss.get("/admin").text)[1]
    boss.post(f"/admin/sign-up-links/{number}/end", form="/admin")
    assert f"/sign-up-links/{number}/end" not in boss.get("/admin").text


def test_hostile_names_break_no_page_and_no_spreadsheet(house):
    names = (
        "=cmd|' /C calc'!A0",
        "+82 10",
        "-1+2",
        "@SUM(A1)",
        "<script>alert(1)</script>",
        "\u202egpj.exe",
        "가" * 60,
        "\t=1",
    )
    for number, name in enumerate(names):
        with transaction(house.engine) as session:
            person = accounts.create_user(
                session, email=f"h{number}@example.org", name=name, admin=False, password=None, at=house.now
            )
            accounts.update_profile(session, person, name=name, affiliation=name, language="ko")
    text = house.boss.get("/admin").text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    table = house.boss.get("/admin/accounts.csv")
    found = list(csv.reader(io.StringIO(table.get_data().decode("utf-8-sig"))))
    assert len(found) == 1 + 6 + len(names)
    for row in found:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row), row
    assert house.boss.get("/admin?q=%00&state=nothing&page=99999999999999").status_code in (200, 422)
    assert "No account fits" in house.boss.get("/admin?q=" + "x" * 300).text


def test_the_list_tells_who_has_verified_only_where_there_is_mail(house):
    assert "not verified" not in house.boss.get("/admin").text
    with transaction(house.engine) as session:
        outbox.note_sender(session, present=True, at=house.now)
        session.get(models.User, house.people["other"].id).email_verified_at = house.now
    assert "address verified" in house.boss.get("/admin").text
    found = text_of(house.boss.get("/admin?state=unverified"))
    assert "participant@example.org" in found
    assert "other@example.org" not in found


def test_one_reset_link_is_used_by_one_of_twenty(house):
    made = house.boss.post(f"/admin/accounts/{house.people['other'].id}/reset-link", form="/admin/accounts/1")
    link = re.search(r'value="http://127\.0\.0\.1:8000(/reset/[\w-]+)"', made.text)[1]
    visitors = [house.visitor() for _ in range(20)]
    tokens = [form_token(visitor, link) for visitor in visitors]
    statuses, start = [], threading.Barrier(20)

    def act(visitor, token, number):
        start.wait()
        data = {"csrf_token": token, "password": f"another horse {number}"}
        statuses.append(visitor.client.post(link, data=data).status_code)

    threads = [
        threading.Thread(target=act, args=(visitor, token, number))
        for number, (visitor, token) in enumerate(zip(visitors, tokens, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(303) == 1, statuses
