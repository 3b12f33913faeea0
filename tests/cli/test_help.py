"""Every command explains itself, in both languages, with an example that can be typed."""

import re
import shlex

import pytest
import typer

from arena import cli


def commands(group=None, path=()):
    group = group or typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands())


def test_the_commands_are_those_of_the_public_surface():
    assert {" ".join(path) for path in COMMANDS} >= {
        "up", "web", "worker", "sweeper", "migrate", "doctor", "user create", "user token", "grant",
        "challenge check", "challenge score", "challenge list", "challenge close", "challenge reveal", "metrics",
        "login", "challenges", "join", "download", "check", "submit", "submissions", "leaderboard",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_has_a_sentence_and_an_example_that_it_understands(path):
    command = COMMANDS[path]
    assert len(command.help) > 10
    example = re.split(": ", command.epilog, maxsplit=1)[1]
    words = shlex.split(example.split(" | ")[0])
    assert words[: len(path) + 1] == ["arena", *path]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_help_is_in_the_language_of_the_shell(arena):
    english = arena("submit", "--help")
    korean = arena("submit", "--help", language="ko_KR.UTF-8")
    assert (english.returncode, korean.returncode) == (0, 0)
    assert ("Submit a prediction file." in english.stdout, "Example: arena submit" in english.stdout) == (True, True)
    assert ("예측 파일을 제출합니다." in korean.stdout, "예: arena submit" in korean.stdout) == (True, True)
    assert not re.search("[가-힣]", english.stdout)


def test_no_command_is_long_for_a_newcomer(arena):
    done = arena("--help")
    assert done.returncode == 0
    assert not [line for line in done.stdout.splitlines()[1:] if line.endswith("...")]


def test_metrics_are_listed_for_people_and_for_scripts(arena):
    import json

    found = json.loads(arena("metrics", "--json").stdout)
    names = {one["name"] for one in found}
    assert {"harrell_c", "ipa", "roc_auc", "interval_score", "wolbers_c"} <= names
    table = arena("metrics", language="ko_KR.UTF-8").stdout
    assert all(name in table for name in names)
