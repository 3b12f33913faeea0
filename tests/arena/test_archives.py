"""Export, wipe, import: the same rows, files, digests and bytes; and whatever is wrong with an archive leaves nothing."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from arena import accounts, archive_files, audit, exporting, importing
from arena.errors import Conflict, NotSignedIn, OurFault
from arena.store import archives, models
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine, reading, snapshot, transaction
from tests.arena.archiving import chained, export, live, restore, rows_of
from tests.arena.conftest import NOW, Site
from tests.support import databases, postgres

SECRETS = ("password", "argon2", "arena_", "token_hash", "code_hash", "gate_secret", "is_admin")


# The tables in which the life below leaves a row.
LIVED = {
    "challenge", "challenge_file", "challenge_version", "labels", "team", "membership", "agreement", "role_grant", "submission",
    "evaluation", "score", "decision", "report", "comparison", "disclosure",
}  # fmt: skip


@pytest.fixture
def target(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Iterator[Site]:
    """Another instance, empty, on the same kind of database."""

    def made(url: str) -> Iterator[Site]:
        databases.migrate(url)
        other = make_engine(url)
        yield Site(other, FolderBlobs(tmp_path / "other-blobs"), tmp_path / "folders")
        other.dispose()

    if engine.dialect.name == "postgresql":
        with postgres.database(request.getfixturevalue("postgres_server")) as url:
            yield from made(url)
    else:
        yield from made(f"sqlite:///{tmp_path}/other.sqlite")


@pytest.fixture
def lived(site: Site) -> Site:
    return live(site)


def head_of(site: Site) -> audit.Head:
    with reading(site.engine) as session:
        return audit.head(session, site.hosted().id)


def test_the_same_state_gives_the_same_bytes_and_changes_nothing(lived: Site):
    before = rows_of(lived)
    assert export(lived) == export(lived)
    assert rows_of(lived) == before


def test_an_import_into_an_empty_instance_restores_every_row_and_byte(lived: Site, target: Site):
    content = export(lived)
    target.now = lived.now
    done = restore(target, content)
    mine, theirs = rows_of(lived), rows_of(target)
    small = lived.hosted().id
    belongs = {"challenge": {small}}
    for part in archives.parts():
        if part.name != "challenge":
            owner = part.references[part.owner]
            belongs[part.name] = {row["id"] for row in mine[part.name] if row[part.owner] in belongs[owner]}
        kept = [row for row in mine[part.name] if row["id"] in belongs[part.name]]
        assert theirs[part.name] == kept, part.name
        assert kept or part.name not in LIVED, f"{part.name} has no row: this test says nothing of it"
    assert export(target) == content, "exported again it is the same file"
    assert sorted(done.accounts) == sorted({row.email for row in _people(lived)})
    with reading(target.engine) as session:
        assert audit.verify(session) == []
        assert audit.head(session, done.hosted.id) == head_of(lived)
    for sha256 in archived(content):
        with lived.blobs.open(sha256) as one, target.blobs.open(sha256) as other:
            assert one.read() == other.read()


def _people(site: Site) -> list[models.User]:
    with reading(site.engine) as session:
        members = set(session.exec(select(models.Membership.user_id)))
        judges = set(session.exec(select(models.Grant.user_id)))
        return list(session.exec(select(models.User).where(col(models.User.id).in_(members | judges))))


def archived(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [name.removeprefix("blobs/") for name in archive.namelist() if name.startswith("blobs/")]


def test_no_secret_is_in_an_archive_and_nothing_of_another_challenge(lived: Site):
    content = export(lived)
    for word in SECRETS:
        assert word.encode() not in content, word
    with reading(lived.engine) as session:
        for user in session.exec(select(models.User)):
            assert user.password_hash is None or user.password_hash.encode() not in content
        for row in [*session.exec(select(models.ApiToken)), *session.exec(select(models.Invitation))]:
            assert (row.token_hash if isinstance(row, models.ApiToken) else row.code_hash).encode() not in content
    assert b"another" not in content.replace(b"another challenge", b"")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
    assert not [name for name in names if "invitation" in name or "token" in name or "link" in name]


def test_every_table_that_hangs_on_a_challenge_travels_or_says_why_not():
    """A table that somebody adds is found by its foreign keys; one that could be missed, or carries a secret, is seen here."""
    travelling = {part.name: part for part in archives.parts()}
    for table in models.User.metadata.sorted_tables:
        targets = {key.column.table.name for column in table.columns for key in column.foreign_keys}
        if targets & travelling.keys():
            assert table.name in travelling or table.name in archives.LEFT_OUT, table.name
    for part in travelling.values():
        for column in part.columns:
            assert not any(word in column for word in ("password", "code_hash", "token")), (part.name, column)
        assert set(part.references.values()) <= {*travelling, "user_account"}, part.name
        table = models.User.metadata.tables[part.name]
        numbers = {
            c.name for c in table.columns if c.name.endswith("_id") and "INTEGER" in str(c.type) and not c.foreign_keys
        }
        assert numbers <= {column for name, column in archives.SOFT if name == part.name}, part.name


def test_numbers_that_are_taken_are_given_anew_and_the_instance_goes_on(lived: Site, target: Site):
    target.publish("other")
    person, _ = target.team("taken", slug="other")
    target.submit(person, 1, slug="other")
    with transaction(target.engine) as session:
        accounts.create_user(
            session, email="root@example.org", name="Here before", admin=False, password="correct horse 9", at=NOW
        )
    target.now = lived.now
    done = restore(target, export(lived))
    assert "root@example.org" not in done.accounts
    hosted = target.hosted()
    with reading(target.engine) as session:
        root = accounts.by_email(session, "root@example.org")
        assert (root.name, accounts.roles(session, root, hosted.row)) == ("Here before", {"judge"})
        final = session.exec(
            select(models.Submission.public_id)
            .join(models.Team, col(models.Team.final_submission_id) == col(models.Submission.id))
            .where(models.Team.challenge_id == hosted.id)
        ).one()
        assert audit.verify(session) == []
        assert audit.head(session, hosted.id) == head_of(lived)
    with reading(lived.engine) as session:
        wanted = session.exec(
            select(models.Submission.public_id).join(
                models.Team, col(models.Team.final_submission_id) == col(models.Submission.id)
            )
        ).one()
    assert final == wanted
    # What is added from now on gets numbers of its own, on PostgreSQL too.
    target.now = NOW
    again, _ = target.team("later", slug="other")
    assert target.submit(again, 2, slug="other").created
    target.publish("third")
    chained(target)
    with reading(target.engine) as session:
        assert audit.verify(session) == []
    assert rows_without_numbers(target) == rows_without_numbers(lived)


def rows_without_numbers(site: Site) -> dict[str, Any]:
    """Return the challenge's archive without what numbers rows, for comparing two that are numbered differently."""
    with snapshot(site.engine) as session:
        tables, history = exporting.collect(session, site.hosted())
    found: dict[str, Any] = {}
    for part in archives.parts():
        dropped = {"id", *part.references}
        found[part.name] = [{k: v for k, v in row.items() if k not in dropped} for row in tables[part.name]]
    return {**found, "history": history}


