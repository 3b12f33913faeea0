"""The database counts by itself how often each leaderboard changes, in the transaction of the change.

Whatever writes (pages, API, workers, the sweeper, a restored archive, a statement typed by an operator) cannot forget it, and
every process that reads sees the new count with the change and not before. On SQLite a trigger raises the counter at once:
there is one writer at a time. On PostgreSQL it is raised at the commit, once a transaction, so that two writers wait for each
other only there and in no order that could lock them up.

Triggers name tables and columns, which migrations rebuild: `migrating` removes them before and installs them again after.
"""

from typing import NamedTuple

from sqlalchemy import Connection

PREFIX = "board_changed"


class Watched(NamedTuple):
    """One kind of change: the table, the events, and how a row leads to its challenge and its team."""

    table: str
    events: tuple[str, ...]
    path: str
    urgent: bool
    when: str = ""  # what must hold, in SQL that both databases read; OLD and NEW are the row before and after


# How a row leads to (challenge, team); without a team the whole leaderboard has changed.
FROM_EVALUATION = (
    "(SELECT submission.{column} FROM evaluation JOIN submission ON submission.id = evaluation.submission_id"
    " WHERE evaluation.id = {{row}}.evaluation_id)"
)
PATHS = {
    "itself": ("{row}.id", None),
    "direct": ("{row}.challenge_id", None),
    "team": ("{row}.challenge_id", "{row}.id"),
    "of_team": ("{row}.challenge_id", "{row}.team_id"),
    "submission": (
        "(SELECT challenge_id FROM submission WHERE id = {row}.submission_id)",
        "(SELECT team_id FROM submission WHERE id = {row}.submission_id)",
    ),
    "evaluation": (FROM_EVALUATION.format(column="challenge_id"), FROM_EVALUATION.format(column="team_id")),
}
WATCHED = (
    Watched("challenge", ("UPDATE",), "itself", urgent=True),
    Watched("team", ("UPDATE", "DELETE"), "team", urgent=True),
    Watched("mark", ("INSERT", "UPDATE", "DELETE"), "of_team", urgent=True),
    Watched("comparison", ("INSERT", "UPDATE", "DELETE"), "direct", urgent=True),
    Watched("announcement", ("INSERT", "UPDATE", "DELETE"), "direct", urgent=True),
    Watched("ledger_entry", ("INSERT",), "direct", urgent=True, when="NEW.kind = 'rescored'"),
    Watched("submission", ("INSERT",), "of_team", urgent=False),
    Watched("submission", ("UPDATE", "DELETE"), "of_team", urgent=True),
    Watched("decision", ("INSERT", "UPDATE", "DELETE"), "submission", urgent=False),
    Watched("evaluation", ("INSERT",), "submission", urgent=False, when="NEW.state = 'scored'"),
    # A claim, a renewed lease and a failure change nothing that anybody sees.
    Watched(
        "evaluation",
        ("UPDATE",),
        "submission",
        urgent=False,
        when="OLD.in_force <> NEW.in_force OR (OLD.state <> NEW.state AND (OLD.state = 'scored' OR NEW.state = 'scored'))",
    ),
    Watched("evaluation", ("DELETE",), "submission", urgent=False),
    Watched("score", ("INSERT", "UPDATE", "DELETE"), "evaluation", urgent=False),
)
RAISE = (
    "INSERT INTO board_version (challenge_id, version, urgent) SELECT {challenge}, 1, {urgent} WHERE {challenge} IS NOT NULL"
    " ON CONFLICT (challenge_id) DO UPDATE"
    " SET version = board_version.version + 1, urgent = board_version.urgent + {urgent}"
)
TEAM = (
    "INSERT INTO board_team (team_id, challenge_id, version) SELECT {team}, challenge_id, version FROM board_version"
    " WHERE challenge_id = {challenge} ON CONFLICT (team_id) DO UPDATE"
    " SET version = excluded.version, challenge_id = excluded.challenge_id"
)
FUNCTION = """
CREATE OR REPLACE FUNCTION {prefix}_{path}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed integer;
  of_team integer;
  told text := coalesce(current_setting('arena.boards', true), '');
  mark text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    changed := {old_challenge};
    of_team := {old_team};
  ELSE
    changed := {new_challenge};
    of_team := {new_team};
  END IF;
  IF changed IS NULL THEN RETURN NULL; END IF;
  mark := '|' || changed || ':' || TG_ARGV[0] || '|';
  IF position(mark IN told) = 0 THEN
    told := told || mark;
    {raised};
  END IF;
  mark := '|team ' || of_team || '|';
  IF of_team IS NOT NULL AND position(mark IN told) = 0 THEN
    -- Of a transaction over very many teams not every one is remembered: to write a row twice does no harm.
    IF length(told) < 2000 THEN told := told || mark; END IF;
    {placed};
  END IF;
  PERFORM set_config('arena.boards', told, true);
  RETURN NULL;
END $$
"""


def install(connection: Connection) -> None:
    """Create the triggers as this version of the code has them."""
    remove(connection)
    if connection.dialect.name == "postgresql":
        for path in PATHS:
            connection.exec_driver_sql(_function(path))
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _function(path: str) -> str:
    challenge, team = PATHS[path]
    return FUNCTION.format(
        prefix=PREFIX,
        path=path,
        old_challenge=challenge.format(row="OLD"),
        new_challenge=challenge.format(row="NEW"),
        old_team=team.format(row="OLD") if team else "NULL",
        new_team=team.format(row="NEW") if team else "NULL",
        raised=RAISE.format(challenge="changed", urgent="TG_ARGV[0]::integer"),
        placed=TEAM.format(challenge="changed", team="of_team"),
    )


def remove(connection: Connection) -> None:
    """Take out whatever triggers of this kind there are, of an earlier version too."""
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
        ).all()
        for name, table in found:
            if name.startswith(PREFIX):
                connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
        return
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        if name.startswith(PREFIX):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _statements(dialect: str) -> list[str]:
    made = []
    for one in WATCHED:
        for event in one.events:
            name = f"{PREFIX}_{one.table}_{event}".lower()
            when = f" WHEN ({one.when})" if one.when else ""
            if dialect == "postgresql":
                made.append(
                    f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {one.table} DEFERRABLE INITIALLY DEFERRED"
                    f" FOR EACH ROW{when} EXECUTE FUNCTION {PREFIX}_{one.path}('{int(one.urgent)}')"
                )
                continue
            row = "OLD" if event == "DELETE" else "NEW"
            challenge, team = (path.format(row=row) if path else "" for path in PATHS[one.path])
            acts = [RAISE.format(challenge=challenge, urgent=int(one.urgent))]
            if team:
                acts.append(TEAM.format(challenge=challenge, team=team))
            made.append(f"CREATE TRIGGER {name} AFTER {event} ON {one.table}{when} BEGIN {'; '.join(acts)}; END")
    return made
