"""What an operator does on this instance; every command loads the server's parts only when it is called."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from arena import scopes, settings
from arena.cli.commands import REFUSED, app, challenge, command, server_part, users
from arena.cli.over_http import AsJson, Slug
from arena.cli.telling import local
from arena.cli.words import language, said, show, show_json, show_table, tell
from challenges.text import Text

Email = Annotated[str, typer.Argument(metavar="EMAIL", help=said("계정의 주소", "the account's address"))]
MAIN, ACTING = "arena.main", "arena.cli.acting"


@command(
    app,
    "up",
    "모든 것을 이 자리에서 시작합니다. Ctrl-C로 멈춥니다.",
    "Start everything. It stays in the foreground; Ctrl-C stops it.",
    example="arena up",
)
def up() -> None:
    server_part(MAIN).run_up(settings.load())


@command(app, "web", "쪽과 API만 내보냅니다.", "Serve the pages and the API only.", example="arena web")
def web() -> None:
    server_part(MAIN).run_web(settings.load())


@command(app, "worker", "채점기를 시작합니다.", "Start the scoring workers.", example="arena worker")
def worker() -> None:
    server_part(MAIN).run_worker(settings.load())


@command(app, "sweeper", "청소기를 시작합니다.", "Start the sweeper.", example="arena sweeper")
def sweeper() -> None:
    server_part(MAIN).run_sweeper(settings.load())


@command(
    app,
    "migrate",
    "데이터베이스를 맞춥니다. 이 판의 모양으로 바꾸고 이전 것의 사본을 남깁니다.",
    "Migrate the database. It gets this version's schema, and a copy of it is kept.",
    example="arena migrate",
)
def migrate() -> None:
    kept = server_part(MAIN).migrate(settings.load())
    tell(Text("데이터베이스를 맞추었습니다.", "The database is up to date."))
    if kept is not None:
        show(str(kept))


@command(
    app,
    "doctor",
    "인스턴스의 각 부분을 살펴봅니다. 아무것도 바꾸지 않습니다.",
    "Look at every part of the instance. Nothing is changed.",
    example="arena doctor --json",
)
def doctor(*, as_json: AsJson = False) -> None:
    findings = server_part(MAIN).doctor(settings.load())
    if as_json:
        show_json([{"part": one.part, "state": one.state, "text": one.text._asdict()} for one in findings])
    else:
        marks = {"good": said("좋음", "good"), "note": said("참고", "note"), "bad": said("고칠 것", "mend")}
        show_table(
            (Text("부분", "part"), Text("상태", "state"), Text("", "")),
            [(one.part, marks[one.state], one.text.pick(language())) for one in findings],
        )
    if any(one.state == "bad" for one in findings):
        raise typer.Exit(REFUSED)


@command(
    users,
    "create",
    "계정을 만듭니다. 비밀번호를 주지 않으면 그것을 정하는 한 번짜리 주소를 찍습니다.",
    "Make an account. Without a password, a one-time link to set one is printed.",
    example="arena user create kim@example.org --name 김하나 --admin",
)
def user_create(
    email: Email,
    name: Annotated[
        str, typer.Option("--name", help=said("이름(기본: 주소의 앞부분)", "name (default: the address before @)"))
    ] = "",
    *,
    admin: Annotated[bool, typer.Option("--admin", help=said("관리자로", "as an administrator"))] = False,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin", help=said("비밀번호를 표준 입력에서 읽습니다", "read the password from standard input")
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    made = server_part(ACTING).create_user(
        settings.load(), email=email, name=name or email.partition("@")[0], admin=admin, password=password
    )
    if as_json:
        show_json(made)
        return
    tell(Text(f"{made['email']} 계정을 만들었습니다.", f"The account {made['email']} is made."))
    if made["link"]:
        show(made["link"])


@command(
    users,
    "token",
    "계정의 새 API 토큰을 찍습니다. 한 번만 보입니다.",
    "Print a new API token of an account. It is shown once.",
    example="arena user token kim@example.org | arena login http://127.0.0.1:8000 --token-stdin",
)
def user_token(
    email: Email,
    name: Annotated[str, typer.Option("--name", help=said("토큰의 이름", "the token's name"))] = "arena user token",
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help=said(
                "할 수 있는 일: read, submit, organize. 여러 번 쓸 수 있습니다(기본: 모두)",
                "what it may do: read, submit, organize; can be given several times (default: all)",
            ),
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            "--days", min=1, max=3650, help=said("며칠 동안(기본: 끝나지 않음)", "for how many days (default: no end)")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    secret = server_part(ACTING).issue_token(
        settings.load(), email=email, name=name, may=scope or scopes.ALL, days=days
    )
    if as_json:
        show_json({"email": email, "token": secret})
        return
    show(secret)


@command(
    app,
    "grant",
    "역할을 줍니다. 챌린지의 organizer나 judge, 인스턴스의 creator입니다.",
    "Give somebody a role. Organizer or judge of a challenge, creator on the instance.",
    example="arena grant kim@example.org judge colorectal-fitness",
)
def grant(
    email: Email,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="organizer | judge | creator")],
    slug: Annotated[
        str | None, typer.Argument(metavar="[SLUG]", help=said("챌린지의 이름", "the challenge's name"))
    ] = None,
) -> None:
    if role not in ("organizer", "judge", "creator") or (role == "creator") != (slug is None):
        raise typer.BadParameter(
            said(
                "organizer SLUG, judge SLUG, creator 가운데 하나입니다.", "One of: organizer SLUG, judge SLUG, creator."
            ),
        )
    server_part(ACTING).grant(settings.load(), email=email, role=role, slug=slug)
    granted = f"{email}: {role} {slug or ''}".rstrip()
    tell(Text(granted, granted))


@command(
    challenge,
    "list",
    "이 인스턴스의 챌린지를 봅니다.",
    "List the challenges of this instance.",
    example="arena challenge list",
)
def challenge_list(*, as_json: AsJson = False) -> None:
    found = server_part(ACTING).challenges(settings.load())
    if as_json:
        show_json([asdict(one) | {"closes_at": one.closes_at.isoformat() if one.closes_at else None} for one in found])
        return
    show_table(
        (
            Text("이름", "slug"),
            Text("판", "version"),
            Text("상태", "status"),
            Text("마감", "closes"),
            Text("제출한 팀", "teams"),
            Text("기다리는 채점", "waiting"),
        ),
        [(one.slug, one.version, one.status, local(one.closes_at), one.teams, one.waiting) for one in found],
    )


@command(
    challenge,
    "close",
    "챌린지를 지금 마감합니다. 이미 받은 제출은 채점합니다.",
    "Close a challenge now. What was received before is still scored.",
    example="arena challenge close colorectal-fitness",
)
def challenge_close(slug: Slug) -> None:
    server_part(ACTING).close(settings.load(), slug)
    tell(Text(f"{slug}: 마감했습니다.", f"{slug}: closed."))


@command(
    challenge,
    "reveal",
    "마감한 챌린지의 결과를 공개합니다. 최종 제출을 비공개 자료로 채점합니다.",
    "Reveal a closed challenge. The finals are scored on the private split, then everything is shown.",
    example="arena challenge reveal colorectal-fitness",
)
def challenge_reveal(
    slug: Slug,
    *,
    wait: Annotated[
        bool,
        typer.Option("--wait/--no-wait", help=said("다 공개될 때까지 기다립니다", "wait until everything is revealed")),
    ] = True,
) -> None:
    if server_part(ACTING).reveal(settings.load(), slug, wait=wait):
        tell(Text(f"{slug}: 공개했습니다.", f"{slug}: revealed."))
    else:
        tell(
            Text(
                f"{slug}: 채점이 끝나는 대로 공개됩니다.",
                f"{slug}: it will be revealed as soon as the finals are scored.",
            ),
        )
