"""A sentence in both languages."""

from typing import NamedTuple


class Text(NamedTuple):
    """Korean and English of one sentence; every page, problem and line of the shell picks from such a pair."""

    ko: str
    en: str

    def format(self, **values: object) -> "Text":
        return Text(self.ko.format(**values), self.en.format(**values))

    def pick(self, language: str) -> str:
        return self.ko if language == "ko" else self.en
