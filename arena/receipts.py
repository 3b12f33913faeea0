"""Receipts: what was received when, under which rules, signed by the server (Ed25519), and how anybody checks one."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from challenges.text import Text

LARGEST = 20_000  # characters; a receipt has under a thousand

FAULTS = {
    "not_a_receipt": Text(
        "접수증이 아닙니다. 접수증은 이 사이트가 준 JSON 파일이며, 고치지 않은 그대로여야 합니다.",
        "This is not a receipt. A receipt is the JSON file that the site gave, as it came.",
    ),
    "other_key": Text(
        "이 사이트의 열쇠로 서명한 것이 아닙니다.",
        "It is signed with another key than this site’s.",
    ),
    "bad_signature": Text(
        "서명이 내용과 맞지 않습니다. 접수증이 나중에 바뀌었습니다.",
        "The signature does not fit the content: the receipt was changed afterwards.",
    ),
    "other_file": Text(
        "파일이 접수증의 파일이 아닙니다. 접수증은 진짜일 수 있습니다.",
        "The file is not the one that the receipt names. The receipt itself may be genuine.",
    ),
}


def _canonical(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Signer:
    """Signs receipts with the seed kept in the home."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public_key = self._key.verify_key.encode().hex()

    @classmethod
    def from_file(cls, path: Path) -> "Signer":
        return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))

    def sign(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the payload with the server's key and the signature over its canonical JSON."""
        signature = self._key.sign(_canonical(payload)).signature.hex()
        return {**payload, "key": self.public_key, "signature": signature}


def verify(receipt: dict[str, Any], public_key: str) -> bool:
    """Whether this receipt was signed by the holder of `public_key` and not changed since."""
    payload = {name: value for name, value in receipt.items() if name not in ("key", "signature")}
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(_canonical(payload), bytes.fromhex(str(receipt["signature"])))
    except (BadSignatureError, KeyError, ValueError):
        return False
    return True


def key_of(sign: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    """Return the public key of whoever signs; every signature names it."""
    return str(sign({})["key"])


def fingerprint(public_key: str) -> str:
    """Return what two people compare before they trust a key: the first 32 hex digits of its SHA-256, in fours."""
    digest = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def is_key(text: str) -> bool:
    """Whether a text is a public key as it is published: 64 hex digits."""
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of checking a receipt: its parts where it is one, and which parts are wrong."""

    receipt: dict[str, Any] | None
    faults: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.faults


def examine(text: str, public_key: str, file_sha256: str | None = None) -> Examined:
    """Check a receipt as it was given out against the site's key and, where a file's digest is given, against the file."""
    receipt = _read(text)
    if receipt is None:
        return Examined(None, ("not_a_receipt",))
    faults = []
    if receipt["key"] != public_key:
        faults.append("other_key")
    # Of a receipt that names another key it is still told whether that key has signed it.
    if not verify(receipt, receipt["key"]):
        faults.append("bad_signature")
    if file_sha256 is not None and file_sha256 != receipt["file_sha256"]:
        faults.append("other_file")
    return Examined(receipt, tuple(faults))


def attested(receipt: dict[str, Any]) -> list[tuple[Text, str]]:
    """Return what a receipt says, as pairs of words and values."""
    challenge, labels = receipt["challenge"], receipt.get("labels")
    found = [
        (Text("제출", "Submission"), receipt["submission"]),
        (Text("받은 때", "Received"), receipt["received_at"]),
        (Text("받은 파일의 sha256", "SHA-256 of the file received"), receipt["file_sha256"]),
        (Text("챌린지", "Challenge"), challenge["slug"]),
        (Text("챌린지의 판", "Version of the challenge"), str(challenge["version"])),
        (Text("정의의 sha256", "SHA-256 of the definition"), challenge["sha256"]),
        (Text("채점기", "Scorer"), receipt["scorer"]),
    ]
    if labels:
        found += [
            (Text("결과 파일의 판", "Version of the labels"), str(labels["version"])),
            (Text("봉인한 결과의 sha256", "SHA-256 of the sealed labels"), labels["ciphertext_sha256"]),
        ]
    return found


def _read(text: str) -> dict[str, Any] | None:
    """Return the receipt in a text; none where a part is missing, of another kind, or there twice."""
    if len(text) > LARGEST:
        return None
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    words = ("submission", "received_at", "file_sha256", "scorer", "key", "signature")
    parts = [found, *(found.get(name) for name in ("challenge", "labels"))]
    if not all(isinstance(found.get(name), str) for name in words) or not all(isinstance(one, dict) for one in parts):
        return None
    challenge, labels = found["challenge"], found["labels"]
    if not isinstance(challenge.get("slug"), str) or not isinstance(challenge.get("sha256"), str):
        return None
    known = "version" in challenge and "version" in labels and isinstance(labels.get("ciphertext_sha256"), str)
    return found if known and is_key(found["key"]) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a name that stands twice a reader sees one value, and the check another.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
