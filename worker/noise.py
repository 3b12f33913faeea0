"""Noise that only the holder of the gate's secret can foretell, the same whenever it is asked for again."""

import hashlib
import hmac
import json
import math


class Noise:
    """Laplace draws for one label version: each is a keyed hash of what it is for."""

    def __init__(self, secret: bytes, *world: str | int) -> None:
        # A draw must not repeat under new labels, or the difference of two decisions would be free of noise.
        self._key = hmac.digest(secret, _canonical(world), hashlib.sha256)

    def laplace(self, scale: float, *purpose: str | int) -> float:
        """Return a Laplace draw with this scale (mean absolute size) for this purpose."""
        digest = hmac.digest(self._key, _canonical(purpose), hashlib.sha256)
        # 52 random bits and a half: strictly between 0 and 1, symmetric about one half.
        uniform = (int.from_bytes(digest[:8], "big") >> 12) / 2**52 + 2**-53
        distance = uniform - 0.5
        return -scale * math.copysign(math.log1p(-2 * abs(distance)), distance)


def _canonical(words: tuple[str | int, ...]) -> bytes:
    return json.dumps(words, ensure_ascii=True, separators=(",", ":")).encode()
