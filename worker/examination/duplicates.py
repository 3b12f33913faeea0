"""The same patient twice: rows of the released files that agree in everything, in all but one column, or nearly."""

from dataclasses import dataclass

import numpy as np

from challenges.text import Text
from worker.examination.coincidences import Alike, Coincidences
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.material import Material
from worker.examination.tables import Column, Flags, Floats, Integers, Table

LEAST_COLUMNS = 3
MANY_VALUES = 20
NUMBERED = 0.98
WIDTH = 0.2  # of a robust standard deviation: values nearer than this are called alike
SHIFTS = (0.0, 0.5)
SPLITS = (
    Text("학습", "training"),
    Text("공개", "public"),
    Text("비공개", "private"),
    Text("시험", "test"),
)
ONE_SPLIT = Text(
    "같은 환자의 행을 한 분할로 모으거나 하나만 남기고, 결과를 다시 봉인하십시오.",
    "Keep the rows of one patient in one split, or keep one of them, and seal the labels again.",
)


@dataclass(frozen=True)
class Rows:
    """The rows of the released files, one below the other."""

    tables: list[Table]
    names: list[str]
    of: Integers  # which table a row stands in
    row: Integers
    split: Integers  # its place in SPLITS

    def place(self, which: Flags) -> tuple[str, int]:
        """Return the file and line of the last of these rows: the copy, where the first is the original."""
        last = int(np.flatnonzero(which)[-1])
        table = self.tables[int(self.of[last])]
        return table.name, table.line(int(self.row[last]))

    def where(self, which: Flags) -> Text:
        held = [SPLITS[code] for code in sorted(set(self.split[which].tolist()))]
        return Text("·".join(one.ko for one in held) + " 행", " and ".join(one.en for one in held) + " rows")


def examine(material: Material, findings: Findings) -> None:
    """Look for rows that are the same person."""
    rows = _rows(material, findings)
    if rows is None or len(rows.names) < LEAST_COLUMNS:
        return
    columns = [_joined([table.columns[name] for table in rows.tables]) for name in rows.names]
    exact = Coincidences([codes for codes, _ in columns])
    alike = exact.alike()
    if not alike.surprising:
        alike = _with_outcomes(material, rows, columns) or alike
    told = _tell(rows, alike, findings)
    near, place = exact.nearly()
    if near.surprising:
        _near(rows, near, findings, rows.names[place])
    elif (jittered := _jittered(columns, alike)) is not None:
        _near(rows, jittered, findings, None)
    elif not told:
        message = Text(
            f"{rows.row.size:,}행에서 같은 사람으로 보이는 행을 찾지 못했습니다.",
            f"Among {rows.row.size:,} rows none look like the same person.",
        )
        findings.passed("duplicates", message)


def _rows(material: Material, findings: Findings) -> Rows | None:
    tables = material.patients
    if not tables:
        return None
    # What names a person, or has another unit in another file, would hide that two rows are the same person.
    spoiled = {one.column for one in findings.of(FAIL) if one.code in ("direct_identifier", "wrong_units")}
    names = [
        name
        for name in tables[0].columns
        if name not in spoiled
        and not material.is_label(name)
        and all(name in table.columns and name != table.id_column for table in tables)
        and not all(_counts_rows(table.columns[name]) for table in tables)
    ]
    of = np.concatenate([np.full(len(table), place, dtype=np.intp) for place, table in enumerate(tables)])
    row = np.concatenate([np.arange(len(table), dtype=np.intp) for table in tables])
    split = np.array([0 if table is material.train else 3 for table in tables], dtype=np.intp)[of]
    known = material.tested
    if known is not None and tables[-1] is material.test:
        start = of.size - len(tables[-1])
        for code, name in ((1, "public"), (2, "private")):
            split[start + known.rows[known.part(name)]] = code
    return Rows(tables, names, of, row, split)


def _counts_rows(column: Column) -> bool:
    """Whether a column has another word or whole number in every row, as a record's number has."""
    if column.distinct < NUMBERED * column.codes.size:
        return False
    numbers = column.level_numbers
    return not column.numeric or bool((numbers == np.floor(numbers))[~column.level_missing].all())


def _joined(columns: list[Column]) -> tuple[Integers, Floats]:
    """Return one column of several files: a code for each distinct value, and the number that each code stands for."""
    levels: dict[object, int] = {}
    parts: list[Integers] = []
    for column in columns:
        # 1 and 1.0 are one value, however each file writes it.
        keys = [
            number if np.isfinite(number) else "" if gone else word
            for number, gone, word in zip(
                column.level_numbers.tolist(), column.level_missing.tolist(), column.levels, strict=True
            )
        ]
        own = np.array([levels.setdefault(key, len(levels)) for key in keys], dtype=np.intp)
        parts.append(own[column.codes])
    numbers = np.array([key if isinstance(key, float) else np.nan for key in levels], dtype=np.float64)
    return np.concatenate(parts), numbers


