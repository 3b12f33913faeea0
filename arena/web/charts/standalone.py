"""A chart as a file that stands alone: its own colours, type and white ground, the finding above and its source below.

On a page a chart takes all of this from the site's sheet. The rules are read from there, in the light theme, so that a drawing in a
paper looks like the one on the page.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup, escape

SHEET = Path(__file__).parents[1] / "static" / "arena.css"
WIDTH = 760
TITLE_UNITS, TITLE_LINE = 88, 22
# Pixels per rem, and how high a plot is and what it leaves free around itself: top, right, bottom, left; the last class that says so
# counts, as in the sheet.
REM = 16
HEIGHTS = {"h-s": 8, "h-m": 15, "h-l": 22, "h-xl": 30, "h-xxl": 48, "h-sq": 24, "grid-line": 5.5}
SPACES: dict[str, tuple[float | None, float | None, float | None, float | None]] = {
    "plot": (1, 1, 2.6, 3),
    "bare": (None, 0, None, 0),
    "key-right": (None, 5.5, None, None),
    "names": (None, 4.5, None, 12),
    "two-line": (None, None, 3.4, None),
    "top": (2, None, None, None),
    "risk": (None, None, 9, 5),
    "hist": (None, None, None, 4.25),
    "grid-line": (1.5, 1, 2.6, 1),
    "long": (None, None, None, 16),
    "benefit": (None, None, None, 3.6),
    "spread": (None, None, None, 3.6),
}
SQUARE = 460
_DRAWN = re.compile(r'<div class="([^"]*)"><svg role="img" aria-labelledby="([^"]*)">(.*)</svg></div>', re.DOTALL)


def document(chart: Markup, finding: str, source: str) -> str:
    """Return a chart of the page as an SVG file; the same chart always gives the same bytes."""
    found = _DRAWN.fullmatch(str(chart))
    if found is None:
        raise ValueError("not a chart")
    kinds, labelled, inner = found[1].split(), found[2], found[3]
    top, right, bottom, left = _space(kinds)
    width = SQUARE + left + right if "h-sq" in kinds else WIDTH
    lines = _lines(finding, int(TITLE_UNITS * width / WIDTH))
    head = 14 + TITLE_LINE * len(lines) if lines else 8
    height = next((size * REM for kind, size in HEIGHTS.items() if kind in kinds), 18 * REM)
    whole = head + top + height + bottom + 30
    title = "".join(
        f'<text class="strong finding" x="16" y="{22 + TITLE_LINE * place}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{whole:g}" viewBox="0 0 {width:g} {whole:g}" '
        f'role="img" aria-labelledby="{labelled}">'
        f"<style>{rules()}</style>"
        f'<rect width="100%" height="100%" fill="{_light()["paper"]}"/>{title}'
        f'<svg x="{left:g}" y="{head + top:g}" width="{width - left - right:g}" height="{height:g}">{inner}</svg>'
        f'<text class="e" x="{width - 16:g}" y="{whole - 14:g}">{escape(source)}</text></svg>\n'
    )


def _space(kinds: list[str]) -> tuple[float, float, float, float]:
    sides = [0.0, 0.0, 0.0, 0.0]
    for name, given in SPACES.items():
        if name in kinds:
            sides = [before if side is None else side for before, side in zip(sides, given, strict=True)]
    top, right, bottom, left = (side * REM for side in sides)
    return top, right, bottom, left


def _lines(text: str, units: int) -> list[str]:
    """Break a sentence where its words allow; a Korean letter is about two Latin ones wide."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and _wide(joined) <= units:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


@lru_cache(maxsize=1)
def rules() -> str:
    """Return the sheet's rules for what is drawn, with the light theme's colours in place of its names."""
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    # Rules inside a condition (a phone, a dark page, a printer) are not for a file.
    flat = re.sub(r"@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    drawn = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", flat):
        # Few programs that draw such files know :is().
        kept = [one.strip() for one in selector.replace(":is(svg, g) ", "svg ").split(",")]
        kept = [one for one in kept if one.startswith("svg ")]
        if kept:
            drawn.append(f"{','.join(kept)}{{{_filled(body.strip())}}}")
    return "".join(drawn) + "svg text.finding{font-size:15px}"


def _filled(body: str) -> str:
    values = _light()
    for _ in range(2):
        body = re.sub(r"var\(--([\w-]+)\)", lambda found: values.get(found[1], "inherit"), body)
    body = re.sub(r"(\d*\.?\d+)rem", lambda found: f"{float(found[1]) * REM:g}px", body)
    return re.sub(r"\s+", " ", body).rstrip(";")


@lru_cache(maxsize=1)
def _light() -> dict[str, str]:
    """Return what the sheet's names stand for in the light theme: its first block."""
    block = re.search(
        r":root \{(.*?)\}", re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL), re.DOTALL
    )
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block[1])) if block else {}
