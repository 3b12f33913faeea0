"""An organizer's table made fit to be divided: the rows that are wanted, one for each patient, outcomes as labels have them.

Every step says what it has done; what cannot be decided without knowing the data is refused with the choices there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from challenges import guessing, outcome_columns
from challenges.answers import Answers
from challenges.checking import NUMBER
from challenges.lines import TableError
from challenges.planning import Plan, Repeated, needed
from challenges.source_table import Source
from challenges.text import Text


@dataclass(slots=True)
class Table:
    """The table on its way: covariates, labels by their meaning, and where each row was in the source."""

    answers: Answers
    names: list[str]
    columns: dict[str, list[str]]
    places: list[int]
    labels: dict[str, list[str]] = field(default_factory=dict)
    steps: list[Text] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.places)

    def only(self, kept: Iterable[int]) -> None:
        rows = list(kept)
        for held in (self.columns, self.labels):
            for name, values in held.items():
                held[name] = [values[row] for row in rows]
        self.places = [self.places[row] for row in rows]

    def step(self, ko: str, en: str) -> None:
        self.steps.append(Text(ko, en))


def clean(source: Source, plan: Plan) -> Table:
    """Return the table; TableError says what has to be mended in it or in the plan."""
    _known_columns(source, plan)
    columns = {name: source.column(name) for name in source.names}
    table = Table(plan.answers, list(source.names), columns, list(range(1, len(source.rows) + 1)))
    table.notes += source.notes
    _filter(table, plan)
    _one_row_a_patient(table)
    _outcomes(table, plan)
    _leave_out(table, plan)
    return table


def _known_columns(source: Source, plan: Plan) -> None:
    given = plan.answers
    wanted = [getattr(given, name) for name in ("id", "time", "event", "outcome", "truth")]
    wanted += [name for name, _ in plan.keep] + [*plan.drop, *plan.stratify, *given.subgroups]
    unknown = sorted({name for name in wanted if name} - set(source.names))
    if unknown:
        raise TableError(
            "unknown_column",
            Text(
                f"자료에 없는 열입니다: {', '.join(unknown)}. 있는 열: {', '.join(source.names)}.",
                f"The table has no column {', '.join(unknown)}. It has {', '.join(source.names)}.",
            ),
        )
    missing = [name for name in needed(given.kind) if not getattr(given, name)]
    if missing:
        flags = ", ".join(f"--{name}" for name in missing)
        raise TableError(
            "missing_column",
            Text(
                f"{given.kind} 챌린지에는 {', '.join(missing)} 열이 있어야 합니다. {flags}로 알려 주십시오. 있는 열: {', '.join(source.names)}.",
                f"A {given.kind} challenge needs the column(s) {', '.join(missing)}. Name them by {flags}. The table has {', '.join(source.names)}.",
            ),
        )


def _filter(table: Table, plan: Plan) -> None:
    """Keep the rows that the plan names."""
    for name, wanted in plan.keep:
        values = table.columns[name]
        kept = [row for row, value in enumerate(values) if value == wanted]
        if not kept:
            listed = outcome_columns.listed(values)
            raise TableError(
                "nothing_kept",
                Text(
                    f"{name} 열에 {wanted}라는 값이 없습니다. 있는 값: {listed}.",
                    f"The column {name} has no value {wanted}; it has {listed}.",
                ),
            )
        table.step(
            f"`{name}`이(가) `{wanted}`인 행 {len(kept):,}개만 남겼습니다(모두 {table.count:,}개).",
            f"Only the {len(kept):,} rows with `{wanted}` in `{name}` are kept, of {table.count:,}.",
        )
        table.only(kept)


def _one_row_a_patient(table: Table) -> None:
    """Take out rows that are there twice; refuse patients whose rows differ."""
    seen: dict[tuple[str, ...], int] = {}
    for row in range(table.count):
        seen.setdefault(tuple(table.columns[name][row] for name in table.names), row)
    twice = table.count - len(seen)
    id_column = table.answers.id
    if twice and id_column:
        table.step(f"모든 값이 같은 행 {twice:,}개를 지웠습니다.", f"{twice:,} row(s) were there twice and taken out.")
        table.only(seen.values())
    elif twice:
        table.notes.append(
            Text(
                f"모든 값이 같은 행이 {twice:,}개 더 있습니다. 같은 환자가 두 번 들어 있지 않은지 보십시오.",
                f"{twice:,} row(s) repeat another in every value. See whether a patient is in the table twice.",
            )
        )
    if not id_column:
        return
    repeated = guessing.repeated(table.columns[id_column])
    if repeated:
        raise _several_rows(table, id_column, len(repeated), max(repeated.values()))


def _several_rows(table: Table, id_column: str, patients: int, most: int) -> Repeated:
    choices = _telling_apart(table, id_column)
    advice = Text("환자마다 한 줄만 남기고 다시 하십시오.", "Keep one row for each patient and try again.")
    if choices:
        name, values = next(iter(choices.items()))
        flags = " / ".join(f"--keep {name}={value}" for value in values)
        advice = Text(
            f"{name} 열이 한 환자의 줄을 가릅니다. 쓸 것을 고르십시오: {flags}",
            f"The column {name} tells a patient’s rows apart. Choose which to use: {flags}",
        )
    return Repeated(
        Text(
            f"{id_column} 열에서 환자 {patients:,}명이 여러 줄에 있습니다(많게는 {most}줄). {advice.ko}",
            f"By the column {id_column}, {patients:,} patient(s) have several rows (up to {most}). {advice.en}",
        ),
        choices,
    )


def _telling_apart(table: Table, id_column: str) -> dict[str, list[str]]:
    """Return columns of few values, each of which stands at most once in any patient's rows."""
    found: dict[str, list[str]] = {}
    outcome = {table.answers.time, table.answers.event, table.answers.outcome, id_column}
    for name in table.names:
        levels = set(table.columns[name])
        if name in outcome or not 1 < len(levels) <= guessing.FEW_LEVELS:
            continue
        if len(set(zip(table.columns[id_column], table.columns[name], strict=True))) == table.count:
            found[name] = sorted(levels)
    return found


