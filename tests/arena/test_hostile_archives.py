"""An archive from outside: whatever is wrong with one is refused with a sentence and leaves nothing."""

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import select

from arena import archive_files, importing
from arena.errors import Invalid
from arena.store import models
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine, reading
from tests.arena.archiving import edited, export, live, remade, restore, rows_of
from tests.arena.conftest import Site
from tests.support import databases


def _set(rows: list[dict[str, Any]], column: str, value: object) -> None:
    rows[0][column] = value


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "not a zip": lambda _: b"PK\x03\x04 nothing",
    "empty": lambda _: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "a byte changed": lambda content: content.replace(b"Small", b"Smalt", 1).replace(
        b"sealed again", b"sealed agaim", 1
    ),
    "packed": lambda content: remade(content, lambda _: None, method=zipfile.ZIP_DEFLATED),
    "a bomb": lambda content: remade(
        content,
        lambda m: m.update({"tables/report.json": b"[" + b" " * 50_000_000 + b"]"}),
        method=zipfile.ZIP_DEFLATED,
    ),
    "a link": lambda content: remade(content, lambda _: None, mode=stat.S_IFLNK | 0o777),
    "a slip": lambda content: remade(content, lambda m: m.update({"../../evil": b"x"})),
    "an absolute path": lambda content: remade(content, lambda m: m.update({"/etc/passwd": b"x"})),
    "a stray member": lambda content: remade(content, lambda m: m.update({"blobs/" + "a" * 64: b"x"})),
    "a table nobody knows": lambda content: remade(content, lambda m: m.update({"tables/api_token.json": b"[]"})),
    "a table of accounts' links": lambda content: remade(
        content, lambda m: m.update({"tables/one_time_link.json": b"[]"})
    ),
    "no manifest": lambda content: remade(content, lambda m: m.pop("archive.json") and None, agree=False),
    "another digest": lambda content: remade(
        content, edited("tables/team.json", lambda rows: _set(rows, "name", "X")), agree=False
    ),
    "a newer format": lambda content: remade(content, edited("archive.json", lambda one: one.update({"format": 2}))),
    "a newer schema": lambda content: remade(
        content, edited("archive.json", lambda one: one.update({"schema": "9999"}))
    ),
    "another slug": lambda content: remade(content, edited("archive.json", lambda one: one.update({"slug": "other"}))),
    "an unknown column": lambda content: remade(
        content, edited("tables/team.json", lambda rows: _set(rows, "colour", 1))
    ),
    "a password": lambda content: remade(
        content, edited("tables/user_account.json", lambda rows: _set(rows, "password_hash", "x"))
    ),
    "an administrator": lambda content: remade(
        content, edited("tables/user_account.json", lambda rows: _set(rows, "is_admin", True))
    ),
    "no address": lambda content: remade(
        content, edited("tables/user_account.json", lambda rows: _set(rows, "email", "nobody"))
    ),
    "a wrong type": lambda content: remade(
        content, edited("tables/score.json", lambda rows: _set(rows, "value", "0.5"))
    ),
    "a truth for a number": lambda content: remade(
        content, edited("tables/score.json", lambda rows: _set(rows, "evaluation_id", True))
    ),
    "a huge number": lambda content: remade(
        content, edited("tables/submission.json", lambda rows: _set(rows, "rows", 2**31))
    ),
    "not a number": lambda content: remade(
        content,
        lambda m: m.update({"tables/score.json": m["tables/score.json"].replace(b'"value":', b'"value":NaN,"x":', 1)}),
    ),
    "a naive moment": lambda content: remade(
        content, edited("tables/team.json", lambda rows: _set(rows, "created_at", "2026-01-01T00:00:00"))
    ),
    "no moment": lambda content: remade(
        content, edited("tables/team.json", lambda rows: _set(rows, "created_at", None))
    ),
    "rows that are none": lambda content: remade(content, edited("tables/team.json", lambda _: {"a": 1})),
    "a row that is none": lambda content: remade(content, edited("tables/team.json", lambda rows: rows.append("x"))),
    "deep nesting": lambda content: remade(
        content, lambda m: m.update({"tables/report.json": b"[" * 100_000 + b"]" * 100_000})
    ),
    "two of one number": lambda content: remade(content, edited("tables/team.json", lambda rows: rows.append(rows[0]))),
    "two challenges": lambda content: remade(
        content, edited("tables/challenge.json", lambda rows: rows.append({**rows[0], "id": 99}))
    ),
    "a row of another challenge": lambda content: remade(
        content, edited("tables/team.json", lambda rows: _set(rows, "challenge_id", 77))
    ),
    "a member from nowhere": lambda content: remade(
        content, edited("tables/membership.json", lambda rows: _set(rows, "user_id", 1234))
    ),
    "a definition with mistakes": lambda content: remade(
        content, edited("tables/challenge.json", lambda rows: rows[0]["definition"].update({"kind": "nothing"}))
    ),
    "a definition under another digest": lambda content: remade(
        content, edited("tables/challenge.json", lambda rows: rows[0]["definition"]["limits"].update({"per_day": 999}))
    ),
    "an older definition changed": lambda content: remade(
        content,
        edited("tables/challenge_version.json", lambda rows: rows[0]["definition"]["title"].update({"en": "Other"})),
    ),
    "a changed act": lambda content: remade(
        content, edited("ledger.json", lambda one: one["entries"][0]["data"].update({"x": 1}))
    ),
    "an act left out of its link": lambda content: remade(
        content, edited("ledger.json", lambda one: one["links"][0]["covers"].pop())
    ),
    "a link from elsewhere": lambda content: remade(
        content, edited("ledger.json", lambda one: one["links"].pop(0) and None)
    ),
    "an act at no time": lambda content: remade(
        content, edited("ledger.json", lambda one: one["entries"][0].update({"at": "then"}))
    ),
    "a chain without end": lambda content: remade(
        content, edited("ledger.json", lambda one: one["links"][0].update({"chain": 10**30}))
    ),
    "a receipt for another file": lambda content: remade(
        content, edited("tables/submission.json", lambda rows: rows[0]["receipt"].update({"received_at": "2020-01-01"}))
    ),
    "a submission with another's receipt": lambda content: remade(
        content, edited("tables/submission.json", lambda rows: _set(rows, "receipt", rows[1]["receipt"]))
    ),
    "a file that is missing": lambda content: remade(
        content, lambda m: m.pop(next(n for n in m if n.startswith("blobs/"))) and None
    ),
    "a file under another name": lambda content: remade(
        content, lambda m: m.update({next(n for n in m if n.startswith("blobs/")): b"other"})
    ),
}


