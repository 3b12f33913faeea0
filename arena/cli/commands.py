"""The command line's frame: its groups, how a command is declared, and how every error ends."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

import typer

from arena import client
from arena.cli.words import said, tell
from arena.errors import ArenaError, Invalid, OurFault, SetupError
from challenges.text import Text

REFUSED, USAGE, SERVER = 1, 2, 3
Function = TypeVar("Function", bound=Callable[..., Any])


def _group(ko: str, en: str) -> typer.Typer:
    return typer.Typer(
        help=said(ko, en),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


app = _group(
    "암 데이터 예측 챌린지: 참가하고, 열고, 운영합니다.",
    "Prediction challenges on cancer data: take part, organize, operate.",
)
users = _group("이 인스턴스의 계정.", "Accounts of this instance.")
challenge = _group(
    "챌린지를 만들고, 검사하고, 보내고, 열고, 닫고, 공개합니다.",
    "Make, check, publish, open, close and reveal challenges.",
)
app.add_typer(users, name="user")
app.add_typer(challenge, name="challenge")


def command(group: typer.Typer, name: str, ko: str, en: str, *, example: str) -> Callable[[Function], Function]:
    """Declare a command with its sentence and its example."""

    def declared(function: Function) -> Function:
        epilog = said(f"예: {example}", f"Example: {example}")
        group.command(name, help=said(ko, en), epilog=epilog)(function)
        return function

    return declared


def server_part(name: str) -> ModuleType:
    """Import a part of the server for a command that needs it.

    The light client has none of them, and `arena.main` stands above this package: it composes what is called here.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("arena", "challenges", "scorers"):
            raise
        raise not_installed("server", error.name) from error


def not_installed(extra: str, missing: str | None) -> SetupError:
    """Return the sentence for a command whose part was not installed."""
    wanted = f"pip install 'cancer-challenge-arena[{extra}]'"
    return SetupError(
        "not_installed",
        Text(
            f"이 명령에 필요한 {missing}이(가) 없습니다. {wanted}로 설치하십시오.",
            f"This command needs {missing}, which is not installed. Install it: {wanted}",
        ),
    )


def main() -> None:
    """Run the command line; every error becomes a sentence and an exit code."""
    try:
        app(prog_name="arena")
    except client.Refused as error:
        _refused(error)
        sys.exit(REFUSED)
    except client.Unreachable as error:
        tell(Text(f"서버가 제대로 답하지 않았습니다: {error}", f"The server did not answer as it should: {error}"))
        sys.exit(SERVER)
    except client.Damaged as error:
        tell(Text(f"{error.name}이(가) 오는 길에 깨졌습니다. 다시 받으십시오.", f"{error}"))
        sys.exit(SERVER)
    except TimeoutError:
        tell(
            Text(
                "아직 끝나지 않았습니다. 잃은 것은 없으니 'arena submissions'로 다시 보십시오.",
                "Not finished yet. Nothing is lost; look again with 'arena submissions'.",
            ),
        )
        sys.exit(SERVER)
    except ArenaError as error:
        _ours(error)
        sys.exit(_code(error))
    except OSError as error:
        tell(
            Text(
                f"{error.filename or ''}: {error.strerror or error}",
                f"{error.filename or ''}: {error.strerror or error}",
            )
        )
        sys.exit(REFUSED)


def _code(error: ArenaError) -> int:
    if isinstance(error, OurFault):
        return SERVER
    # Settings and a home that is not there are wrong calls; the rest was tried and refused.
    return (
        USAGE if isinstance(error, SetupError) and error.code in ("settings", "no_home", "not_installed") else REFUSED
    )


def _refused(error: client.Refused) -> None:
    tell(Text(error.problem.detail, error.problem.detail))
    for item in error.problem.errors:
        if item.message == error.problem.detail and item.line is None and item.column is None:
            continue  # the sentence has just been said
        where = " ".join(
            part
            for part in (
                said(f"{item.line}행", f"line {item.line}") if item.line is not None else "",
                item.column or "",
                item.field or "",
            )
            if part
        )
        sentence = f"  {where}{': ' if where else ''}{item.message} [{item.code}]"
        tell(Text(sentence, sentence))
    rest = error.problem.total - len(error.problem.errors)
    if rest > 0:
        tell(Text(f"  … 그 밖에 {rest:,}건", f"  … and {rest:,} more"))
    if error.problem.mend:
        tell(Text(f"여기서 고칩니다: {error.problem.mend}", f"Mend it here: {error.problem.mend}"))
    if error.status == 401:
        tell(Text("'arena login URL'로 토큰을 다시 넣으십시오.", "Enter a token with 'arena login URL'."))


def _ours(error: ArenaError) -> None:
    tell(error.message)
    for name, text in error.fields.items():
        tell(Text(f"  {name}: {text.ko}", f"  {name}: {text.en}"))
    if isinstance(error, Invalid):
        for problem in error.problems:
            tell(Text(f"  {problem.message.ko} [{problem.code}]", f"  {problem.message.en} [{problem.code}]"))