def _with_outcomes(material: Material, rows: Rows, columns: list[tuple[Integers, Floats]]) -> Alike | None:
    """Return the rows that agree in the time and the event too: where variables tell little, those tell people apart."""
    times, events = np.full(rows.row.size, np.nan), np.full(rows.row.size, -1)
    for known in (material.trained, material.tested):
        if known is None or known.time is None or known.happened is None or known.table not in rows.tables:
            continue
        start = int(np.argmax(rows.of == rows.tables.index(known.table)))
        times[start + known.rows], events[start + known.rows] = known.time, known.happened
    if not np.isfinite(times).all():
        return None
    _, codes = np.unique(times, return_inverse=True)
    alike = Coincidences([*(own for own, _ in columns), codes.astype(np.intp), (events + 1).astype(np.intp)]).alike()
    return alike if alike.surprising else None


def _tell(rows: Rows, alike: Alike, findings: Findings) -> bool:
    """Tell of rows that agree in everything; across splits they give answers away, within one they count twice."""
    if not alike.surprising:
        return False
    across, within = _groups(rows, alike)
    for groups, code in ((across, "duplicates"), (within, "duplicates_within")):
        if not groups.size:
            continue
        which = np.isin(alike.groups, groups)
        file, line = rows.place(which)
        where, count = rows.where(which), f"{groups.size:,}"
        message = (
            Text(
                f"변수 {len(rows.names)}개가 모두 같은 행의 묶음 {count}개가 {where.ko}에 나뉘어 있습니다. 답을 그대로 베낄 수 있습니다.",
                f"{count} groups of rows, alike in all {len(rows.names)} variables, are spread over {where.en}: answers can be copied.",
            )
            if code == "duplicates"
            else Text(
                f"변수 {len(rows.names)}개가 모두 같은 행의 묶음이 {where.ko} 안에 {count}개 있습니다.",
                f"{count} groups within {where.en} are alike in all {len(rows.names)} variables.",
            )
        )
        state = FAIL if code == "duplicates" else WARN
        findings.add(state, code, message, figure=count, remedy=ONE_SPLIT, file=file, line=line)
    return True


def _groups(rows: Rows, alike: Alike) -> tuple[Integers, Integers]:
    """Return the groups of alike rows that reach over more than one split, and those that lie within one."""
    count = int(alike.groups.max()) + 1
    least, most = np.full(count, len(SPLITS)), np.full(count, -1)
    np.minimum.at(least, alike.groups, rows.split)
    np.maximum.at(most, alike.groups, rows.split)
    many = np.bincount(alike.groups, minlength=count) > 1
    return np.flatnonzero(many & (least != most)), np.flatnonzero(many & (least == most))


def _near(rows: Rows, near: Alike, findings: Findings, column: str | None) -> None:
    file, line = rows.place(near.rows)
    where = rows.where(near.rows)
    told = (
        Text(f"{column} 하나만 다른", f"that differ in {column} alone")
        if column
        else Text("수가 아주 조금씩만 다른", "whose numbers differ by very little")
    )
    findings.add(
        WARN,
        "near_duplicates",
        Text(
            f"{told.ko} 행이 {where.ko}에 {near.pairs:,}쌍 있습니다. 우연으로는 이렇게 많을 수 없습니다.",
            f"There are {near.pairs:,} pairs of {where.en} {told.en}: more than chance makes.",
        ),
        figure=f"{near.pairs:,}",
        remedy=Text(
            "한 사람의 여러 방문이거나 고쳐 적은 행인지 확인하십시오. " + ONE_SPLIT.ko,
            "Find out whether they are visits of one person or corrected copies. " + ONE_SPLIT.en,
        ),
        file=file,
        line=line,
        column=column,
    )


def _jittered(columns: list[tuple[Integers, Floats]], alike: Alike) -> Alike | None:
    """Return rows whose numbers fall into the same narrow bins, if there are more than chance makes."""
    if not any(np.isfinite(numbers).sum() > MANY_VALUES for _, numbers in columns):
        return None
    best: Alike | None = None
    for shift in SHIFTS:
        found = Coincidences([_binned(codes, numbers, shift) for codes, numbers in columns]).alike()
        # What agrees exactly agrees in the bins too, and has been told of.
        if found.surprising and found.pairs > alike.pairs and (best is None or found.pairs > best.pairs):
            best = found
    return best


def _binned(codes: Integers, numbers: Floats, shift: float) -> Integers:
    values = numbers[codes]
    present = np.isfinite(values)
    if np.isfinite(numbers).sum() <= MANY_VALUES:
        return codes
    low, high = np.percentile(values[present], (25, 75))
    spread = (high - low) / 1.35 or float(values[present].std())
    if spread <= 0:
        return codes
    bins = np.full(codes.size, -1.0)
    bins[present] = np.floor(values[present] / (WIDTH * spread) + shift)
    _, found = np.unique(bins, return_inverse=True)
    # Words in a column of numbers keep apart from its bins.
    return np.where(present, found + int(codes.max()) + 1, codes).astype(np.intp)
