"""What a page says, and in which language: its words, and the attributes that are read out or shown as words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

SPOKEN = (
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "title",
    "alt",
    "placeholder",
    "data-label",
    "label",
)
# Code is the same in every language.
CODE = {"code", "pre", "samp", "kbd", "script", "style", "math"}
CODE_CLASSES = {"mono", "hash"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    tag: str
    lang: str
    code: bool


@dataclass
class Page(HTMLParser):
    """The words of one page, or of a part of one in the language given, each with the language that its place is marked with."""

    text: str
    language: str
    said: list[tuple[str, str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        self.feed(self.text)

    @property
    def here(self) -> Element:
        return self.open[-1] if self.open else Element("", self.language, code=False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang", self.here.lang)
        code = self.here.code or tag in CODE or bool(CODE_CLASSES & set(given.get("class", "").split()))
        if tag == "html":
            self.language = lang
        if not code:
            self.said += [(lang, given[name]) for name in SPOKEN if given.get(name)]
            if tag == "input" and given.get("type") in ("submit", "button") and given.get("value"):
                self.said.append((lang, given["value"]))
        if tag == "meta" and given.get("name") == "description":
            self.said.append((lang, given.get("content", "")))
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append(Element(tag, lang, code))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not self.here.code:
            self.said.append((self.here.lang, words))

    def words(self) -> list[str]:
        """What the page says in its own language, apart from what is marked as the other's."""
        return [words for lang, words in self.said if lang == self.language]
