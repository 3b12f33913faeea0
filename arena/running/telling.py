"""What `arena up` says while it works, in the operator's language."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from challenges.text import Text


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return ko or en by the shell's locale, as gettext does."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "ko" if value.startswith("ko") else "en"
    return "en"


class Teller:
    """Prints one line a step: what is being done, then how long it took."""

    def __init__(self, chosen: str) -> None:
        self._language = chosen

    def say(self, text: Text) -> None:
        print(text.pick(self._language), flush=True)  # noqa: T201 (this is the shell's output)

    @contextmanager
    def step(self, text: Text) -> Iterator[None]:
        """Print the step, and its time once it is done."""
        began = monotonic()
        sys.stdout.write(f"  {text.pick(self._language)} … ")
        sys.stdout.flush()
        try:
            yield
        except BaseException:
            sys.stdout.write("\n")
            sys.stdout.flush()
            raise
        self.say(Text(f"{monotonic() - began:.1f}초", f"{monotonic() - began:.1f} s"))
