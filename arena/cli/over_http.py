"""What a participant does over HTTP: log in, join, download, check, submit, follow."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from arena import wire
from arena.cli import joining, offline
from arena.cli import login as logins
from arena.cli.bars import bar
from arena.cli.commands import SERVER, app, command
from arena.cli.telling import decision, left, local, told_while_waiting
from arena.cli.words import language, number, said, show, show_json, show_table, tell, yes
from arena.client import Arena
from challenges.text import Text

Slug = Annotated[str, typer.Argument(metavar="SLUG", help=said("챌린지의 이름", "the challenge's name"))]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help=said("예측 파일(CSV, CSV.gz)", "prediction file (CSV, CSV.gz)"),
    ),
]
Companion = Annotated[
    Path | None,
    typer.Option(
        "--companion",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help=said(
            "챌린지가 청한 둘째 파일(순위에 들지 않음)", "the second file, where the challenge asks for one; unranked"
        ),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help=said("JSON으로 출력", "print JSON"))]


@command(
    app,
    "login",
    "사이트와 토큰을 기억합니다. 본인만 읽을 수 있는 파일에 둡니다.",
    "Remember a site and your token. They are kept in a file that only you can read.",
    example="arena login http://127.0.0.1:8000",
)
def login(
    url: Annotated[str, typer.Argument(metavar="URL", help=said("사이트의 주소", "the site's address"))],
    token: Annotated[
        str, typer.Option("--token", help=said("토큰(없으면 묻습니다)", "the token; asked for if absent"))
    ] = "",
    *,
    token_stdin: Annotated[
        bool,
        typer.Option("--token-stdin", help=said("토큰을 표준 입력에서 읽습니다", "read the token from standard input")),
    ] = False,
) -> None:
    if "://" not in url:
        url = f"https://{url}"
    if token_stdin:
        token = sys.stdin.readline().strip()
    elif not token:
        token = typer.prompt(
            said("토큰(계정 쪽에서 만듭니다)", "Token (make one on your account page)"), hide_input=True
        )
    token = token.strip()
    with Arena(url, token, language=language()) as arena:
        arena.challenges()  # a bad token or address is learnt now, not at the first submission
    kept = logins.keep(logins.Login(url.rstrip("/"), token))
    tell(Text(f"로그인했습니다. 토큰을 {kept}에 두었습니다.", f"Logged in. The token is kept in {kept}."))


@command(app, "challenges", "챌린지를 봅니다.", "List the challenges.", example="arena challenges --json")
def challenges(*, as_json: AsJson = False) -> None:
    with logins.arena() as arena:
        found = arena.challenges()
    if as_json:
        show_json([one.model_dump(mode="json") for one in found])
        return
    show_table(
        (
            Text("이름", "slug"),
            Text("상태", "status"),
            Text("마감", "closes"),
            Text("주 지표", "primary"),
            Text("제목", "title"),
        ),
        [
            (one.slug, one.status, local(one.closes_at), one.primary, Text(*_words(one.title)).pick(language()))
            for one in found
        ],
    )


@command(
    app,
    "join",
    "팀에 듭니다. 약관을 받아들이고 팀을 만들거나, 초대 코드로 팀에 듭니다.",
    "Join a challenge. Accepts the agreement and makes a team, or joins one by an invitation's code.",
    example='arena join colon-adjuvant --team "First steps" --accept 1',
)
def join(
    slug: Slug,
    team: Annotated[str, typer.Option("--team", help=said("새 팀의 이름", "name of a new team"))] = "",
    accept: Annotated[
        str, typer.Option("--accept", help=said("받아들이는 약관의 판", "version of the agreement that you accept"))
    ] = "",
    code: Annotated[str, typer.Option("--code", help=said("초대 코드", "an invitation's code"))] = "",
    *,
    as_json: AsJson = False,
) -> None:
    if bool(team) == bool(code):
        raise typer.BadParameter(said("--team이나 --code 가운데 하나를 쓰십시오.", "Give either --team or --code."))
    with logins.arena() as arena:
        joined = joining.join(arena, slug, team=team, code=code, accept=accept)
    if as_json:
        show_json(joined.model_dump(mode="json"))
        return
    tell(
        Text(
            f"{joined.name} 팀입니다. 오늘 {joined.quota.left_today}번, 모두 {joined.quota.left_total}번 낼 수 있습니다.",
            f"You are in {joined.name}: {joined.quota.left_today} submissions left today, {joined.quota.left_total} in all.",
        ),
    )


@command(
    app,
    "download",
    "챌린지의 파일을 받습니다. SHA-256을 확인하고, 끊긴 곳부터 이어 받습니다.",
    "Download a challenge's files. Checks their SHA-256 and goes on where a broken download stopped.",
    example="arena download colon-adjuvant data/",
)
def download(
    slug: Slug,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            file_okay=False,
            help=said("폴더(기본: 챌린지의 이름)", "folder (default: the challenge's name)"),
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    with logins.arena() as arena, bar(said("받는 중", "Downloading")) as progress:
        paths = arena.download(slug, folder, progress=progress)
    if as_json:
        show_json([str(path) for path in paths])
        return
    for path in paths:
        show(str(path))


@command(
    app,
    "check",
    "예측 파일을 검사합니다. 내려받은 폴더를 주면 이 컴퓨터에서 서버 없이, 챌린지의 이름을 주면 서버가 검사합니다. 제출 횟수는 줄지 않습니다.",
    "Check a prediction file. Given a downloaded folder, this computer does it without the server; given a challenge's name, the "
    "server does. It costs no submission.",
    example="arena check colon-adjuvant/ mine.csv",
)
def check(
    challenge: Annotated[
        str,
        typer.Argument(
            metavar="SLUG|DIR",
            help=said("챌린지의 이름이나 내려받은 폴더", "the challenge's name, or a folder that was downloaded"),
        ),
    ],
    file: File,
    *,
    companion: Companion = None,
    as_json: AsJson = False,
) -> None:
    folder = offline.downloaded(challenge)
    if folder is not None:
        found = offline.check(folder, file, companion)
    else:
        with logins.arena() as arena, bar(said("보내는 중", "Sending")) as progress:
            found = arena.check(challenge, file, companion=companion, progress=progress)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    tell(Text(f"좋습니다: {found.rows:,}행, 고칠 것이 없습니다.", f"Good: {found.rows:,} rows, nothing to mend."))
    _advise(found.advice)


@command(
    app,
    "submit",
    "예측 파일을 제출합니다.",
    "Submit a prediction file.",
    example='arena submit colon-adjuvant mine.csv -m "Cox, all covariates" --wait',
)
def submit(
    slug: Slug,
    file: File,
    note: Annotated[
        str, typer.Option("-m", "--note", help=said("자기 팀만 보는 메모", "a note that only your team sees"))
    ] = "",
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help=said(
                "예측을 만든 방법, 몇 문장으로(팀만 봅니다)",
                "how they were made, in a few sentences; only your team sees it",
            ),
        ),
    ] = "",
    *,
    companion: Companion = None,
    wait: Annotated[
        bool, typer.Option("--wait", help=said("결정이 날 때까지 기다립니다", "wait for the decision"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    with logins.arena() as arena:
        with bar(said("보내는 중", "Sending")) as progress:
            sent = arena.submit(slug, file, note, method=method, companion=companion, progress=progress)
        if not sent.created:
            tell(
                Text(
                    f"같은 예측을 이미 냈습니다(제출 {sent.number}). 횟수는 줄지 않았습니다.",
                    f"You have submitted these predictions before (number {sent.number}); it has cost nothing.",
                ),
            )
        _advise(sent.advice)
        found: wire.Submission = arena.wait(sent, told=told_while_waiting()) if wait else sent
        metrics = arena.challenge(slug).metrics
        quota = arena.team(slug).quota
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        show(f"{found.id}  {found.status}")
        for line in decision(found, metrics):
            show(line)
    tell(Text(left(quota), left(quota)))
    if found.status == "failed":
        raise typer.Exit(SERVER)


@command(
    app,
    "submissions",
    "자기 팀의 제출을 봅니다.",
    "List your team's submissions.",
    example="arena submissions colon-adjuvant",
)
def submissions(slug: Slug, *, as_json: AsJson = False) -> None:
    with logins.arena() as arena:
        found = list(arena.submissions(slug))
        quota = arena.team(slug).quota if found and not as_json else None
    if as_json:
        show_json([one.model_dump(mode="json") for one in found])
        return
    show_table(
        (
            Text("번호", "number"),
            Text("이름", "id"),
            Text("상태", "status"),
            Text("결정", "decision"),
            Text("보인 향상", "shown gain"),
            Text("받은 때", "received"),
            Text("최종", "final"),
            Text("메모", "note"),
        ),
        [
            (
                one.number,
                one.id,
                one.status,
                one.decision,
                number(one.shown_gain, signed=True),
                local(one.received_at),
                said("마감 뒤", "late") if one.late else yes(one.final),
                one.note,
            )
            for one in found
        ],
    )
    if quota is not None:
        tell(Text(left(quota), left(quota)))


@command(
    app,
    "leaderboard",
    "순위표를 봅니다.",
    "Show the leaderboard.",
    example="arena leaderboard colon-adjuvant --split private",
)
def leaderboard(
    slug: Slug,
    split: Annotated[str, typer.Option("--split", help=said("public 또는 private", "public or private"))] = "public",
    *,
    as_json: AsJson = False,
) -> None:
    if split not in ("public", "private"):
        raise typer.BadParameter(said("--split은 public이나 private입니다.", "--split is public or private."))
    with logins.arena() as arena:
        board = arena.leaderboard(slug, split)
    if as_json:
        show_json(board.model_dump(mode="json"))
        return
    primary = board.primary or ""
    show_table(
        (
            Text("순위", "rank"),
            Text("팀", "team"),
            Text(primary, primary),
            Text("95 % 구간", "95 % interval"),
            Text("보인 향상", "shown gain"),
            Text("", ""),
        ),
        [_board_row(row, primary) for row in board.rows],
    )


def _board_row(row: wire.BoardRow, primary: str) -> tuple[object, ...]:
    score = row.scores.get(primary)
    interval = f"[{number(score.ci[0])}, {number(score.ci[1])}]" if score is not None and score.ci else ""
    rank = f"({row.would_rank})" if row.would_rank is not None else row.rank
    mark = said("기준", "baseline") if row.baseline else said("우리 팀", "your team") if row.you else ""
    return rank, row.team, number(score.value if score else None), interval, number(row.shown_gain, signed=True), mark


def _words(words: wire.Words) -> tuple[str, str]:
    return words.ko, words.en


def _advise(advice: list[str]) -> None:
    for sentence in advice:
        tell(Text(f"도움말: {sentence}", f"Advice: {sentence}"))
