"""`arena doctor` says of each part how it is, and changes nothing."""

import os
from datetime import datetime

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from arena import audit
from arena.running import checkup
from arena.settings import Settings
from arena.store import migrating
from arena.store.engine import make_engine, transaction


@pytest.fixture
def whole(settings: Settings, at: datetime) -> Settings:
    """An instance as `up` leaves it, but for its processes."""
    migrating.migrate(settings.database_url, settings.home / "backups", at)
    settings.labels_key_file.write_text(PrivateKey.generate().public_key.encode().hex())
    return settings


def states(settings: Settings) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in checkup.look(settings):
        assert finding.text.ko
        assert finding.text.en
        found.setdefault(finding.part, set()).add(finding.state)
    return found


def test_an_instance_that_is_not_up_lacks_only_its_redis(whole: Settings):
    found = states(whole)
    assert [part for part, seen in found.items() if "bad" in seen] == ["redis"]
    assert {"database", "ledger", "labels key"} <= set(found)


@pytest.mark.usefixtures("valkey")
def test_without_workers_nothing_is_scored_and_that_is_bad(whole: Settings):
    found = states(whole)
    assert found["redis"] == {"good"}
    assert found["workers"] == {"bad"}


def test_a_shared_user_is_said_plainly(whole: Settings):
    notes = [
        finding.text.en for finding in checkup.look(whole) if finding.state == "note" and finding.part == "labels key"
    ]
    assert len(notes) == 1
    assert "not against a takeover" in notes[0]


@pytest.mark.skipif(os.getuid() == 0, reason="root may enter every folder")
def test_another_user_of_the_workers_folder_is_not_noted(whole: Settings):
    (whole.home / "worker").chmod(0)
    assert "note" not in states(whole)["labels key"]


def test_a_secret_that_others_can_read_is_bad(whole: Settings):
    (whole.home / "secrets" / "secret_key").chmod(0o644)
    assert "bad" in states(whole)["home"]


def test_an_old_schema_is_bad(settings: Settings):
    assert states(settings)["database"] == {"bad"}


def test_a_changed_ledger_is_bad(whole: Settings, at: datetime):
    engine = make_engine(whole.database_url)
    with transaction(engine) as session:
        audit.record(session, "account_made", None, {"user": 1}, at)
        audit.chain(session, at)
    assert states(whole)["ledger"] == {"good"}
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_entry SET kind = 'role_granted'"))
    engine.dispose()
    assert states(whole)["ledger"] == {"bad"}
