"""Gaps in a challenge's texts: lines that say what its organizer still has to write, in one form that can be found again."""

from collections.abc import Iterator

from challenges.text import Text

WORDS = Text("채울 곳:", "To fill in:")


def gap(ko: str, en: str) -> Text:
    """Return a marked gap for a Markdown text, where it stands out as a quotation."""
    return Text(f"> {WORDS.ko} {ko}", f"> {WORDS.en} {en}")


def field(ko: str, en: str) -> Text:
    """Return a marked gap for a field of a table."""
    return Text(f"{WORDS.ko} {ko}", f"{WORDS.en} {en}")


def find(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each gap and what it asks for; a line of a table that has one in both languages counts once."""
    for line, content in enumerate(text.splitlines(), start=1):
        for word in WORDS:
            _, found, asks = content.partition(word)
            if found:
                yield line, asks.strip()
                break
