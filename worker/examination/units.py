"""Units that do not fit each other: times against horizons, and the same column in two files."""

import numpy as np

from challenges import outcome_columns
from challenges.definition import FILE
from challenges.text import Text
from worker.examination.association import LEAST_ROWS, ranks
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Floats

DAYS = frozenset(("day", "days", "d", "일"))
LONGEST_DAYS = 60 * outcome_columns.DAYS["years"]  # nobody is followed longer
# What a value is multiplied with where one file has another unit than the other.
FACTORS = (
    (outcome_columns.DAYS["years"], Text("년과 일", "years and days")),
    (outcome_columns.DAYS["months"], Text("달과 일", "months and days")),
    (12.0, Text("년과 달", "years and months")),
    (7.0, Text("주와 일", "weeks and days")),
    (1000.0, Text("천 배 다른 단위", "units a thousandfold apart")),
    (100.0, Text("백분율과 비, 또는 cm와 m", "percentages and shares, or cm and m")),
    (10.0, Text("열 배 다른 단위", "units tenfold apart")),
    (2.54, Text("인치와 cm", "inches and cm")),
    (2.2046, Text("파운드와 kg", "pounds and kg")),
    (18.016, Text("mg/dL와 mmol/L(포도당)", "mg/dL and mmol/L of glucose")),
    (38.67, Text("mg/dL와 mmol/L(콜레스테롤)", "mg/dL and mmol/L of cholesterol")),
    (88.42, Text("mg/dL와 µmol/L(크레아티닌)", "mg/dL and µmol/L of creatinine")),
)
NEAR = 0.15  # on the logarithm's scale
APART = 0.9  # so often a value of one file is larger than one of the other


def examine(material: Material, findings: Findings) -> None:
    """Look for times that are no days, and for columns of another unit in another file."""
    before = len(findings.lines)
    _said(material, findings)
    for known in (material.hidden, material.trained):
        if known is not None:
            _times(material, known, findings)
    if len(findings.lines) == before:
        _compared(material, findings)
    if len(findings.lines) == before and (material.hidden is not None or len(material.patients) > 1):
        message = Text("시간과 변수의 단위가 서로 맞습니다.", "The units of times and variables fit each other.")
        findings.passed("wrong_units", message)


def _said(material: Material, findings: Findings) -> None:
    """The dictionary may say itself that times are no days."""
    time = material.definition.labels.time
    variable = material.variables.get(time or "")
    if variable is None or not variable.unit.strip() or variable.unit.strip().lower() in DAYS:
        return
    findings.add(
        WARN,
        "wrong_units",
        Text(
            f"자료 사전에 {time}의 단위가 {variable.unit}입니다. 모든 쪽이 시간과 horizon을 일로 읽습니다.",
            f"The dictionary gives {time} in {variable.unit}. Every page reads times and horizons as days.",
        ),
        figure=variable.unit,
        remedy=Text("시간을 일로 바꾸거나 자료 사전을 고치십시오.", "Give times in days, or correct the dictionary."),
        file=material.definition.files.dictionary,
        line=material.described.get(variable.column),
        column=time,
    )


def _times(material: Material, known: Known, findings: Findings) -> None:
    asked = asked_days(material)
    if known.time is None or not asked:
        return
    longest, last = float(known.time.max()), max(asked)
    if longest >= last or longest <= 0:
        return
    for unit, name in (("months", Text("달", "months")), ("years", Text("년", "years"))):
        factor = outcome_columns.DAYS[unit]
        if last <= longest * factor * 1.05 and longest * factor <= LONGEST_DAYS and longest < min(asked):
            findings.add(
                FAIL,
                "wrong_units",
                # Not the longest time itself: of hidden rows that is somebody's label.
                Text(
                    f"모든 시간이 {min(asked):g}보다 짧은데 {last:g}일까지 묻습니다. 시간이 {name.ko}로 적힌 듯합니다.",
                    f"Every time is below {min(asked):g}, and day {last:g} is asked for: the times look like {name.en}.",
                ),
                figure=f"< {min(asked):g}",
                remedy=Text(
                    f"시간을 일로 고치십시오({name.ko}에 {factor:g}을 곱합니다). {FILE}의 horizon은 일입니다.",
                    f"Give times in days ({name.en} times {factor:g}). Horizons in {FILE} are days.",
                ),
                file=known.table.name,
                line=1,
                column=material.definition.labels.time,
            )
            return


def asked_days(material: Material) -> list[float]:
    """Return every day that a column or a metric asks for, in order."""
    found = set(material.definition.horizons)
    for one in material.definition.metrics:
        found |= {float(day) for day in (one.horizon, one.tau, *(one.grid or ())) if day is not None}
    return sorted(found)


def _compared(material: Material, findings: Findings) -> None:
    train, test = material.train, material.test
    if train is None or test is None or material.definition.kind == "effect":
        return
    for name in material.covariates:
        if name in train.columns and train.columns[name].continuous and test.columns[name].continuous:
            _pair(train.columns[name].numbers, test.columns[name].numbers, test.name, name, findings)
    if material.trained is not None and material.hidden is not None and material.trained.time is not None:
        labels = material.hidden.table
        time = str(material.definition.labels.time)
        _pair(material.trained.time, labels.columns[time].numbers, labels.name, time, findings)


def _pair(left: Floats, right: Floats, file: str, name: str, findings: Findings) -> None:
    one, two = left[np.isfinite(left)], right[np.isfinite(right)]
    if min(one.size, two.size) < LEAST_ROWS:
        return
    first, second = float(np.median(one)), float(np.median(two))
    if min(first, second) <= 0 or _larger(one, two) < APART:
        return
    apart = abs(np.log(second / first))
    factor, words = min(FACTORS, key=lambda pair: abs(apart - np.log(pair[0])))
    if abs(apart - np.log(factor)) < NEAR:
        findings.add(
            FAIL,
            "wrong_units",
            Text(
                f"{name}의 가운데 값이 학습 자료의 {second / first:.2g}배입니다. {words.ko}의 차이로 보입니다.",
                f"The median of {name} is {second / first:.2g} times that of the training file: it looks like {words.en}.",
            ),
            figure=f"×{factor:g}",
            remedy=Text("두 파일에 같은 단위를 쓰십시오.", "Use the same unit in both files."),
            file=file,
            line=1,
            column=name,
        )


def _larger(one: Floats, two: Floats) -> float:
    """Return how often a value of the file with the larger values is larger."""
    rank = ranks(np.concatenate([one, two]))
    share = (float(rank[: one.size].sum()) - one.size * one.size / 2) / (one.size * two.size)
    return max(share, 1 - share)
