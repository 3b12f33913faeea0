"""Values against the dictionary: codes, numbers, what is missing, and what nobody can have."""

import re
from typing import NamedTuple

import numpy as np

from challenges.dictionary import Variable
from challenges.text import Text
from worker.examination.finding import FAIL, WARN, Findings, places
from worker.examination.material import Material
from worker.examination.tables import Column, Flags, Table

ODD_MARKS = frozenset(("nan", "n/a", "null", "none", ".", "-", "?", "na", "missing", "<na>"))
SENTINELS = frozenset((-9.0, -99.0, -999.0, -9999.0, 999.0, 9999.0, 99999.0))
FAR = 3.0  # a sentinel lies so many times further out than every other value
SYSTEMATIC = 0.5  # from this share on, values outside are a matter of units and not of single patients


class Range(NamedTuple):
    """What living adults can have, generously."""

    low: float
    high: float


# By unit; the second table asks for a word in the name too.
BY_UNIT = {
    "%": Range(0, 100),
    "percent": Range(0, 100),
    "percentile": Range(0, 100),
    "kg/m2": Range(5, 120),
    "mmhg": Range(0, 350),
    "beats/min": Range(10, 350),
    "bpm": Range(10, 350),
    "cm": Range(0, 400),
    "kg": Range(0.2, 500),
    "met": Range(0, 40),
    "mets": Range(0, 40),
    "ml/kg/min": Range(0, 120),
    "°c": Range(20, 46),
    "year": Range(1850, 2200),
}
BY_NAME = (
    (re.compile(r"(^|_)age($|_)|나이|연령"), ("years", "year", "yr", "세"), Range(0, 125)),
    (re.compile(r"height|(^|_)ht($|_)|신장|키"), ("cm",), Range(30, 250)),
    (re.compile(r"weight|(^|_)wt($|_)|체중"), ("kg",), Range(1, 400)),
    (re.compile(r"(^|_)(hb|hgb)($|_)|ha?emoglobin"), ("g/dl",), Range(1, 30)),
    (re.compile(r"glucose|(^|_)(glu|fbs|fbg)($|_)"), ("mg/dl",), Range(15, 3000)),
    (re.compile(r"creatinine|(^|_)(cr|scr)($|_)"), ("mg/dl",), Range(0.05, 40)),
)


def examine(material: Material, findings: Findings) -> None:
    """Compare every described column of the released files with its description."""
    before = len(findings.lines)
    columns = 0
    for table in _tables(material):
        for name, column in table.columns.items():
            variable = material.variables.get(name)
            if name == table.id_column:
                continue
            columns += 1
            kind = "" if variable is None else variable.type
            if variable is not None and variable.codes:
                _codes(table, column, variable, findings)
            elif kind in ("integer", "number"):
                _numbers(table, column, kind, findings)
            if variable is not None and kind in ("integer", "number"):
                _plausible(table, column, variable, findings)
                _sentinels(table, column, findings)
    if columns and len(findings.lines) == before:
        findings.passed(
            "values",
            Text(
                f"{columns}개 열의 값이 모두 자료 사전과 맞습니다.",
                f"The values of all {columns} columns agree with it.",
            ),
        )


def _tables(material: Material) -> list[Table]:
    tables = list(material.patients)
    if material.definition.kind == "effect" and material.test is not None:
        tables.append(material.test)
    return tables


def present(column: Column) -> Flags:
    """Return which distinct values are there and are not marked as missing, by whatever mark."""
    return np.asarray(~column.level_missing & ~_odd(column) & (column.counts > 0))


def _odd(column: Column) -> Flags:
    """Return which distinct values mark what is missing, but not as they should."""
    if column.numeric:
        return np.zeros(len(column.levels), dtype=bool)
    marked = [one.strip().lower() in ODD_MARKS for one in column.levels]
    return np.asarray(~column.level_missing & np.array(marked, dtype=bool))


def _codes(table: Table, column: Column, variable: Variable, findings: Findings) -> None:
    known = _known(variable)
    strange = present(column) & np.array([_canonical(one) not in known for one in column.levels], dtype=bool)
    if strange.any():
        rows = int(column.counts[strange].sum())
        extra = places(rows)
        findings.add(
            FAIL,
            "unknown_code",
            Text(
                f"{column.name} 열에 자료 사전에 없는 부호가 있습니다.{extra.ko}",
                f"The column {column.name} holds a code that the dictionary lacks.{extra.en}",
            ),
            figure=f"{rows:,}",
            remedy=Text(
                f"값을 고치거나 부호를 자료 사전에 더하십시오. 지금의 부호: {', '.join(variable.codes)}.",
                f"Correct the values, or add the code to the dictionary. It has {', '.join(variable.codes)}.",
            ),
            file=table.name,
            line=table.line(column.first(strange)),
            column=column.name,
        )
    _marks(table, column, findings)


def _known(variable: Variable) -> set[str]:
    return {_canonical(code) for code in variable.codes}


def _canonical(code: str) -> str:
    """Return a code as it is compared: 1 and 1.0 are one."""
    stripped = code.strip()
    try:
        return f"{float(stripped):g}"
    except ValueError:
        return stripped


