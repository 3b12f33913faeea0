"""Receipts: what was received when, under which rules, signed by the server (Ed25519)."""

import json
from pathlib import Path
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey


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
