"""Whether the order of rows, or the ids, give outcomes or splits away."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from challenges.text import Text
from worker.examination.association import LEAST_ROWS, correlation, encoded, neighbours, trend
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Flags, Floats, Integers, Table

SURPRISING = 4.5  # standard errors under a random order, which happens once in 150,000 comparisons
CLEAR = 0.1  # a correlation that gives answers away, and not only a trace of how the file was made
LONGEST_ID = 40
SHUFFLE = Text(
    "행을 무작위로 섞고, 뜻 없는 번호를 새로 붙이십시오.", "Shuffle the rows, and give out new ids that mean nothing."
)


class Told(NamedTuple):
    """How much an order tells: a correlation, and in how many standard errors."""

    size: float
    errors: float
    of: Text


def examine(material: Material, findings: Findings) -> None:
    """Look at the order of every file, at the order of the ids, and into the ids."""
    before = len(findings.lines)
    largest = 0.0
    for table, known in _views(material):
        told = _order(known, np.argsort(known.rows, kind="stable"))
        largest = max(largest, abs(told.size))
        if told.errors >= SURPRISING:
            _tell(findings, "row_order", table, told)
    for own in (material.trained, material.tested):
        if own is not None and own.table.id_column is not None:
            _ids(own, findings)
    if material.hidden is None and material.trained is None:
        return
    for code in ("row_order", "id_order", "id_content"):
        if not any(one.code == code for one in findings.lines[before:]):
            findings.passed(code, _fine(code, largest), figure=f"{largest:.3f}" if code == "row_order" else None)


def _fine(code: str, largest: float) -> Text:
    return {
        "row_order": Text(
            f"줄의 순서와 결과의 상관은 많아야 {largest:.3f}이며 우연과 구별되지 않습니다.",
            f"The order of rows correlates with outcomes by at most {largest:.3f}, no more than chance makes.",
        ),
        "id_order": Text("번호의 순서는 아무것도 말하지 않습니다.", "The order of ids says nothing."),
        "id_content": Text("번호의 글자는 아무것도 말하지 않습니다.", "No character of the ids says anything."),
    }[code]


def _views(material: Material) -> Iterator[tuple[Table, Known]]:
    """Yield each file that has one row a patient, with its rows' outcomes in its own order."""
    if material.trained is not None:
        yield material.trained.table, material.trained
    if material.tested is not None:
        yield material.tested.table, material.tested
    # What lists the patients as the test file does has no order of its own.
    for role in ("labels", "sample"):
        table = material.tables.get(role)
        if material.hidden is None or table is None or table.id_column is None:
            continue
        if material.test is None or table.ids != material.test.ids:
            yield table, material.hidden.moved(table)


def _order(known: Known, order: Integers) -> Told:
    """Return what tells most: a trend along the order, or likeness of neighbours, of the outcome or of the split."""
    signals = [(known.signal[order], Text("결과", "the outcome"))]
    if known.split is not None and known.part("public").any() and known.part("private").any():
        signals.append((_centred(known.part("public")[order]), Text("공개와 비공개", "public or private")))
    found = [Told(*rule(signal), of) for signal, of in signals for rule in (trend, neighbours)]
    worst = max(found, key=lambda one: abs(one.errors))
    return Told(worst.size, abs(worst.errors), worst.of)


def _centred(flags: Flags) -> Floats:
    values = flags.astype(np.float64)
    return np.asarray(values - values.mean())


def _tell(findings: Findings, code: str, table: Table, told: Told) -> None:
    what = {
        "row_order": Text("줄의 순서", "the order of rows"),
        "id_order": Text("번호의 순서", "the order of ids"),
    }[code]
    findings.add(
        FAIL if abs(told.size) >= CLEAR else WARN,
        code,
        Text(
            f"{table.name}에서 {what.ko}와 {told.of.ko}의 상관이 {told.size:.2f}입니다(우연의 {told.errors:.0f}배).",
            f"In {table.name}, {what.en} correlates with {told.of.en} by {told.size:.2f} ({told.errors:.0f} standard errors).",
        ),
        figure=f"r = {told.size:.2f}",
        remedy=SHUFFLE,
        file=table.name,
        line=2,
        column=table.id_column if code == "id_order" else None,
    )


def _ids(known: Known, findings: Findings) -> None:
    table = known.table
    ids = [table.ids[row] for row in known.rows.tolist()]
    if len(ids) < LEAST_ROWS:
        return
    order = _sorted(ids)
    # Where rows stand in the order of their ids, the order of rows has been looked at already.
    if not np.array_equal(order, np.argsort(known.rows, kind="stable")):
        told = _order(known, order)
        if told.errors >= SURPRISING:
            _tell(findings, "id_order", table, told)
            return  # the characters of ids that count up tell the same
    _content(known, ids, findings)


def _sorted(ids: list[str]) -> Integers:
    """Return the order of ids; numbers in them count as numbers."""
    keys = [[part.zfill(20) if part.isdigit() else part for part in re.split(r"(\d+)", one)] for one in ids]
    return np.array(sorted(range(len(ids)), key=keys.__getitem__), dtype=np.intp)


def _content(known: Known, ids: list[str], findings: Findings) -> None:
    signals = [(known.signal, Text("결과", "the outcome"))]
    if known.split is not None and known.part("public").any() and known.part("private").any():
        signals.append((_centred(known.part("public")), Text("공개와 비공개", "public or private")))
    worst = Told(0.0, 0.0, signals[0][1])
    where = 0
    for place, codes in _characters(ids):
        for signal, of in signals:
            size = correlation(encoded(codes, signal), signal)
            errors = size * np.sqrt(signal.size - 1)
            if errors > worst.errors:
                worst, where = Told(size, float(errors), of), place
    if worst.errors < SURPRISING + 1 or worst.size < CLEAR:
        return
    told = (
        Text(f"번호의 {where}째 글자", f"character {where} of the ids")
        if where
        else Text("번호의 길이", "the length of the ids")
    )
    findings.add(
        FAIL,
        "id_content",
        Text(
            f"{told.ko}만으로 {worst.of.ko}을(를) 상관 {worst.size:.2f}로 맞힙니다.",
            f"{told.en[0].upper()}{told.en[1:]} alone foretells {worst.of.en} with a correlation of {worst.size:.2f}.",
        ),
        figure=f"r = {worst.size:.2f}",
        remedy=Text("뜻 없는 번호를 무작위로 새로 붙이십시오.", "Give out new ids at random, that mean nothing."),
        file=known.table.name,
        line=known.table.line(int(known.rows[0])),
        column=known.table.id_column,
    )


def _characters(ids: list[str]) -> Iterator[tuple[int, Integers]]:
    """Yield the length of each id (place 0), and the character at each place from either end."""
    yield 0, np.array([len(one) for one in ids], dtype=np.intp)
    longest = min(max(len(one) for one in ids), LONGEST_ID)
    for place in range(longest):
        held = [ord(one[place]) if place < len(one) else 0 for one in ids]
        codes = np.unique(np.array(held), return_inverse=True)[1]
        if codes.max() > 0:
            yield place + 1, codes.astype(np.intp)
