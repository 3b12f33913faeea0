"""Small groups of people: rare categories, masked subgroups, and combinations that single people out."""

import numpy as np

from challenges.annotations import FILE as NOTES
from challenges.text import Text
from worker.examination.files import listed
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Flags, Integers, Table
from worker.masking import LEAST_ROWS, Cell, masked

LEAST_GROUP = 5  # people who share their quasi-identifiers, as the National Health Insurance Service masks its tables
MOST_LEVELS = 100


def examine(material: Material, findings: Findings) -> None:
    """Count people in every category that is released, and in every subgroup that is declared."""
    before = len(findings.lines)
    _categories(material, findings)
    _subgroups(material, findings)
    if len(findings.lines) == before and material.patients:
        findings.passed(
            "small_cell",
            Text(
                f"범주와 하위 집단마다 {LEAST_ROWS}명 이상입니다.",
                f"Every category and subgroup has {LEAST_ROWS} people or more.",
            ),
        )
    _combinations(material, findings)


def _categories(material: Material, findings: Findings) -> None:
    for name, variable in material.variables.items():
        held = [table for table in material.patients if name in table.columns]
        if not held or material.is_label(name) or variable.type != "category":
            continue
        totals: dict[str, int] = {}
        for table in held:
            column = table.columns[name]
            for level, gone, count in zip(column.levels, column.level_missing, column.counts.tolist(), strict=True):
                if not gone:
                    totals[level] = totals.get(level, 0) + count
        rare = sorted(level for level, count in totals.items() if 0 < count < LEAST_ROWS)
        if not rare or len(totals) > MOST_LEVELS:
            continue
        table, row = _first(held, name, rare)
        findings.add(
            WARN,
            "small_cell",
            Text(
                f"{name} 열의 부호 {listed(rare)}은(는) 저마다 1–9명입니다.",
                f"The codes {listed(rare)} of {name} have 1–9 patients each.",
            ),
            figure="1–9",
            remedy=Text("드문 범주를 이웃과 합치십시오.", "Merge rare categories with their neighbours."),
            file=table.name,
            line=table.line(row),
            column=name,
        )


def _first(tables: list[Table], name: str, levels: list[str]) -> tuple[Table, int]:
    for table in tables:
        column = table.columns[name]
        flags = np.array([one in levels for one in column.levels], dtype=bool)
        if flags[column.codes].any():
            return table, column.first(flags)
    return tables[0], 0


def _subgroups(material: Material, findings: Findings) -> None:
    known = material.tested
    if known is None or material.definition.kind == "effect":
        return
    for name in material.definition.subgroups.columns:
        if name not in known.table.columns:
            continue
        small = [
            split for split in ("public", "private") if (rows := known.part(split)).any() and _masks(known, name, rows)
        ]
        if small:
            where = " · ".join(small)
            findings.add(
                WARN,
                "small_subgroup",
                Text(
                    f"하위 집단 {name}에 10명이나 사건 5건이 안 되는 칸이 있어 보고서에서 가려집니다({where}).",
                    f"The subgroups of {name} have cells of fewer than 10 patients or 5 events, which reports will mask ({where}).",
                ),
                figure="<10, <5",
                remedy=Text(
                    "드문 범주를 이웃과 합치거나, 가려져도 되는 까닭을 datasheet.toml에 적으십시오.",
                    "Merge rare categories with their neighbours, or say in datasheet.toml why they may be masked.",
                ),
                file=known.table.name,
                line=1,
                column=name,
            )


def _masks(known: Known, name: str, rows: Flags) -> bool:
    column = known.table.columns[name]
    codes = column.codes[known.rows]
    cells = [_cell(known, rows & (codes == code)) for code in np.unique(codes[rows]).tolist()]
    return any(masked(cells))


def _cell(known: Known, rows: Flags) -> Cell:
    if known.happened is None:
        return Cell(int(rows.sum()))
    return Cell(int(rows.sum()), int((rows & known.happened).sum()))


def group_sizes(material: Material, names: tuple[str, ...]) -> Integers | None:
    """Return how many people share each combination of these columns, over all released rows."""
    tables = [table for table in material.patients if set(names) <= set(table.columns)]
    if not tables or not names:
        return None
    keys: dict[tuple[str, ...], int] = {}
    for table in tables:
        columns = [table.columns[name] for name in names]
        codes = np.stack([column.codes for column in columns], axis=1)
        distinct, counts = np.unique(codes, axis=0, return_counts=True)
        for row, count in zip(distinct.tolist(), counts.tolist(), strict=True):
            key = tuple(column.levels[code] for column, code in zip(columns, row, strict=True))
            keys[key] = keys.get(key, 0) + count
    return np.array(list(keys.values()), dtype=np.intp)


def _combinations(material: Material, findings: Findings) -> None:
    names, real = material.notes.quasi_identifiers, not material.definition.synthetic
    at_stake = real and not material.definition.practice
    if names is None:
        return
    for name in names:
        if not any(name in table.columns for table in material.patients):
            findings.add(
                FAIL,
                "bad_datasheet",
                Text(f"어느 파일에도 {name} 열이 없습니다.", f"No file has a column {name}."),
                remedy=Text("열 이름을 고치십시오.", "Correct the name."),
                file=NOTES,
                line=material.noted.get(("quasi_identifiers",), 1),
                column=name,
            )
    sizes = group_sizes(material, names)
    if sizes is None:
        return
    least = int(sizes.min())
    together = ", ".join(names)
    if least >= LEAST_GROUP:
        findings.passed(
            "k_anonymity",
            Text(
                f"{together}이(가) 같은 사람이 적어도 {least}명입니다.",
                f"At least {least} people share any combination of {together}.",
            ),
            figure=f"k = {least}",
        )
        return
    people = int(sizes[sizes < LEAST_GROUP].sum())
    findings.add(
        FAIL if at_stake else WARN,
        "k_anonymity",
        Text(
            f"{together}의 조합을 {LEAST_GROUP}명보다 적은 사람이 나누는 경우가 있습니다(행 {people:,}개, 가장 적게 {least}명).",
            f"Combinations of {together} are shared by fewer than {LEAST_GROUP} people ({people:,} rows, {least} at the least).",
        ),
        figure=f"k = {least}",
        remedy=Text(
            "나이와 날짜를 구간으로, 지역을 더 크게 묶으십시오.", "Band ages and dates, and take larger regions."
        ),
        file=NOTES,
        line=material.noted.get(("quasi_identifiers",), 1),
        column=names[0],
    )
