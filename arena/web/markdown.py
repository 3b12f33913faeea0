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


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Return the text as HTML with only harmless elements; its headings start below the page's own."""
    html = _PARSER.render(text)
    # The page has its h1 and its sections their h2: an organizer's "#" becomes h3.
    html = re.sub(r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(5, max(3, int(found[2]) + 1))}>", html)
    safe = nh3.clean(html, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"})
    safe = safe.replace("<th>", '<th scope="col">')
    safe = _TABLE.sub(lambda found: f'<div class="scroll" tabindex="0">{found[0]}</div>', safe)
    return Markup(safe)  # noqa: S704 (cleaned by nh3 above; what was added afterwards is ours)


def without_title(text: str) -> str:
    """Return the text without a leading first-level heading, which would repeat the page's."""
    stripped = text.lstrip()
    return stripped.partition("\n")[2] if stripped.startswith("# ") else text
