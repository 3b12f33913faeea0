"""The operator's commands on an instance of their own: a home, a database, no running process."""

import json
from datetime import UTC, datetime

import pytest

from arena import accounts, hosting
from arena.errors import NotSignedIn
from arena.receipts import Signer
from arena.store import challenges as challenge_store
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine, reading, transaction
from tests.arena.conftest import NOW, Site
from tests.support import databases


@pytest.fixture
def operator(arena, settings, at):
    """Call `arena` on an instance whose home and database are there."""
    databases.migrate(settings.database_url)

    def called(*arguments, **given):
        return arena(*arguments, ARENA_HOME=str(settings.home), **given)

    return called


@pytest.fixture
def instance(operator, settings, tmp_path):
    """The site that the operator's home holds, with one challenge."""
    assert operator
    engine = make_engine(settings.database_url)
    made = Site(engine, FolderBlobs(settings.home / "blobs"), tmp_path / "folders", Signer(b"\x07" * 32))
    made.publish()
    with transaction(engine) as session:
        # Open by any clock, since these commands go by the machine's.
        row = challenge_store.by_slug(session, "small")
        row.opens_at, row.closes_at = datetime(2020, 1, 1, tzinfo=UTC), None
        session.add(row)
    yield made
    engine.dispose()


@pytest.mark.parametrize(
    "arguments", [("challenge", "list"), ("user", "token", "a@example.org"), ("doctor",), ("web",), ("sweeper",)]
)
def test_without_a_home_a_command_says_so_and_makes_none(arena, tmp_path, arguments):
    done = arena(*arguments, ARENA_HOME=str(tmp_path / "none"))
    assert (done.returncode, "arena migrate" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert not (tmp_path / "none").exists()


def test_wrong_settings_are_told_together(arena):
    done = arena("challenge", "list", ARENA_PORT="x", ARENA_SIGNUP="maybe", ARENA_NONSENSE="1")
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("ARENA_PORT", "ARENA_SIGNUP", "ARENA_NONSENSE"))


def test_an_account_with_a_password_can_sign_in(operator, instance):
    done = operator(
        "user", "create", "Kim@example.org", "--name", "김하나", "--admin", "--password-stdin", said="correct horse 9\n"
    )
    assert done.returncode == 0, done.stderr
    with reading(instance.engine) as session:
        person = accounts.sign_in(session, email="kim@example.org", password="correct horse 9", at=NOW)
    assert (person.name, person.is_admin) == ("김하나", True)


def test_an_account_without_a_password_gets_a_link_to_set_one(operator, instance):
    made = json.loads(operator("user", "create", "lee@example.org", "--json").stdout)
    assert made["link"].startswith("http://127.0.0.1:8000/reset/")
    code = made["link"].rsplit("/", 1)[1]
    with reading(instance.engine) as session:
        assert accounts.link_is_open(session, code=code, purpose="reset", at=NOW)
    twice = operator("user", "create", "LEE@example.org")
    assert (twice.returncode, "There is an account" in twice.stderr) == (1, True)


def test_a_token_is_printed_once_and_works(operator, instance):
    operator("user", "create", "kim@example.org")
    secret = operator("user", "token", "kim@example.org").stdout.strip()
    with reading(instance.engine) as session:
        assert accounts.authenticate_token(session, secret, NOW).email == "kim@example.org"
        with pytest.raises(NotSignedIn):
            accounts.authenticate_token(session, secret[:-1], NOW)
    assert operator("user", "token", "nobody@example.org").returncode == 1
    short = operator("user", "token", "kim@example.org", "--scope", "submit", "--days", "7").stdout.strip()
    with reading(instance.engine) as session:
        token, _ = accounts.presented_token(session, short, NOW)
        assert token.scopes == "read submit"
        assert token.expires_at is not None
    wrong = operator("user", "token", "kim@example.org", "--scope", "everything")
    assert (wrong.returncode, "no such scope" in wrong.stderr) == (1, True)


def test_roles_are_given_on_a_challenge_and_on_the_instance(operator, instance):
    operator("user", "create", "kim@example.org")
    assert operator("grant", "kim@example.org", "judge", "small").returncode == 0
    assert operator("grant", "kim@example.org", "creator").returncode == 0
    with reading(instance.engine) as session:
        person = accounts.by_email(session, "kim@example.org")
        assert accounts.roles(session, person, hosting.find(session, "small").row) == {"judge"}
        assert person.is_creator
    assert operator("grant", "kim@example.org", "judge", "nothing").returncode == 1
    assert operator("grant", "kim@example.org", "judge").returncode == 2
    assert operator("grant", "kim@example.org", "king", "small").returncode == 2


@pytest.mark.usefixtures("instance")
def test_a_reveal_before_the_close_is_refused(operator):
    listed = json.loads(operator("challenge", "list", "--json").stdout)
    assert [(one["slug"], one["status"], one["waiting"]) for one in listed] == [("small", "open", 2)]
    early = operator("challenge", "reveal", "small", "--no-wait")
    assert (early.returncode, "after the close" in early.stderr) == (1, True)


def test_a_reveal_waits_for_the_last_scores(operator, instance):
    assert operator("challenge", "close", "small").returncode == 0
    again = operator("challenge", "close", "small")
    assert (again.returncode, "not open" in again.stderr) == (1, True)
    busy = operator("challenge", "reveal", "small", "--no-wait")
    assert (busy.returncode, "still being scored" in busy.stderr) == (1, True)
    for evaluation_id in (1, 2):
        instance.decide(evaluation_id, "shown")
    started = operator("challenge", "reveal", "small", "--no-wait")
    assert (started.returncode, "as soon as" in started.stderr) == (0, True)
    for evaluation_id in (3, 4):
        instance.decide(evaluation_id, "shown", value=0.1)
    done = operator("challenge", "reveal", "small")
    assert (done.returncode, "revealed" in done.stderr) == (0, True), done.stderr
    assert json.loads(operator("challenge", "list", "--json").stdout)[0]["status"] == "revealed"


def test_the_doctor_looks_at_everything_and_says_what_to_mend(operator):
    done = operator("doctor", "--json")
    findings = json.loads(done.stdout)
    assert {one["part"] for one in findings} >= {"disk"}
    assert done.returncode == (1 if any(one["state"] == "bad" for one in findings) else 0)
    assert operator("doctor").stdout.splitlines()[0].startswith("part")


def test_migrating_makes_the_home_and_twice_changes_nothing(arena, tmp_path):
    for _ in range(2):
        done = arena("migrate", ARENA_HOME=str(tmp_path / "home"))
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "home" / "arena.sqlite").is_file()
