"""The validation part of the training file, which teams practise on: some of its ids, and enough of them to say anything."""

import numpy as np

from challenges import validation
from challenges.definition import FILE
from challenges.lines import TableError
from challenges.text import Text
from worker.examination.finding import FAIL, WARN, Findings, shown, shown_events
from worker.examination.material import Material

REMEDY = Text(
    "학습 자료의 번호 다섯 가운데 하나를 골라 그 열만 적으십시오.",
    "Choose a fifth of the training file's ids and write that column alone.",
)


def examine(material: Material, findings: Findings) -> None:
    """Look at the ids and, where the training file's outcomes can be read, at how many events there are on either side."""
    name = material.definition.files.validation
    if name is None or not (material.place / name).is_file():
        return
    try:
        ids = validation.read(material.place / name, material.definition.labels.id)
    except TableError as error:
        findings.add(FAIL, error.code, error.message, remedy=REMEDY, file=name, line=error.line)
        return
    train = material.train
    if train is None or train.id_column is None or _strange(ids, material, findings):
        return
    _enough(ids, material, findings)


def _strange(ids: list[str], material: Material, findings: Findings) -> bool:
    train, name = material.train, material.definition.files.validation
    if train is None:
        return True
    lines = [number for number, one in enumerate(ids, start=2) if one not in train.at]
    if lines:
        findings.add(
            FAIL,
            "not_in_train",
            Text(
                f"번호 {len(lines):,}개가 학습 자료에 없습니다.",
                f"{len(lines):,} ids do not stand in the training file.",
            ),
            figure=f"{len(lines):,}",
            remedy=REMEDY,
            file=name,
            line=lines[0],
            column=train.id_column,
        )
    elif len(ids) == len(train.at):
        findings.add(
            FAIL,
            "whole_train",
            Text(
                "학습 환자가 모두 들어 있어, 모형을 맞출 환자가 남지 않습니다.",
                "It names every training patient, so that none is left to fit a model to.",
            ),
            remedy=REMEDY,
            file=name,
        )
    else:
        return False
    return True


def _enough(ids: list[str], material: Material, findings: Findings) -> None:
    known, name = material.trained, material.definition.files.validation
    if known is None or known.happened is None:
        return
    held = set(ids)
    inside = np.array([known.table.ids[row] in held for row in known.rows.tolist()], dtype=bool)
    rows, events = len(ids), int(known.happened[inside].sum())
    least = min(events, int(inside.sum()) - events)
    figure = f"{shown(rows)} / {shown_events(events)}"
    if rows >= validation.LEAST_ROWS and least >= validation.LEAST_EVENTS:
        message = Text(
            f"학습 환자 가운데 {rows:,}명으로 연습합니다. 사건 {events:,}건.",
            f"Teams practise on {rows:,} of the training patients, with {events:,} events.",
        )
        findings.passed("validation", message, figure=figure, file=name)
        return
    findings.add(
        WARN,
        "small_validation",
        Text(
            f"연습할 환자가 {shown(rows)}명, 사건이 {shown_events(events)}건이어서 연습 점수가 아무것도 말하지 못합니다.",
            f"With {shown(rows)} patients and {shown_events(events)} events, practice scores say nothing.",
        ),
        figure=figure,
        remedy=Text(
            f"환자 {validation.LEAST_ROWS}명, 사건과 사건 없는 환자가 {validation.LEAST_EVENTS}명 이상이 되게 하거나 "
            f"{FILE}에서 validation을 빼십시오.",
            f"Name at least {validation.LEAST_ROWS} patients, {validation.LEAST_EVENTS} with and as many without the event, or "
            f"take validation out of {FILE}.",
        ),
        file=name,
    )