@pytest.fixture(scope="module")
def archive_of_a_life(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One archive for all that can be wrong with one."""
    folder = tmp_path_factory.mktemp("life")
    url = f"sqlite:///{folder}/arena.sqlite"
    databases.migrate(url)
    site = Site(make_engine(url), FolderBlobs(folder / "blobs"), folder / "folders")
    content = export(live(site))
    site.engine.dispose()
    return content


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An instance that stays empty, since nothing that is refused may leave anything in it."""
    folder = tmp_path_factory.mktemp("empty")
    url = f"sqlite:///{folder}/arena.sqlite"
    databases.migrate(url)
    site = Site(make_engine(url), FolderBlobs(folder / "blobs"), folder / "folders")
    yield site
    site.engine.dispose()


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_is_refused_with_a_sentence_and_leaves_nothing(what: str, archive_of_a_life: bytes, empty: Site):
    content = HOSTILE[what](archive_of_a_life)
    assert content != archive_of_a_life
    with pytest.raises(Invalid) as refused:
        restore(empty, content)
    assert refused.value.message.ko != refused.value.message.en
    assert nothing_in(empty)


def nothing_in(site: Site) -> bool:
    with reading(site.engine) as session:
        kept = [*session.exec(select(models.User.id)), *session.exec(select(models.LedgerEntry.id))]
    return (
        not kept
        and not any(any(found) for found in rows_of(site).values())
        and not list(site.blobs.root.rglob("?" * 64))
    )


def test_what_is_right_with_the_untouched_archive(archive_of_a_life: bytes):
    """The refusals above mean something only if the archive that they change is taken."""
    unchanged = remade(archive_of_a_life, lambda _: None)
    with archive_files.opened(io.BytesIO(unchanged)) as archive:
        assert importing.check(archive).slug == "small"


def test_an_archive_of_an_older_version_gets_what_a_new_row_would_get(archive_of_a_life: bytes, empty: Site):
    def older(members: dict[str, bytes]) -> None:
        edited("tables/evaluation.json", lambda rows: [row.pop("in_force") for row in rows] and None)(members)
        edited("tables/challenge.json", lambda rows: rows[0].pop("rescoring_started_at") and None)(members)
        members.pop("tables/disclosure.json")

    with archive_files.opened(io.BytesIO(remade(archive_of_a_life, older))) as archive:
        found = importing.check(archive)
    assert {row["in_force"] for row in found.tables["evaluation"]} == {True}
    assert found.tables["challenge"][0]["rescoring_started_at"] is None
