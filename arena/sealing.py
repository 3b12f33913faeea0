"""Sealing labels with the workers' public key; nothing here can open what it sealed."""

import hashlib
import os
from pathlib import Path

from nacl.public import PublicKey, SealedBox


def public_key(path: Path) -> bytes:
    """Read the workers' public key (32 bytes, kept as hex)."""
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def fingerprint(key: bytes) -> str:
    """Return what two people compare before they trust a key: the first 32 hex digits of its SHA-256, in fours."""
    digest = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def shares_user(home: Path) -> bool:
    """Whether this process could enter the workers' folder; nothing in it is opened. Then sealing does not outlive a takeover."""
    return os.access(home / "worker", os.R_OK | os.X_OK)


def seal(plaintext: bytes, key: bytes) -> bytes:
    """Encrypt so that only the holder of the private key can read (libsodium sealed box)."""
    return bytes(SealedBox(PublicKey(key)).encrypt(plaintext))
