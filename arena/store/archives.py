"""A challenge's rows out of every table that hangs on it, and back: found by their foreign keys, so that none is forgotten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_origin

from sqlalchemy import JSON, Boolean, Float, Integer, Table, func, insert, select, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from arena.store.models import Challenge, User
from challenges.consistency import EARLIEST, LATEST

# Tables that hang on a challenge and stay behind, with the reason.
LEFT_OUT = {
    "invitation": "a code joins a team: whoever has the archive must not hold one, not even as a hash",
    "challenge_invitation": "as above",
    "imported_link": "travels with the ledger",
    "notice": "what people were told would be told again, and what was read be unread",
    "practice": "a month's notes of the people who practised, for them alone; nothing was decided by it",
    "mail": "letters that were sent would be sent again",
}
# Who holds a claim, and for how long, is of the instance where it is held.
HELD = ("token", "lease_until")
# Columns that name a row without a foreign key, since the two tables name each other or a mark may outlive its row.
SOFT = {("team", "final_submission_id"): "submission", ("announcement_reading", "last_id"): "announcement"}
# What travels of a person; passwords, roles and sessions belong to the instance.
PERSON = ("id", "email", "name", "affiliation", "language", "created_at")

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a challenge: its columns that travel, and which of them name rows of which table."""

    name: str
    columns: tuple[str, ...]
    references: Mapping[str, str]
    owner: str  # the column by which a row belongs to the challenge


@cache
def parts() -> tuple[Part, ...]:
    """Return the tables of a challenge, each after those that it names; the challenge itself comes first."""
    metadata = Challenge.metadata
    found: dict[str, Part] = {}
    for table in metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        references = {
            column.name: next(iter(column.foreign_keys)).column.table.name
            for column in table.columns
            if column.foreign_keys
        }
        owners = [name for name, target in references.items() if target in found and not table.columns[name].nullable]
        # A challenge_id says it directly; a row of a submission or a team belongs where that belongs.
        owners.sort(key=lambda name: references[name] != "challenge")
        if table.name != "challenge" and not owners:
            continue
        references |= {column: target for (name, column), target in SOFT.items() if name == table.name}
        columns = tuple(column.name for column in table.columns if column.name not in HELD)
        found[table.name] = Part(table.name, columns, references, owners[0] if owners else "id")
    return tuple(found.values())


def dump(session: Session, challenge_id: int) -> dict[str, Rows]:
    """Return every row of a challenge as JSON values, by table, in the order of their ids; with the people that they name."""
    found: dict[str, Rows] = {}
    people: set[int] = set()
    for part in parts():
        table = _table(part.name)
        if part.name == "challenge":
            condition = table.c.id == challenge_id
        elif part.references[part.owner] == "challenge":
            condition = table.c[part.owner] == challenge_id
        else:
            owner = _table(part.references[part.owner])
            condition = table.c[part.owner].in_(_ids(owner, challenge_id))
        wanted = select(*(table.c[name] for name in part.columns)).where(condition).order_by(table.c.id)
        rows = [dict(row) for row in session.execute(wanted).mappings()]
        for column, target in part.references.items():
            if target == User.__tablename__:
                people |= {row[column] for row in rows if row[column] is not None}
        found[part.name] = [_written(part.name, row) for row in rows]
    return {str(User.__tablename__): _people(session, people), **found}


def _ids(owner: Table, challenge_id: int) -> Any:
    """Select the ids of a table's rows that belong to the challenge, however far from it they are."""
    part = next(one for one in parts() if one.name == owner.name)
    if part.references[part.owner] == "challenge":
        return select(owner.c.id).where(owner.c[part.owner] == challenge_id)
    above = _table(part.references[part.owner])
    return select(owner.c.id).where(owner.c[part.owner].in_(_ids(above, challenge_id)))


def _people(session: Session, ids: set[int]) -> Rows:
    table = _table(str(User.__tablename__))
    wanted = select(*(table.c[name] for name in PERSON)).where(table.c.id.in_(ids)).order_by(table.c.id)
    return [{name: _value(value) for name, value in row.items()} for row in session.execute(wanted).mappings()]


