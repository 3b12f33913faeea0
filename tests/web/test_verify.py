"""The page on which anybody verifies a receipt."""

import io
import json
import re

import pytest

from tests.web.conftest import predictions
from tests.web.visiting import submitted, text_of


@pytest.fixture
def receipt(world):
    world.publish()
    world.team("mina")
    mina = world.visitor().sign_in("mina@example.org")
    address = submitted(mina)
    page = mina.get(address).text
    assert 'href="/verify"' in page
    assert "arena verify receipt-small-1.json" in page
    return mina.get(f"{address}/receipt.json").text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_anybody_may_verify_what_this_site_signed(world, receipt, language):
    visitor = world.visitor(language)
    pasted = visitor.post("/verify", {"receipt": receipt})
    assert pasted.status_code == 200
    words = (
        ("This site signed this receipt", "No file was compared.")
        if language == "en"
        else ("이 사이트가 서명한 접수증입니다",)
    )
    for one in words:
        assert one in text_of(pasted)
    digest = json.loads(receipt)["file_sha256"]
    assert digest in text_of(pasted)
    sent = {"receipt": "", "file": (io.BytesIO(receipt.encode()), "r.json"), "sha256": digest.upper()}
    uploaded = visitor.post("/verify", sent)
    assert ("The file is the one that it names." if language == "en" else "파일도 접수증의 파일입니다.") in text_of(
        uploaded
    )
    if language == "en":
        assert not re.search(r"[가-힣]", text_of(uploaded).replace("한국어", ""))


def test_what_is_wrong_is_said_and_not_repeated(world, receipt):
    visitor = world.visitor()
    changed = receipt.replace('"small"', '"grand"')
    answer = visitor.post("/verify", {"receipt": changed})
    assert "the receipt was changed afterwards" in text_of(answer)
    outcome = answer.text.partition('id="receipt"')[0]
    assert "grand" not in outcome, "what nobody vouches for is not repeated as what was found"
    other = visitor.post("/verify", {"receipt": receipt, "sha256": "0" * 64})
    assert "The file is not the one that the receipt names." in text_of(other)
    assert "This is not a receipt." in text_of(visitor.post("/verify", {"receipt": "<script>alert(1)</script>"}))
    assert "<script>alert(1)" not in visitor.post("/verify", {"receipt": "<script>alert(1)</script>"}).text
    assert visitor.post("/verify", {"receipt": " "}).status_code == 422
    wrong = visitor.post("/verify", {"receipt": receipt, "sha256": "x"})
    assert (wrong.status_code, "A SHA-256 has 64 hex digits." in text_of(wrong)) == (422, True)
    assert visitor.client.post("/verify", data={"receipt": receipt}).status_code == 400, "no token of the form"


def test_the_key_is_published_and_the_same_everywhere(world):
    found = world.visitor().get("/receipt-key.json").json
    assert found["key"] == world.signer.public_key
    page = text_of(world.visitor().get("/verify"))
    assert found["key"] in page
    assert found["fingerprint"] in page


def test_another_teams_receipt_is_not_handed_out(world, receipt):
    world.team("jun")
    jun = world.visitor().sign_in("jun@example.org")
    public_id = json.loads(receipt)["submission"]
    assert jun.get(f"/submissions/{public_id}/receipt.json").status_code == 404
    assert predictions(1)