def test_an_imported_ledger_goes_on_and_a_change_in_it_is_seen(lived: Site, target: Site):
    target.now = lived.now
    restore(target, export(lived))
    with transaction(target.engine) as session:
        audit.record(session, "something", target.hosted().id, {"here": 1}, target.now)
    chained(target)
    with reading(target.engine) as session:
        assert audit.head(session, target.hosted().id) != head_of(lived)
        history = audit.history(session, target.hosted().id)
    assert {link["chain"] for link in history["links"]} == {0, 1}
    assert audit.check(history) == []
    # A third instance gets both chains.
    content = export(target)
    with archive_files.opened(io.BytesIO(content)) as archive:
        importing.check(archive)
    for change in (
        lambda session: _edit(session, models.LedgerEntry, "data", {"forged": 1}),
        lambda session: _edit(session, models.ImportedLink, "previous", "f" * 64),
    ):
        with transaction(target.engine) as session:
            change(session)
            session.flush()
            assert audit.verify(session)
            session.rollback()


def _edit(session, model, column: str, value: object) -> None:
    wanted = select(model).order_by(model.id)
    if model is models.LedgerEntry:
        wanted = wanted.where(col(model.origin_chain).is_not(None))
    row = session.exec(wanted).first()
    setattr(row, column, value)
    session.add(row)


def test_what_was_not_chained_yet_is_chained_where_it_comes_to(site: Site, target: Site):
    site.publish()
    content = export(site)
    restore(target, content)
    chained(target)
    with reading(target.engine) as session:
        assert audit.verify(session) == []
        assert audit.head(session, target.hosted().id).links == 1


