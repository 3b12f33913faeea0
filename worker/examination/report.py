"""Writing an examination's datasheet beside the folder: as JSON for the site, as one page for people."""

from pathlib import Path

from arena.errors import Invalid
from challenges.text import Text
from worker.examination import datasheet, page
from worker.examination.examining import Examination
from worker.examination.finding import Findings
from worker.examination.material import Material

FORMS = (".html", ".json")


def check_name(path: Path) -> None:
    """Refuse a name whose ending is none of the forms, before anything is examined for it."""
    if path.suffix.lower() not in FORMS:
        message = Text(
            f"{path.name}: .html이나 .json으로 끝나는 이름을 주십시오.",
            f"{path.name}: give a name that ends in .html or .json.",
        )
        raise Invalid("bad_report", message)


def write(path: Path, material: Material, findings: Findings, examination: Examination, language: str) -> None:
    """Write the datasheet to a file; its name's ending says in which form."""
    sheet = datasheet.make(material, findings, examination)
    is_json = path.suffix.lower() == ".json"
    text = sheet.written() if is_json else page.write(sheet, material.definition, language)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        kind = type(fault).__name__
        message = Text(f"{path}에 쓸 수 없습니다({kind}).", f"{path} cannot be written ({kind}).")
        raise Invalid("bad_report", message) from None
