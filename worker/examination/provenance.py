"""Real people's data: where they come from, and on what ground they may be given out."""

import re

from challenges.annotations import FILE as NOTES
from challenges.text import Text
from worker.examination.finding import WARN, Findings
from worker.examination.material import Material

SOURCE = {
    "ko": re.compile(r"출처|어디서 왔|원자료|자료원|제공"),
    "en": re.compile(r"provenance|source|come from|comes from|came from|provided by|collected", re.IGNORECASE),
}
PERMISSION = {
    "ko": re.compile(r"허락|허가|승인|이용 조건|라이선스|라이센스|공개된|공개 자료|동의|심의"),
    "en": re.compile(
        r"permission|permit|licen[cs]e|approv|consent|ethic|review board|public domain|long public|\bIRB\b"
    ),
}


def examine(material: Material, findings: Findings) -> None:
    """Ask for a statement of provenance and permission where the rows are real people."""
    if material.definition.synthetic:
        message = Text("합성 자료입니다. 실제 사람의 행이 없습니다.", "Synthetic data: no row is a real person.")
        findings.passed("provenance", message)
        return
    if material.notes.provenance is not None or _stated(material):
        findings.passed("provenance", Text("출처와 허락을 밝혔습니다.", "Provenance and permission are stated."))
        return
    findings.add(
        WARN,
        "provenance",
        Text(
            "실제 사람의 자료인데 출처와 허락을 밝히지 않았습니다. 가명 처리한 행도 다른 자료와 견주면 누구인지 드러날 수 있습니다.",
            "These are real people's data without a statement of provenance and permission. Even pseudonymised rows can be re-identified against other data.",
        ),
        remedy=Text(
            "datasheet.toml의 [provenance]에 source와 permission을 두 언어로 적으십시오. 합성 자료이면 challenge.toml에 synthetic = true라고 적으십시오.",
            "Write source and permission in both languages under [provenance] in datasheet.toml. If the data are synthetic, set synthetic = true in challenge.toml.",
        ),
        file=NOTES,
    )


def _stated(material: Material) -> bool:
    """Whether the text about the data says both, in both languages."""
    for language in ("ko", "en"):
        path = material.folder / f"data.{language}.md"
        if not path.is_file():
            return False
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        if not SOURCE[language].search(text) or not PERMISSION[language].search(text):
            return False
    return True
