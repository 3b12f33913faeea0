"""The organizer's texts: there, in both languages, and without gaps."""

import re
from pathlib import Path

from challenges.text import Text
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.material import Material

LANGUAGES = ("ko", "en")
NAMES = ("overview", "evaluation", "data", "rules")
# What `arena challenge new` leaves where only the organizer can go on: in a text, in challenge.toml or in the dictionary.
GAP = re.compile(r"(?:채울 곳|To fill in)\s*[:：]")
NAMELESS = re.compile(r"=\?(?=[;,\"]|$)")  # a code of the dictionary that nobody has named yet
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z]")
_CODE = re.compile(r"```.*?```|`[^`\n]*`|https?://\S+", re.DOTALL)
LEAST_LETTERS = 40  # a shorter text may hold nothing but a name


def examine(material: Material, findings: Findings) -> None:
    """Look at every text that a challenge's pages show."""
    wanted = [(name, False) for name in NAMES]
    agreement = material.definition.agreement
    if agreement is not None:
        wanted.append((agreement.file, True))
    before = len(findings.lines)
    for name, needed in wanted:
        for language in LANGUAGES:
            path = material.folder / f"{name}.{language}.md"
            if path.is_file():
                _text(path, language, findings)
            else:
                _missing(path.name, findings, needed=needed)
    _fields(material, findings)
    if len(findings.lines) == before:
        findings.passed(
            "missing_text",
            Text("글이 모두 두 언어로 있고 빈 곳이 없습니다.", "Every text is there in both languages, without gaps."),
        )


def _missing(file: str, findings: Findings, *, needed: bool) -> None:
    findings.add(
        FAIL if needed else WARN,
        "missing_text",
        Text(f"{file}이(가) 없습니다.", f"The text {file} is missing."),
        remedy=Text("같은 내용을 두 언어로 쓰십시오.", "Write the same in both languages."),
        file=file,
    )


def _text(path: Path, language: str, findings: Findings) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        findings.add(
            FAIL,
            "not_utf8",
            Text(f"{path.name}이(가) UTF-8이 아닙니다.", f"{path.name} is not UTF-8."),
            remedy=Text("UTF-8로 다시 저장하십시오.", "Save it again as UTF-8."),
            file=path.name,
        )
        return
    for line, content in enumerate(text.splitlines(), start=1):
        if GAP.search(content):
            findings.add(
                WARN,
                "text_gap",
                Text("채울 곳이 남아 있습니다.", "A gap is left to fill in."),
                remedy=Text(
                    "그 줄을 내용으로 바꾸거나, 필요 없으면 지우십시오.",
                    "Put the content in its place, or delete the line if it is not needed.",
                ),
                file=path.name,
                line=line,
            )
    _language(path.name, text, language, findings)


def _fields(material: Material, findings: Findings) -> None:
    """Gaps in the definition and the dictionary, which every page shows: the title, the summary, what a column means."""
    named = material.definition.files.dictionary
    for path in (material.folder / "challenge.toml", *([material.place / named] if named else [])):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # said where the file is read
        for line, content in enumerate(text.splitlines(), start=1):
            if GAP.search(content):
                message = Text("채울 곳이 남아 있습니다.", "A gap is left to fill in.")
                remedy = Text("그 자리에 내용을 적으십시오.", "Put the content in its place.")
            elif path.name == named and NAMELESS.search(content):
                message = Text("뜻을 적지 않은 부호가 있습니다.", "A code has no meaning yet.")
                remedy = Text("= 뒤의 ?를 부호의 뜻으로 바꾸십시오.", "Put what the code means where the ? stands.")
            else:
                continue
            findings.add(WARN, "text_gap", message, remedy=remedy, file=path.name, line=line)


def _language(file: str, text: str, language: str, findings: Findings) -> None:
    prose = _CODE.sub("", text)
    korean, latin = len(_HANGUL.findall(prose)), len(_LATIN.findall(prose))
    if korean + latin < LEAST_LETTERS:
        return
    if (language == "ko" and korean * 10 < latin) or (language == "en" and korean * 2 > latin):
        name = {"ko": Text("한국어", "Korean"), "en": Text("영어", "English")}[language]
        findings.add(
            WARN,
            "text_language",
            Text(f"{name.ko} 글로 보이지 않습니다.", f"This does not look like {name.en}."),
            remedy=Text(f"{name.ko}로 옮기십시오.", f"Translate it into {name.en}."),
            file=file,
        )
