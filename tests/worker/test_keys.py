"""Keys are made once, private, and refused when they are not."""

import stat
from pathlib import Path

import pytest

from arena.errors import SetupError
from worker import keys, settings
from worker.settings import WorkerSettings


@pytest.fixture
def loaded(home: Path) -> WorkerSettings:
    home.mkdir()
    return settings.load({"ARENA_HOME": str(home)})


def test_keygen_makes_private_files_and_publishes_the_public_half(loaded: WorkerSettings):
    public = keys.make(loaded)
    assert stat.S_IMODE(loaded.private_folder.stat().st_mode) == 0o700
    for path in (loaded.labels_key, loaded.gate_secret):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert loaded.site.labels_key_file.read_text() == public.hex() + "\n"
    assert keys.private_key(loaded.labels_key).public_key.encode() == public


def test_keygen_again_changes_nothing(loaded: WorkerSettings):
    first = keys.make(loaded)
    before = {path: path.read_bytes() for path in loaded.private_folder.iterdir()}
    assert keys.make(loaded) == first
    assert {path: path.read_bytes() for path in loaded.private_folder.iterdir()} == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_can_reach_is_refused(loaded: WorkerSettings, mode: int):
    keys.make(loaded)
    loaded.labels_key.chmod(mode)
    with pytest.raises(SetupError) as refused:
        keys.private_key(loaded.labels_key)
    assert refused.value.code == "key_readable"


def test_a_lost_key_is_not_replaced_in_silence(loaded: WorkerSettings):
    keys.make(loaded)
    loaded.labels_key.unlink()
    with pytest.raises(SetupError) as refused:
        keys.make(loaded)
    assert refused.value.code == "labels_key_changed"


def test_a_lost_gate_secret_is_not_replaced_in_silence(loaded: WorkerSettings):
    keys.make(loaded)
    loaded.gate_secret.unlink()
    for act in (lambda: keys.make(loaded), lambda: keys.existing(loaded.gate_secret)):
        with pytest.raises(SetupError) as refused:
            act()
        assert refused.value.code == "secret_lost"
    assert not loaded.gate_secret.exists()


@pytest.mark.parametrize("content", ["", "00", "zz" * 32, "00" * 31])
def test_what_is_no_key_is_refused_without_quoting_it(loaded: WorkerSettings, content: str):
    keys.make(loaded)
    loaded.labels_key.write_text(content)
    with pytest.raises(SetupError) as refused:
        keys.private_key(loaded.labels_key)
    assert refused.value.code == "bad_key"
    assert not content or content not in refused.value.message.en.replace("64 hex", "")


def test_every_seed_is_its_own(loaded: WorkerSettings):
    assert keys.secret(loaded.seed("one")) != keys.secret(loaded.seed("two"))
    assert keys.secret(loaded.seed("one")) == keys.secret(loaded.seed("one"))


def test_settings_name_what_is_wrong(home: Path):
    given = {"ARENA_HOME": str(home), "WORKER_PROCESSES": "0", "WORKER_KEY": "x"}
    with pytest.raises(SetupError) as refused:
        settings.load(given)
    assert "WORKER_PROCESSES" in refused.value.message.en
    assert "WORKER_KEY" in refused.value.message.en
