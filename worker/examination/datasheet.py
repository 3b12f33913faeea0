"""The datasheet of an examination: what everybody may read of it.

Every number comes from the training file, from the sizes of the splits or from the definition; none from a hidden outcome. Small
ones are masked as reports mask them.
"""

from collections.abc import Sequence

import numpy as np

from challenges.annotations import Statements
from challenges.datasheet import (
    Block,
    Datasheet,
    Examined,
    Group,
    Horizon,
    Precision,
    Privacy,
    Rules,
    Sizes,
    Subgroup,
    Value,
)
from challenges.definition import Words
from challenges.text import Text
from scorers.inputs import SurvivalTruth
from scorers.version import SCORER_VERSION
from worker.examination import precision, rules
from worker.examination.cells import LEAST_GROUP, group_sizes
from worker.examination.examining import Examination
from worker.examination.finding import Findings, Line
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Flags
from worker.examination.units import asked_days
from worker.masking import LEAST_ROWS, Cell, masked

MOST_GROUPS = 24


def make(material: Material, findings: Findings, examination: Examination) -> Datasheet:
    """Put the sheet together."""
    definition, expected = material.definition, precision.expected(material, examination.known)
    return Datasheet(
        format=1,
        definition_sha256=definition.digest(),
        scorer=SCORER_VERSION,
        slug=definition.slug,
        version=definition.version,
        synthetic=definition.synthetic,
        license=definition.license,
        provenance=material.notes.provenance,
        sizes=_sizes(material),
        blocks=_blocks(material),
        horizons=_horizons(material),
        outcome=_outcome(material),
        primary=definition.primary.key if definition.metrics else None,
        baselines=_values(material, examination),
        precision=_precision(material, expected),
        basis=None if expected is None else Statements(ko=expected.basis.ko, en=expected.basis.en),
        subgroups=_subgroups(material),
        privacy=_privacy(material),
        rules=_rules(material),
        lines=_lines(findings.ordered()),
    )


def _told(count: int) -> int | None:
    """Return a count of people, unless it is too small to be told."""
    return None if 0 < count < LEAST_ROWS else count


def _sizes(material: Material) -> Sizes:
    train, hidden = material.train, material.hidden
    return Sizes(
        train=None if train is None else _told(len(train)),
        public=None if hidden is None else _told(precision.rows(material, "public")),
        private=None if hidden is None else _told(precision.rows(material, "private")),
    )


def _blocks(material: Material) -> tuple[Block, ...]:
    counts: dict[str, int] = {}
    for variable in material.variables.values():
        if variable.type != "id" and variable.column not in material.label_columns:
            counts[variable.block] = counts.get(variable.block, 0) + 1
    return tuple(Block(name=name, variables=count) for name, count in counts.items())


def _horizons(material: Material) -> tuple[Horizon, ...]:
    known = material.trained
    if known is None or not isinstance(known.truth, SurvivalTruth):
        return ()
    return tuple(_horizon(material, known.truth, day) for day in asked_days(material))


def _horizon(material: Material, truth: SurvivalTruth, day: float) -> Horizon:
    events = int(((truth.time <= day) & (truth.event == 1)).sum())
    at_risk = truth.timeline.at_risk(day)
    small = Cell(len(truth), events).small
    share = events / len(truth)
    return Horizon(
        day=day,
        events=None if small else events,
        at_risk=_told(at_risk),
        kept=None if small or _told(at_risk) is None else round(truth.timeline.censoring.at(day), 3),
        # What the training file lets expect: the scored splits' own counts are sealed.
        public=None if small else _likely(share, precision.rows(material, "public")),
        private=None if small else _likely(share, precision.rows(material, "private")),
    )


def _likely(share: float, rows: int) -> int | None:
    """Return the events that so many rows are expected to hold, to two digits."""
    count = share * rows
    return None if count < LEAST_ROWS else int(float(f"{count:.2g}"))


def _outcome(material: Material) -> Group | None:
    known = material.trained
    if known is None or known.happened is None:
        return None
    cell = Cell(len(known), int(known.happened.sum()))
    return Group(
        value="",
        rows=None if cell.small else cell.rows,
        events=None if cell.small else cell.events,
        masked=cell.small,
    )


def _values(material: Material, examination: Examination) -> tuple[Value, ...]:
    values = examination.facts.get("baselines") or {}
    return tuple(
        Value(title=one.title, value=float(f"{values[one.name]:.4g}"), reference=one.reference)
        for one in material.definition.baselines
        if one.name in values
    )


def _precision(material: Material, expected: precision.Expected | None) -> tuple[Precision, ...]:
    if expected is None:
        return ()
    found = [(split, expected.on(precision.rows(material, split))) for split in precision.SPLITS]
    return tuple(
        Precision(split=split, se=se, difference=difference) for split, (se, difference) in found if se is not None
    )


def _subgroups(material: Material) -> tuple[Subgroup, ...]:
    known = material.trained
    if known is None or known.happened is None:
        return ()
    return tuple(
        Subgroup(column=name, groups=_groups(material, known, name))
        for name in material.definition.subgroups.columns
        if name in known.table.columns
    )


def _groups(material: Material, known: Known, name: str) -> tuple[Group, ...]:
    column = known.table.columns[name]
    codes = column.codes[known.rows]
    variable = material.variables.get(name)
    meanings = {} if variable is None else variable.codes
    listed = sorted(np.unique(codes).tolist(), key=lambda code: column.levels[code])[:MOST_GROUPS]
    cells = [_cell(known, codes == code) for code in listed]
    return tuple(
        Group(
            value=meanings.get(column.levels[code], column.levels[code])[:200],
            rows=None if off else cell.rows,
            events=None if off else cell.events,
            masked=off,
        )
        for code, cell, off in zip(listed, cells, masked(cells), strict=True)
    )


def _cell(known: Known, rows: Flags) -> Cell:
    return Cell(int(rows.sum()), None if known.happened is None else int((rows & known.happened).sum()))


def _privacy(material: Material) -> Privacy:
    names = material.notes.quasi_identifiers
    sizes = None if not names else group_sizes(material, names)
    least = None if sizes is None else int(sizes.min())
    return Privacy(
        quasi_identifiers=names,
        least_group=None if least is None else _told(least),
        small_group=least is not None and least < LEAST_GROUP,
    )


def _rules(material: Material) -> Rules:
    ranking, missing, ties = (_statements(text) for text in rules.words(material.definition))
    return Rules(ranking=ranking, missing=missing, ties=ties)


def _statements(text: Text) -> Statements:
    return Statements(ko=text.ko, en=text.en)


def _lines(lines: Sequence[Line]) -> tuple[Examined, ...]:
    """Return one verdict a question: its worst, so that how often something was found is not told either."""
    found: dict[tuple[str, str, Text | None], Examined] = {}
    for line in lines:
        if any(one.question.en == line.question.en and one.state != line.state for one in found.values()):
            continue
        reason = None if line.accepted is None else _statements(line.accepted)
        found.setdefault(
            (line.question.en, line.state, line.accepted),
            Examined(
                code=line.code,
                state=line.state,  # type: ignore[arg-type]
                question=Words(ko=line.question.ko, en=line.question.en),
                reason=reason,
            ),
        )
    return tuple(found.values())
