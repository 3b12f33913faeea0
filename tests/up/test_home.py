"""The home: private, whole, held by one `up`, and each refusal one sentence."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from arena.errors import SetupError
from arena.running import home as home_module
from arena.settings import Settings, load


def _modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_a_new_home_is_private_and_has_its_secrets(home: Path):
    settings = load({"ARENA_HOME": str(home)})
    assert home_module.make(settings) is True
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert set(_modes(home).values()) == {0o700}
    assert _modes(home / "secrets") == {"secret_key": 0o600, "receipts.key": 0o600}
    assert len(bytes.fromhex(settings.receipts_key_file.read_text())) == 32


def test_making_again_keeps_the_secrets_and_mends_the_modes(settings: Settings):
    secret = settings.home / "secrets" / "secret_key"
    before = secret.read_text()
    secret.chmod(0o644)
    settings.home.chmod(0o755)
    assert home_module.make(settings) is False
    assert secret.read_text() == before
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


def test_without_a_home_the_others_refuse(home: Path):
    with pytest.raises(SetupError) as refused:
        home_module.require(load({"ARENA_HOME": str(home)}))
    assert refused.value.code == "no_home"
    assert not home.exists()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SetupError) as refused:
        home_module.make(load({"ARENA_HOME": str(tmp_path / "file" / "home")}))
    assert refused.value.code == "home_unwritable"
    assert "\n" not in refused.value.message.ko + refused.value.message.en


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence(tmp_path: Path, number: int):
    with pytest.raises(SetupError) as refused, home_module.explained(tmp_path):
        raise OSError(number, os.strerror(number))
    assert refused.value.code == "disk_full"
    assert "Free at least 64 MB" in refused.value.message.en


def test_an_error_of_another_kind_stays_itself(tmp_path: Path):
    with pytest.raises(OSError, match="Input/output"), home_module.explained(tmp_path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_second_holder_is_refused_with_the_first_ones_number(settings: Settings):
    with home_module.held(settings.home):
        with pytest.raises(SetupError) as refused, home_module.held(settings.home):
            pass
        assert refused.value.code == "already_up"
        assert str(os.getpid()) in refused.value.message.en
    with home_module.held(settings.home):
        pass


def test_a_process_that_inherited_the_lock_keeps_the_home(settings: Settings):
    with home_module.held(settings.home) as handle:
        inheritor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(handle,))
    try:
        with pytest.raises(SetupError), home_module.held(settings.home):
            pass
    finally:
        inheritor.communicate(b"\n")
    with home_module.held(settings.home):
        pass
