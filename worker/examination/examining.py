"""The whole examination, one group of questions after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from challenges.definition import FILE
from challenges.text import Text
from worker.examination import (
    accepting,
    cells,
    dates,
    duplicates,
    files,
    follow_up,
    gating,
    identifiers,
    leakage,
    order,
    precision,
    provenance,
    splits,
    submissions,
    texts,
    units,
    validating,
    values,
)
from worker.examination.finding import FAIL, Findings
from worker.examination.material import Material
from worker.facts import Training

Progress = Callable[[Text], None]
STEPS: tuple[tuple[Text, Callable[[Material, Findings], None]], ...] = (
    (Text("글", "texts"), texts.examine),
    (Text("파일", "files"), files.examine),
    (Text("검증 부분", "validation part"), validating.examine),
    (Text("값과 자료 사전", "values and dictionary"), values.examine),
    (Text("개인 식별", "identifiers"), identifiers.examine),
    (Text("단위", "units"), units.examine),
    (Text("추적과 사건", "follow-up and events"), follow_up.examine),
    (Text("분할의 균형", "balance of the splits"), splits.examine),
    (Text("같은 환자", "duplicates"), duplicates.examine),
    (Text("순서와 번호", "order and ids"), order.examine),
    (Text("답이 새는 변수", "leaking variables"), leakage.examine),
    (Text("시작 뒤의 사실", "facts after time zero"), dates.examine),
    (Text("작은 칸", "small cells"), cells.examine),
    (Text("출처와 허락", "provenance"), provenance.examine),
)


@dataclass(frozen=True)
class Examination:
    """What came of it: the facts of the gate, and what the training file says, for the datasheet."""

    facts: dict[str, Any]
    known: Training | None


def examine(material: Material, findings: Findings, progress: Progress) -> Examination:
    """Ask every question of a folder that has been read."""
    if not findings.took(["definition"]):
        message = Text("정의에 어긋난 곳이 없습니다.", "The definition has no mistake.")
        findings.passed("definition", message, file=FILE)
    for words, step in STEPS:
        progress(words)
        step(material, findings)
    progress(Text("기준 모형과 관문", "baselines and gate"))
    found = submissions.examine(material, findings)
    known = precision.training(material, found)
    precision.examine(material, known, findings)
    facts = gating.examine(material, found, known, findings)
    if material.definition.baselines and not any(
        one.code in ("missing_baseline", "baseline_failed") for one in findings.of(FAIL)
    ):
        count = len(material.definition.baselines)
        findings.passed("baselines", Text(f"기준 모형 {count}개를 읽었습니다.", f"{count} baselines can be read."))
    accepting.examine(material, findings)
    return Examination(facts, known)
