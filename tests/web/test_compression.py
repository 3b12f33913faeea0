"""What is sent smaller, and what must not be: compression next to a secret tells it."""

import gzip
import re

import pytest

from arena.web import assets
from tests.web.conftest import World

TEXTS = ["arena.css", "arena.js", "mark.svg", "vendor/pretendard/pretendard.css", "vendor/htmx/htmx.min.js"]
GZIP = {"Accept-Encoding": "gzip, br"}
CORE = 150_000  # bytes that a core page may cost without its fonts


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_ours_is_sent_as_gzip_to_whoever_reads_it(world: World, name: str):
    client, address = world.app.test_client(), f"/static/{assets.digest(name)}/{name}"
    plain, squeezed = client.get(address), client.get(address, headers=GZIP)
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in plain.headers
    assert refused.data == plain.data == gzip.decompress(squeezed.data)
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == squeezed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != squeezed.headers["ETag"]
    assert squeezed.mimetype == plain.mimetype
    again = client.get(address, headers={**GZIP, "If-None-Match": squeezed.headers["ETag"]})
    assert again.status_code == 304
    for answer in (plain, squeezed):
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == assets.YEAR


def test_a_font_is_kept_for_ever_and_shown_only_where_its_signs_stand(world: World):
    sheet = (assets.FOLDER / "vendor/pretendard/pretendard.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face \{.*?\}", sheet, flags=re.DOTALL)
    assert len(faces) > 80
    assert all("font-display: swap" in face and "unicode-range: U+" in face for face in faces)
    name = "vendor/pretendard/" + re.search(r"url\(\./([^)]+)\)", faces[0])[1]
    answer = world.app.test_client().get(f"/static/{assets.digest(name)}/{name}", headers=GZIP)
    assert (answer.status_code, answer.cache_control.immutable) == (200, True)
    assert "Content-Encoding" not in answer.headers


def test_a_page_is_sent_smaller_only_where_it_holds_no_secret(world: World):
    world.publish()
    world.team("mina")
    reading, signed = world.visitor(), world.visitor().sign_in("mina@example.org")
    for path in ("/", "/challenges/small", "/challenges/small/data", "/challenges/small/leaderboard"):
        plain, squeezed = reading.get(path), reading.get(path, headers=GZIP)
        assert squeezed.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(squeezed.data) == plain.data
        assert len(squeezed.data) < len(plain.data) / 2
        assert squeezed.headers["Vary"] == plain.headers["Vary"]
        assert "Accept-Encoding" in squeezed.headers["Vary"]
        # Signed in, the same page carries the token of the form that signs out.
        own = signed.get(path, headers=GZIP)
        assert "csrf_token" in own.text
        assert "Content-Encoding" not in own.headers
    for path in ("/signin", "/signup"):
        answer = reading.get(path, headers=GZIP)
        assert 'name="csrf_token"' in answer.text


@pytest.mark.parametrize("signed", [False, True])
def test_a_core_page_costs_no_more_than_150_kilobytes_without_fonts(world: World, signed: bool):
    """The shipped challenges' own pages are weighed in the browser, by tests/test_two_people.py."""
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org") if signed else world.visitor()
    tails = ("", "/data", "/leaderboard", "/submit")
    for path in ("/", "/signin", *(f"/challenges/small{tail}" for tail in tails)):
        page = visitor.get(path, headers=GZIP)
        body = gzip.decompress(page.data) if "Content-Encoding" in page.headers else page.data
        linked = re.findall(r'(?:src|href)="(/static/[^"]+)"', body.decode())
        weights = {address: len(visitor.get(address, headers=GZIP).data) for address in linked}
        assert len(page.data) + sum(weights.values()) <= CORE, (path, len(page.data), weights)


def test_a_tag_of_the_page_becomes_weak_when_its_bytes_change(world: World):
    @world.app.get("/tagged")
    def tagged() -> object:
        from flask import make_response

        made = make_response("<p>" + "a survival curve " * 200)
        made.set_etag("abc")
        return made

    visitor = world.visitor()
    assert visitor.get("/tagged").get_etag() == ("abc", False)
    assert visitor.get("/tagged", headers=GZIP).get_etag() == ("abc", True)
