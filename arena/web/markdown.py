"""Organizers' texts: Markdown in, safe HTML out."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("p", "a", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "br"),
    *("h2", "h3", "h4", "h5", "table", "thead", "tbody", "tr", "th", "td", "sup", "sub"),
}
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_INLINE_CODE = re.compile(r'(?<=<code>)(?<!<pre tabindex="0"><code>)[^<]*(?=</code>)')
# As long as this a word of code fits on any phone's line.
_HYPHENED = re.compile(r"(?<!\S)(?=\S*-)\S{1,28}(?!\S)")


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Return the text as HTML with only harmless elements; its headings start below the page's own."""
    html = _PARSER.render(text)
    # The page has its h1 and its sections their h2: an organizer's "#" becomes h3.
    html = re.sub(r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(5, max(3, int(found[2]) + 1))}>", html)
    safe = nh3.clean(html, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"})
    safe = safe.replace("<th>", '<th scope="col">')
    # What may be wider than a phone scrolls by itself, and so must be within a keyboard's reach.
    safe = safe.replace("<pre>", '<pre tabindex="0">')
    # A line may end within `--stratify` or a name; a command typed from the page would then be another one.
    safe = _INLINE_CODE.sub(lambda found: _HYPHENED.sub(r'<span class="whole">\g<0></span>', found[0]), safe)
    safe = _TABLE.sub(lambda found: f'<div class="scroll" tabindex="0">{found[0]}</div>', safe)
    return Markup(safe)  # noqa: S704 (cleaned by nh3 above; what was added afterwards is ours)


def sections(text: str) -> list[tuple[str, Markup]]:
    """Return the text cut at its second-level headings, so that each can stand in the page's margin; the first may have none."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in without_title(text).splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if line.startswith("## ") and not fenced:
            parts.append((line[3:].strip(" #"), []))
        else:
            parts[-1][1].append(line)
    rendered = [(title, render("\n".join(lines))) for title, lines in parts]
    return [(title, html) for title, html in rendered if title or html.strip()]


def without_title(text: str) -> str:
    """Return the text without a leading first-level heading, which would repeat the page's."""
    stripped = text.lstrip()
    return stripped.partition("\n")[2] if stripped.startswith("# ") else text