def test_an_imported_account_is_closed_until_an_operator_sends_its_owner_a_link(lived: Site, target: Site):
    restore(target, export(lived))
    (address, *_) = [row.email for row in _people(lived) if row.email != "root@example.org"]
    with reading(target.engine) as session:
        person = accounts.by_email(session, address)
        assert (person.password_hash, person.is_admin) == (None, False)
        assert accounts.user(session, person.id) is None
        with pytest.raises(NotSignedIn):
            accounts.sign_in(session, email=address, password="", at=NOW)
    with transaction(target.engine) as session, pytest.raises(Conflict):
        accounts.sign_up(
            session,
            email=address,
            name="X",
            password="correct horse 9",
            language="ko",
            policy="open",
            code=None,
            at=NOW,
        )
    with transaction(target.engine) as session:
        found = accounts.create_user(session, email=address, name="X", admin=False, password=None, at=NOW)
        code = accounts.make_link(session, purpose="reset", user_id=found.id, at=NOW, hours=1)
    assert found.id == person.id
    with transaction(target.engine) as session:
        accounts.use_reset_link(session, code=code, password="correct horse 9", at=NOW)
    with reading(target.engine) as session:
        entered = accounts.sign_in(session, email=address, password="correct horse 9", at=NOW)
        assert entered.id == person.id


def test_a_disabled_account_with_a_password_is_not_opened_by_a_link(site: Site):
    person = site.person("banned")
    with transaction(site.engine) as session:
        row = session.get(models.User, person.id)
        row.disabled_at = NOW
        session.add(row)
        code = accounts.make_link(session, purpose="reset", user_id=person.id, at=NOW, hours=1)
    with transaction(site.engine) as session:
        accounts.use_reset_link(session, code=code, password="correct horse 9", at=NOW)
    with reading(site.engine) as session:
        assert accounts.user(session, person.id) is None


def test_an_evaluation_in_somebodys_hands_is_free_again_where_it_comes_to(site: Site, target: Site):
    rings = site.publish()
    with transaction(site.engine) as session:
        row = session.get(models.Evaluation, rings[0])
        row.state, row.token, row.lease_until = "scoring", "secret-token", site.now
        session.add(row)
    content = export(site)
    assert b"secret-token" not in content
    restore(target, content)
    with reading(target.engine) as session:
        row = session.get(models.Evaluation, rings[0])
        assert (row.state, row.token, row.lease_until) == ("received", None, None)
    assert target.decide(rings[0], "shown")


def test_a_lost_file_is_said_and_not_passed_over(lived: Site):
    lived.blobs.delete(lived.hosted().files["test.csv"].sha256)
    with pytest.raises(OurFault) as refused:
        export(lived)
    assert refused.value.code == "file_lost"


def test_a_slug_that_is_taken_and_submissions_that_are_here_are_refused(lived: Site, target: Site):
    content = export(lived)
    restore(target, content)
    before = rows_of(target)
    with pytest.raises(Conflict) as refused:
        restore(target, content)
    assert refused.value.code == "slug_taken"
    with transaction(target.engine) as session:
        row = session.get(models.Challenge, target.hosted().id)
        row.slug = "renamed"
        session.add(row)
    with pytest.raises(Conflict) as refused:
        restore(target, content)
    assert refused.value.code == "already_here"
    with transaction(target.engine) as session:
        row = session.exec(select(models.Challenge)).one()
        row.slug = "small"
        session.add(row)
    assert rows_of(target) == before


def test_files_of_a_failed_import_go_and_those_in_use_stay(site: Site, target: Site, tmp_path: Path):
    target.publish("other")
    before = {path.name for path in target.blobs.root.rglob("?" * 64)}
    site.publish()
    content = export(site)
    with archive_files.opened(io.BytesIO(content)) as archive:
        importing.check(archive)
        new = importing.put_files(target.blobs, archive)
        assert not before & set(new), "the challenges share files, and those were there before"
        with reading(target.engine) as session:
            importing.forget_files(session, target.blobs, new)
    assert {path.name for path in target.blobs.root.rglob("?" * 64)} == before

    class Full(FolderBlobs):
        def put(self, stream: Any) -> Any:
            if len(list(self.root.rglob("?" * 64))) == 3:
                raise OSError(28, "No space left on device")
            return super().put(stream)

    with archive_files.opened(io.BytesIO(content)) as archive, pytest.raises(OSError, match="No space"):
        importing.put_files(Full(tmp_path / "full"), archive)
    assert list((tmp_path / "full").rglob("?" * 64)) == []
