"""Variables that give the outcome away: alone, as functions of it, or by what is missing."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from challenges.text import Text
from worker.examination.association import LEAST_ROWS, auc, concordance, correlation, ranks, scored
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Column, Flags, Table

GIVES_AWAY, CERTAIN, NEARLY_EXACT = 0.95, 0.99, 0.9995
EXACT = 0.9999
# Where so many variables, and such a share of them, foretell the outcome well, it is easy and nothing leaks.
GOOD, EASY_COLUMNS, EASY_SHARE = 0.90, 5, 0.25
UNLIKELY = 1e-6
MISSING_AUC = 0.75


class Strength(NamedTuple):
    """How well a variable foretells the outcome, and in which file it does so best."""

    value: float
    measure: str
    table: Table
    exact: bool = False


def examine(material: Material, findings: Findings) -> None:
    """Look at every variable of the released files."""
    views = [known for known in (material.trained, material.tested) if known is not None and len(known) >= LEAST_ROWS]
    if not views:
        return
    before = len(findings.lines)
    strengths = {name: found for name in material.covariates if (found := _strongest(name, views)) is not None}
    _alone(strengths, findings)
    _sample(material, findings)
    _missing(material, views, findings)
    _constant(material, findings)
    told = findings.lines[before:]
    if strengths and not any(one.code in ("single_column", "label_function") for one in told):
        name, most = max(strengths.items(), key=lambda pair: pair[1].value)
        findings.passed(
            "single_column",
            Text(
                f"변수 하나로는 많아야 {most.measure} {most.value:.2f}입니다({name}).",
                f"No variable alone reaches more than {most.measure} {most.value:.2f} ({name}).",
            ),
            figure=f"{most.measure} {most.value:.2f}",
        )
    for code, words in (
        ("missing_tells", Text("결측은 결과를 말하지 않습니다.", "What is missing does not tell the outcome.")),
        ("constant_column", Text("모든 변수가 변합니다.", "Every variable varies.")),
    ):
        if not any(one.code == code for one in told):
            findings.passed(code, words)


def _strongest(name: str, views: list[Known]) -> Strength | None:
    found = [
        one for known in views if name in known.table.columns for one in _strengths(known.table.columns[name], known)
    ]
    return max(found, key=lambda one: (one.exact, one.value)) if found else None


def _strengths(column: Column, known: Known) -> Iterator[Strength]:
    """Yield how well a column foretells: the event, the time to it, and the value of an outcome that is a number."""
    given = scored(column, known.rows, known.signal)
    if given is None:
        return
    score, here = given
    if known.happened is not None:
        found = auc(score, known.happened[here])
        if found is not None:
            yield Strength(found, "AUC", known.table, exact=found > 1 - 1e-9)
        found = concordance(score, known, here)
        if found is not None:
            yield Strength(found, "C", known.table)
    target = known.time if known.happened is not None else known.signal
    if target is None:
        return
    # Among all rows the end of a study makes times follow the date of entry; among events it does not.
    rows = here if known.happened is None else here & known.happened
    seen = rows[here]
    if int(rows.sum()) >= LEAST_ROWS and column.continuous:
        size = abs(correlation(ranks(score[seen]), ranks(target[rows])))
        yield Strength(size, "|r|", known.table, exact=abs(correlation(score[seen], target[rows])) > EXACT)


def _alone(strengths: dict[str, Strength], findings: Findings) -> None:
    easy = [one for one in strengths.values() if one.value >= GOOD]
    is_easy = len(easy) >= EASY_COLUMNS and len(easy) >= EASY_SHARE * len(strengths)
    for name, one in strengths.items():
        certain = one.exact or one.value >= (NEARLY_EXACT if is_easy else CERTAIN)
        if not certain and (one.value < GIVES_AWAY or is_easy):
            continue
        code = "label_function" if certain else "single_column"
        findings.add(
            FAIL if certain else WARN,
            code,
            Text(
                f"{name} 하나로 결과를 {one.measure} {one.value:.3f}로 맞힙니다."
                + (" 결과에서 셈한 값으로 보입니다." if certain else " 시작 뒤에 정해진 값일 수 있습니다."),
                f"{name} alone foretells the outcome with {one.measure} {one.value:.3f}"
                + (": it looks like a function of it." if certain else ": it may have been settled after time zero."),
            ),
            figure=f"{one.measure} {one.value:.3f}",
            remedy=Text(
                "그 열을 빼십시오. 시작 때 정말로 알 수 있는 값이면 그 까닭을 datasheet.toml에 적으십시오.",
                "Take the column out. If it is truly known at time zero, say so in datasheet.toml.",
            )
            if not certain
            else Text("그 열을 모든 파일에서 빼십시오.", "Take the column out of every file."),
            file=one.table.name,
            line=1,
            column=name,
        )


def _sample(material: Material, findings: Findings) -> None:
    sample = material.tables.get("sample")
    if sample is None or material.hidden is None or sample.id_column is None:
        return
    known = material.hidden.moved(sample)
    for name, column in sample.columns.items():
        if name == sample.id_column:
            continue
        found = max(_strengths(column, known), key=lambda one: one.value, default=None)
        if found is not None and found.value >= GIVES_AWAY:
            findings.add(
                FAIL,
                "sample_tells",
                Text(
                    f"제출 예시의 {name}이(가) 결과를 {found.measure} {found.value:.3f}로 맞힙니다.",
                    f"The sample submission's {name} foretells the outcome with {found.measure} {found.value:.3f}.",
                ),
                figure=f"{found.measure} {found.value:.3f}",
                remedy=Text(
                    "모든 사람에게 같은 값을 준 예시로 바꾸십시오.", "Give everybody the same values in the sample."
                ),
                file=sample.name,
                line=1,
                column=name,
            )


def _missing(material: Material, views: list[Known], findings: Findings) -> None:
    for name in material.covariates:
        worst = max(
            (one for known in views if name in known.table.columns if (one := _missing_in(name, known)) is not None),
            key=lambda one: (one.exact, one.value),
            default=None,
        )
        if worst is None or not (worst.exact or worst.value >= MISSING_AUC):
            continue
        findings.add(
            FAIL if worst.exact else WARN,
            "missing_tells",
            Text(
                f"{name}이(가) 비었는지로 결과를 압니다"
                + ("." if worst.exact else f"({worst.measure} {worst.value:.2f})."),
                f"Whether {name} is empty tells the outcome"
                + ("." if worst.exact else f" ({worst.measure} {worst.value:.2f})."),
            ),
            figure=f"{worst.measure} {worst.value:.2f}",
            remedy=Text(
                "결과가 난 뒤에 적힌 열은 빼고, 아니면 비게 된 까닭을 datasheet.toml에 적으십시오.",
                "Take out a column that is filled in after the outcome; otherwise say in datasheet.toml why it is empty.",
            ),
            file=worst.table.name,
            line=1,
            column=name,
        )


def _missing_in(name: str, known: Known) -> Strength | None:
    gone = known.table.columns[name].missing[known.rows]
    if known.happened is None or not LEAST_ROWS <= gone.sum() <= gone.size - LEAST_ROWS:
        return None
    found = auc(gone.astype(np.float64), known.happened)
    pure = _pure(gone, known.happened) or _pure(~gone, known.happened)
    return None if found is None else Strength(found, "AUC", known.table, exact=pure)


def _pure(rows: Flags, happened: Flags) -> bool:
    """Whether the outcome is the same in all of these rows, and chance would not make it so."""
    share, size = float(happened.mean()), int(rows.sum())
    own = float(happened[rows].mean())
    return (own == 1.0 and share**size < UNLIKELY) or (own == 0.0 and (1 - share) ** size < UNLIKELY)


def _constant(material: Material, findings: Findings) -> None:
    tables = [table for table in (material.train, material.test) if table is not None and len(table) >= LEAST_ROWS]
    for name in material.covariates:
        held = [(table, table.columns[name]) for table in tables if name in table.columns]
        still = [(table, column) for table, column in held if (column.counts > 0).sum() < 2]
        if not still or material.definition.kind == "effect":
            continue
        table = still[0][0]
        everywhere = len(still) == len(held)
        findings.add(
            WARN,
            "constant_column",
            Text(
                f"{name}은(는) {'어디서나' if everywhere else table.name + '에서만'} 늘 같은 값입니다.",
                f"{name} has one value {'everywhere' if everywhere else 'in ' + table.name + ' alone'}.",
            ),
            remedy=Text("그 열을 빼거나, 왜 그런지 확인하십시오.", "Take the column out, or find out why it is so."),
            file=table.name,
            line=1,
            column=name,
        )
