"""The port is taken before anything else, and a refusal says what to do."""

import socket
from contextlib import closing

import pytest

from arena.errors import SetupError
from arena.running.listening import listen
from arena.settings import load


def test_any_free_port_is_taken_and_answers():
    with closing(listen(load({"ARENA_PORT": "0"}))) as listener:
        socket.create_connection(listener.getsockname(), timeout=5).close()


def test_a_taken_port_is_refused_by_its_number():
    with closing(listen(load({"ARENA_PORT": "0"}))) as listener:
        port = str(listener.getsockname()[1])
        with pytest.raises(SetupError) as refused:
            listen(load({"ARENA_PORT": port}))
    assert refused.value.code == "port_taken"
    assert port in refused.value.message.ko
    assert port in refused.value.message.en


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_refused(host: str):
    with pytest.raises(SetupError) as refused:
        listen(load({"ARENA_HOST": host, "ARENA_PORT": "0"}))
    assert refused.value.code == "host_unknown"
    assert host in refused.value.message.en