def _numbers(table: Table, column: Column, kind: str, findings: Findings) -> None:
    numbers = column.level_numbers
    wrong = present(column) & ~np.isfinite(numbers)
    told = Text("수가 아닌 값", "a value that is no number")
    if not wrong.any() and kind == "integer":
        with np.errstate(invalid="ignore"):
            wrong = present(column) & (numbers != np.floor(numbers))
        told = Text("정수가 아닌 수", "a number that is not whole")
    if wrong.any():
        rows = int(column.counts[wrong].sum())
        extra = places(rows)
        findings.add(
            FAIL,
            "not_a_number",
            Text(
                f"{column.name} 열에 {told.ko}가 있습니다.{extra.ko}".replace("값가", "값이"),
                f"The column {column.name} holds {told.en}.{extra.en}",
            ),
            figure=f"{rows:,}",
            remedy=Text(
                "값을 고치거나 자료 사전의 type을 바꾸십시오. 없는 값은 비워 두십시오.",
                "Correct the values or the type in the dictionary. Leave what is missing empty.",
            ),
            file=table.name,
            line=table.line(column.first(wrong)),
            column=column.name,
        )
    _marks(table, column, findings)


def _marks(table: Table, column: Column, findings: Findings) -> None:
    odd = _odd(column)
    if odd.any():
        _missing_mark(table, column, odd, findings)


def _missing_mark(table: Table, column: Column, odd: Flags, findings: Findings) -> None:
    rows = int(column.counts[odd].sum())
    extra = places(rows)
    findings.add(
        WARN,
        "missing_mark",
        Text(
            f"{column.name} 열의 없는 값을 빈칸이 아닌 것으로 적었습니다.{extra.ko}",
            f"What is missing in {column.name} is not left empty.{extra.en}",
        ),
        figure=f"{rows:,}",
        remedy=Text("없는 값은 빈칸으로 두십시오.", "Leave missing values empty."),
        file=table.name,
        line=table.line(column.first(odd)),
        column=column.name,
    )


def _sentinels(table: Table, column: Column, findings: Findings) -> None:
    numbers = column.level_numbers
    held = present(column) & np.isfinite(numbers)
    marked = held & np.isin(numbers, list(SENTINELS)) & (column.counts > 1)
    others = np.abs(numbers[held & ~marked])
    if not marked.any() or others.size < 3:
        return
    marked &= (np.abs(numbers) > FAR * others.max()) | ((numbers < 0) & (numbers[held & ~marked].min() >= 0))
    if marked.any():
        _missing_mark(table, column, marked, findings)


def _unit(variable: Variable) -> str:
    return variable.unit.strip().lower().replace("²", "2").replace(" ", "")


def _range(variable: Variable) -> Range | None:
    unit, name = _unit(variable), variable.column.lower()
    for word, units, span in BY_NAME:
        if word.search(name) and unit in units:
            return span
    return BY_UNIT.get(unit)


def _plausible(table: Table, column: Column, variable: Variable, findings: Findings) -> None:
    span, numbers = _range(variable), column.level_numbers
    held = present(column) & np.isfinite(numbers)
    rows = int(column.counts[held].sum())
    if span is None or not rows:
        return
    with np.errstate(invalid="ignore"):
        outside = held & ((numbers < span.low) | (numbers > span.high)) & ~np.isin(numbers, list(SENTINELS))
    out = int(column.counts[outside].sum())
    share = _unit(variable) in ("%", "percent") and column.distinct > 5 and float(numbers[held].max()) <= 1.0
    if share or out >= SYSTEMATIC * rows:
        findings.add(
            FAIL,
            "wrong_units",
            Text(
                f"{column.name}의 단위는 {variable.unit}라고 했으나 값이 그렇지 않습니다. "
                + ("모두 1 이하입니다." if share else f"{out / rows:.0%}가 {span.low:g}–{span.high:g} 밖입니다."),
                f"{column.name} is said to be in {variable.unit}, but its values are not: "
                + ("none is above 1." if share else f"{out / rows:.0%} lie outside {span.low:g} to {span.high:g}."),
            ),
            figure=f"{1.0 if share else out / rows:.0%}",
            remedy=Text("값이나 자료 사전의 단위를 고치십시오.", "Correct the values, or the unit in the dictionary."),
            file=table.name,
            line=table.line(column.first(held if share else outside)),
            column=column.name,
        )
    elif out:
        extra = places(out)
        findings.add(
            WARN,
            "implausible_value",
            Text(
                f"{column.name} 열에 {span.low:g}–{span.high:g} {variable.unit} 밖의 값이 있습니다.{extra.ko}",
                f"The column {column.name} holds a value outside {span.low:g} to {span.high:g} {variable.unit}.{extra.en}",
            ),
            figure=f"{out:,}",
            remedy=Text(
                "원자료를 확인해 고치거나, 없는 값으로 두십시오.",
                "Check it in the source; correct it or leave it empty.",
            ),
            file=table.name,
            line=table.line(column.first(outside)),
            column=column.name,
        )
