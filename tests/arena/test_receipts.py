"""A receipt is believed as it was given out, and in no other way."""

import json

import pytest

from arena import receipts
from arena.receipts import Signer

SIGNER = Signer(b"\x05" * 32)
RECEIPT = SIGNER.sign(
    {
        "submission": "ab12",
        "received_at": "2026-11-23T03:00:00+00:00",
        "file_sha256": "c" * 64,
        "challenge": {"slug": "small", "version": "1", "sha256": "d" * 64},
        "scorer": "1",
        "labels": {"version": 1, "ciphertext_sha256": "e" * 64},
    }
)


def examine(receipt, key=SIGNER.public_key, digest=None):
    text = receipt if isinstance(receipt, str) else json.dumps(receipt, ensure_ascii=False, indent=2)
    return receipts.examine(text, key, digest)


def test_a_genuine_receipt_is_valid_in_any_layout():
    for text in (json.dumps(RECEIPT), json.dumps(RECEIPT, indent=4), json.dumps(dict(reversed(RECEIPT.items())))):
        assert examine(text).valid
    assert examine(RECEIPT, digest="c" * 64).valid


@pytest.mark.parametrize("path", [("submission",), ("received_at",), ("file_sha256",), ("scorer",), ("challenge", "slug"),
                                  ("challenge", "sha256"), ("labels", "ciphertext_sha256")])  # fmt: skip
def test_no_part_can_be_changed(path):
    changed = json.loads(json.dumps(RECEIPT))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += "0"
    assert examine(changed).faults == ("bad_signature",)


def test_what_is_wrong_is_told_apart():
    assert examine(RECEIPT, digest="f" * 64).faults == ("other_file",)
    other = Signer(b"\x06" * 32)
    assert examine(RECEIPT, key=other.public_key).faults == ("other_key",)
    assert examine({**RECEIPT, "extra": 1}).faults == ("bad_signature",)
    assert examine({**RECEIPT, "signature": "zz"}).faults == ("bad_signature",)
    # Signed again with a key of one's own, and naming the site's key.
    forged = other.sign({name: value for name, value in RECEIPT.items() if name not in ("key", "signature")})
    assert examine({**forged, "key": SIGNER.public_key}).faults == ("bad_signature",)
    assert examine(forged).faults == ("other_key",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "nonsense",
        "{}",
        "[" * 50_000,
        json.dumps({**RECEIPT, "challenge": "small"}),
        json.dumps({**RECEIPT, "file_sha256": 7}),
        json.dumps({**RECEIPT, "key": "00"}),
        json.dumps({name: value for name, value in RECEIPT.items() if name != "labels"}),
        # Twice the same name: a reader would see the first, the check the last.
        json.dumps(RECEIPT).replace("{", '{"file_sha256": "' + "0" * 64 + '", ', 1),
        " " * 30_000 + json.dumps(RECEIPT),
    ],
)
def test_what_is_no_receipt_is_said_to_be_none(text):
    found = receipts.examine(text, SIGNER.public_key)
    assert (found.faults, found.receipt) == (("not_a_receipt",), None)


def test_a_key_has_a_fingerprint_and_whoever_signs_names_it():
    assert receipts.key_of(SIGNER.sign) == SIGNER.public_key
    assert len(receipts.fingerprint(SIGNER.public_key)) == 39
    assert not receipts.is_key("AB" * 32)
    assert [value for _, value in receipts.attested(RECEIPT)][:3] == ["ab12", "2026-11-23T03:00:00+00:00", "c" * 64]