def _outcomes(table: Table, plan: Plan) -> None:
    """Bring the outcome into the form of the labels; rows without one are taken out."""
    given, kind = plan.answers, plan.answers.kind
    wanted = [getattr(given, meaning) for meaning in needed(kind)]
    known = [row for row in range(table.count) if all(table.columns[name][row] for name in wanted)]
    if len(known) < table.count:
        lost = table.count - len(known)
        table.step(
            f"결과가 비어 있는 행 {lost:,}개를 지웠습니다.", f"{lost:,} row(s) without an outcome were taken out."
        )
        table.only(known)
    if kind in ("survival", "competing"):
        competing = plan.competing_value if kind == "competing" else None
        times, events = table.columns[given.time], table.columns[given.event]
        table.labels["time"] = outcome_columns.days(times, given.time, plan.time_unit)
        table.labels["event"] = outcome_columns.events(events, given.event, event=plan.event_value, competing=competing)
    elif kind == "binary":
        outcome = table.columns[given.outcome]
        table.labels["outcome"] = outcome_columns.events(outcome, given.outcome, event=plan.event_value)
    elif kind == "effect":
        table.labels["truth"] = table.columns[given.truth]
        if not all(NUMBER.fullmatch(value) for value in table.labels["truth"]):
            message = Text(
                f"{given.truth} 열에 숫자가 아닌 값이 있습니다.", f"The column {given.truth} holds what is no number."
            )
            raise TableError("bad_value", message)
    for meaning in ("event", "outcome"):
        if meaning in table.labels and "1" not in table.labels[meaning]:
            message = Text("사건이 한 번도 일어나지 않았습니다.", "The event never happens in these rows.")
            raise TableError("no_event", message)
    _said_what_changed(table, plan)


def _said_what_changed(table: Table, plan: Plan) -> None:
    """Say how the outcome was rewritten, and give the time a name that its unit does not contradict."""
    given = plan.answers
    if plan.time_unit != "days" and given.time:
        name = "days" if "days" not in table.names or given.time == "days" else f"{given.time}_days"
        table.step(
            f"`{given.time}`을(를) 날수 `{name}`로 바꾸었습니다(한 해는 365.25일).",
            f"`{given.time}` was turned into days, `{name}` (a year has 365.25).",
        )
        table.answers = replace(table.answers, time=name)
    for meaning in ("event", "outcome"):
        if meaning not in table.labels:
            continue
        source = getattr(given, meaning)
        pairs = sorted(set(zip(table.columns[source], table.labels[meaning], strict=True)))
        if any(old != new for old, new in pairs):
            listed = ", ".join(f"{old} → {new}" for old, new in pairs)
            table.step(f"`{source}`을(를) 다시 적었습니다: {listed}.", f"`{source}` was recoded: {listed}.")


def _leave_out(table: Table, plan: Plan) -> None:
    """Take out what the plan drops, the outcome's own columns, and what should not be released."""
    given = plan.answers
    outcome = {given.id, given.time, given.event, given.outcome, given.truth}
    for name in [one for one in table.names if one not in outcome]:
        reason = _reason(table, plan, name)
        if reason is not None:
            table.names.remove(name)
            table.step(f"`{name}` 열을 뺐습니다: {reason.ko}.", f"`{name}` is left out: {reason.en}.")
    table.names = [name for name in table.names if name not in outcome]
    if not table.names and given.kind != "effect":
        raise TableError("no_variable", Text("남은 변수가 없습니다.", "No variable is left."))


def _reason(table: Table, plan: Plan, name: str) -> Text | None:
    if name in plan.drop:
        return Text("주최자가 뺐습니다", "the organizer left it out")
    if name in (table.answers.time, plan.answers.split):
        return Text("결과 파일의 열과 이름이 같습니다", "a column of the labels has its name")
    # An estimand may be described by whatever tells it from the others.
    return None if plan.answers.kind == "effect" else guessing.why_left_out(name, table.columns[name])
