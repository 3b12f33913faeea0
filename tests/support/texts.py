"""Whether a challenge's Korean and English texts say the same things: the same outline, links and figures."""

import re
from pathlib import Path


def outlines(folder: Path, name: str) -> tuple[list[object], list[object]]:
    """Return what must be the same in both languages of a text: its headings and lists, its links, its numbers."""
    found = []
    for language in ("ko", "en"):
        text = (folder / f"{name}.{language}.md").read_text(encoding="utf-8")
        found.append(
            [
                re.findall(r"^(#+|-|\d+\.|```)", text, flags=re.MULTILINE),
                re.findall(r"\]\((https?://[^)]+)\)", text),
                sorted(re.findall(r"\d+\.\d+|\d+,\d+", text)),
                sorted(re.findall(r"`[^`\n]+`", text)),
            ],
        )
    return found[0], found[1]