def _written(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if table == "evaluation" and row["state"] == "scoring":
        # Nobody holds its claim any more where the archive is read.
        row = {**row, "state": "received"}
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


class Misfit(ValueError):
    """A row that no table here takes: the table, the number of the row and the column."""

    def __init__(self, table: str, row: int, column: str) -> None:
        super().__init__(f"{table}, row {row}, column {column}")
        self.table = table
        self.row = row
        self.column = column


def read(name: str, rows: Iterable[Any]) -> Rows:
    """Return rows with the values that the table's columns take; raise Misfit where one is missing, unknown or of another type.

    A column that an older version of Arena did not have gets what a new row would get.
    """
    table = _table(name)
    columns = PERSON if name == User.__tablename__ else next(one.columns for one in parts() if one.name == name)
    found: Rows = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise Misfit(name, number, "")
        unknown = row.keys() - set(columns)
        if unknown:
            raise Misfit(name, number, min(map(str, unknown))[:60])
        made = {}
        for column in columns:
            misfit = Misfit(name, number, column)
            made[column] = (
                _taken(table, column, row[column], misfit) if column in row else _default(table, column, misfit)
            )
        found.append(made)
    return found


def _default(table: Table, name: str, misfit: Misfit) -> Any:
    column = table.columns[name]
    if column.default is not None and column.default.is_scalar:
        return getattr(column.default, "arg", None)
    if not column.nullable:
        raise misfit
    return None


def _taken(table: Table, name: str, value: Any, misfit: Misfit) -> Any:
    column = table.columns[name]
    if value is None:
        if not column.nullable:
            raise misfit
        return None
    if isinstance(column.type, UTCDateTime):
        return _moment(value, misfit)
    wanted = _json_kinds()[table.name, name] if isinstance(column.type, JSON) else _kinds(column.type)
    # In Python True is a number.
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise misfit
    # What is beyond the databases' own bounds would be refused, or cut, only when half of the rows are there.
    if (isinstance(value, int) and abs(value) >= 2**31) or (isinstance(value, str) and "\0" in value):
        raise misfit
    return value


def _kinds(kind: Any) -> tuple[type, ...]:
    if isinstance(kind, Boolean):
        return (bool,)
    if isinstance(kind, Integer):
        return (int,)
    if isinstance(kind, Float):
        return (int, float)
    return (str,)


@cache
def _json_kinds() -> dict[tuple[str, str], tuple[type, ...]]:
    """Return whether a column of JSON holds an object or a list, as its model has it."""
    found = {}
    for mapper in Challenge._sa_registry.mappers:  # noqa: SLF001 (the only list of all models)
        table = mapper.local_table
        for name, field in mapper.class_.model_fields.items():
            if isinstance(table, Table) and name in table.columns and isinstance(table.columns[name].type, JSON):
                kinds = [get_origin(one) or one for one in (field.annotation, *get_args(field.annotation))]
                found[table.name, name] = tuple(one for one in kinds if one in (dict, list))[:1] or (dict, list)
    return found


def _moment(value: Any, misfit: Misfit) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        # No page can say in another zone when the last hours of the calendar are.
        if found.tzinfo is None or not EARLIEST <= found.year <= LATEST:
            raise misfit
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise misfit from None


def load(session: Session, tables: Mapping[str, Rows], people: Mapping[int, int]) -> dict[str, dict[int, int]]:
    """Insert the rows of an archive; return, by table, which id became which.

    `people` maps the archive's accounts to this instance's. Ids stay as they are where none of them is taken; otherwise a table's
    rows are numbered anew, in the same order.
    """
    known: dict[str, dict[int, int]] = {str(User.__tablename__): dict(people)}
    later: list[tuple[str, str, str]] = []
    for part in parts():
        rows = tables.get(part.name, [])
        known[part.name] = _numbers(session, part.name, [row["id"] for row in rows])
        soft = [column for (name, column) in SOFT if name == part.name]
        later += [(part.name, column, part.references[column]) for column in soft]
        made = [
            {name: _mapped(part, name, value, known) if name not in soft else None for name, value in row.items()}
            for row in rows
        ]
        if made:
            session.execute(insert(_table(part.name)), made)
        _advance(session, part.name)
    for name, column, target in later:
        table = _table(name)
        for row in tables.get(name, []):
            if row.get(column) is not None:
                new = known[target].get(row[column])
                session.execute(
                    table.update().where(table.c.id == known[name][row["id"]]).values({column: new}),
                )
    return known


def _mapped(part: Part, name: str, value: Any, known: Mapping[str, Mapping[int, int]]) -> Any:
    if name == "id":
        return known[part.name][value]
    if value is None or name not in part.references:
        return value
    return known[part.references[name]][value]


def _numbers(session: Session, name: str, ids: list[int]) -> dict[int, int]:
    table = _table(name)
    taken = any(
        session.execute(select(table.c.id).where(table.c.id.in_(ids[start : start + 500])).limit(1)).first()
        for start in range(0, len(ids), 500)
    )
    if not taken:
        return {one: one for one in ids}
    last = session.execute(select(func.max(table.c.id))).scalar() or 0
    return {one: last + number for number, one in enumerate(sorted(ids), start=1)}


def new_person_id(session: Session, wanted: int) -> int | None:
    """Return the id that an account had, if nobody has it here."""
    table = _table(str(User.__tablename__))
    return None if session.execute(select(table.c.id).where(table.c.id == wanted)).first() else wanted


def advance_people(session: Session) -> None:
    """Let accounts that are made from now on be numbered after those that kept their numbers."""
    _advance(session, str(User.__tablename__))


def hold(session: Session) -> None:
    """Keep other writers waiting: PostgreSQL would hand one of them a number that an imported row brings along."""
    names = [str(User.__tablename__), *(part.name for part in parts())]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE " + ", ".join(f'"{name}"' for name in names) + " IN SHARE ROW EXCLUSIVE MODE"))


def _advance(session: Session, name: str) -> None:
    if session.get_bind().dialect.name != "postgresql":
        return  # SQLite numbers a new row after the largest one
    session.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "  # noqa: S608 (a table's name of our own)
            f"GREATEST((SELECT COALESCE(MAX(id), 1) FROM \"{name}\"), nextval(pg_get_serial_sequence('{name}', 'id'))))"
        ),
    )


def _table(name: str) -> Table:
    return Challenge.metadata.tables[name]
