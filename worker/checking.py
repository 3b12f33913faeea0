"""Checking a challenge's folder before it is published: the definition, then the fairness examination of all it holds."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from challenges import repairing
from challenges.definition import FILE, Definition, DefinitionError, parse
from challenges.mistakes import read_source
from challenges.text import Text
from worker import folders
from worker.examination import examining, report
from worker.examination.examining import Progress
from worker.examination.finding import FAIL, WARN, Findings, Line
from worker.examination.material import gather

DONE, REFUSED = range(2)


def check(
    folder: Path, *, report_to: Path | None = None, language: str = "en", progress: Progress | None = None
) -> tuple[dict[str, Any], int]:
    """Return every line of a folder's examination; with `report_to`, write its datasheet there as HTML or JSON."""
    if report_to is not None:
        report.check_name(report_to)
    findings = Findings()
    say = progress or (lambda _: None)
    text = read_source(folder / FILE)
    definition = _definition(text, findings)
    facts: dict[str, Any] = {}
    if definition is None:
        findings.lines.append(_unexamined())
        return _said(findings, facts)
    with folders.whole(folder, definition) as drawn, _with_baselines(folder, drawn, definition, findings, say) as place:
        say(Text("파일 읽기", "reading the files"))
        material = gather(folder, place, definition, text, findings)
        examination = examining.examine(material, findings, say)
        facts = examination.facts
        # A datasheet carries the definition's digest, and a mistaken definition has none.
        if report_to is not None and not findings.took(["definition"]):
            report.write(report_to, material, findings, examination, language)
    return _said(findings, facts)


def _definition(text: str, findings: Findings) -> Definition | None:
    """Return the definition; where it has mistakes, tell them all and return what can still be used of it."""
    try:
        return parse(text)
    except DefinitionError as error:
        for one in error.mistakes:
            findings.add(
                FAIL,
                "definition",
                one.message,
                figure=one.found or None,
                file=one.file,
                line=one.line,
                column=one.where,
            )
        return repairing.repaired(text)


def _unexamined() -> Line:
    return Line(
        "definition",
        FAIL,
        Text(
            "정의를 고치기 전에는 자료를 살펴볼 수 없습니다.",
            "The data cannot be examined before the definition is mended.",
        ),
        file=FILE,
        line=1,
    )


@contextlib.contextmanager
def _with_baselines(
    folder: Path, place: Path, definition: Definition, findings: Findings, say: Progress
) -> Iterator[Path]:
    """Yield a place where the baselines' files are: where some are missing and a program writes them, a temporary one."""
    missing = [name for one in definition.baselines for name in (one.file, one.train_file) if name]
    missing = [name for name in missing if not (place / name).is_file()]
    if not missing or not (folder / f"{folders.BASELINES}.py").is_file():
        yield place
        return
    with folders.copied(place, definition) as copy:
        say(Text("baseline.py 실행", "running baseline.py"))
        try:
            # What the program prints is for its writer; standard output is ours.
            with contextlib.redirect_stdout(sys.stderr):
                folders.baselines(folder, copy, definition)
        except Exception as fault:  # noqa: BLE001 (it is the organizer's program; anything can happen in it)
            findings.lines.append(_failed(fault))
        yield copy


def _failed(fault: Exception) -> Line:
    steps = traceback.extract_tb(fault.__traceback__)
    own = [step for step in steps if Path(step.filename).name == f"{folders.BASELINES}.py"]
    line = own[-1].lineno if own else None
    kind = type(fault).__name__
    return Line(
        "baseline_failed",
        FAIL,
        Text(f"baseline.py가 {kind}로 멈추었습니다.", f"baseline.py stopped with a {kind}."),
        kind,
        Text(
            "학습 자료와 시험 자료만 있는 폴더에서 baseline.py의 write(folder)를 돌려 보십시오.",
            "Run write(folder) of baseline.py in a folder that holds the training and the test file alone.",
        ),
        "baseline.py",
        line,
    )


def _said(findings: Findings, facts: dict[str, Any]) -> tuple[dict[str, Any], int]:
    lines = findings.ordered()
    failed = any(one.state == FAIL for one in lines)
    return {
        "ok": not failed,
        "mistakes": [_finding(one) for one in lines if one.state == FAIL],
        "warnings": [_finding(one) for one in lines if one.state == WARN],
        "facts": facts,
        "lines": [one.as_dict() for one in lines],
    }, REFUSED if failed else DONE


def _finding(line: Line) -> dict[str, Any]:
    found = {
        "code": line.code,
        "file": line.file,
        "line": line.line,
        "column": line.column,
        "message": line.message._asdict(),
    }
    if line.state == WARN:
        found["accepted"] = None if line.accepted is None else line.accepted._asdict()
    elif line.code == "definition":
        found["found"] = line.figure or ""
    return found
