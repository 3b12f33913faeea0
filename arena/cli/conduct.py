"""What an organizer does with a challenge on the site: schedule, extend, pause, resume, withdraw, cancel, try out."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from arena import wire_organizer as wire
from arena.cli import login as logins
from arena.cli.bars import bar
from arena.cli.commands import REFUSED, SERVER, challenge, command
from arena.cli.over_http import AsJson, File, Slug
from arena.cli.telling import local
from arena.cli.verified import show_verification
from arena.cli.words import number, said, show, show_json, tell
from challenges.text import Text

PATIENCE = 120.0
Opens = Annotated[
    str,
    typer.Option(
        "--opens", help=said("여는 때: 2026-11-01T00:00+09:00 또는 now", "opening: 2026-11-01T00:00+09:00, or now")
    ),
]
Closes = Annotated[
    str, typer.Option("--closes", help=said("마감: 2026-12-31T18:00+09:00", "close: 2026-12-31T18:00+09:00"))
]
Why = Annotated[str, typer.Option("--reason", help=said("까닭. 장부에 남습니다", "why; kept in the ledger"))]


def moment(text: str) -> datetime | None:
    """Return a date and time as it was typed; without its offset nobody can say when it is."""
    if not text:
        return None
    if text == "now":
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(
            said(
                f"{text}: 시간대를 붙여 2026-11-01T00:00+09:00처럼 적으십시오.",
                f"{text}: give date, time and offset, such as 2026-11-01T00:00+09:00.",
            ),
        )
    return found


def show_state(state: wire.ChallengeState, *, as_json: bool) -> None:
    """Print where a challenge stands."""
    if as_json:
        show_json(state.model_dump(mode="json"))
        return
    show(f"{state.slug}  {state.version}  {state.state}  {state.status}")
    if state.opens_at:
        opens, closes = local(state.opens_at), local(state.closes_at)
        tell(Text(f"열림 {opens}, 마감 {closes}", f"Opens {opens}, closes {closes}"))
    for reason in filter(None, (state.paused, state.stopped)):
        tell(Text(f"까닭: {reason}", f"Why: {reason}"))


@command(
    challenge,
    "verification",
    "보낸 챌린지의 검증을 봅니다.",
    "Show the verification of a sent challenge. Codes and places, no figure made from labels.",
    example="arena challenge verification one-year-mortality",
)
def challenge_verification(slug: Slug, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        found = arena.verification(slug)
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        show_verification(found)
    if found.state == "refused":
        raise typer.Exit(REFUSED)


@command(
    challenge,
    "schedule",
    "검증을 마친 챌린지를 발행합니다. 열기 전에는 일정도 바꿉니다.",
    "Publish a verified challenge. Before it opens, its calendar can be moved too.",
    example='arena challenge schedule one-year-mortality --opens now --closes "2026-12-31T18:00+09:00"',
)
def challenge_schedule(slug: Slug, opens: Opens = "", closes: Closes = "", *, as_json: AsJson = False) -> None:
    opens_at, closes_at = moment(opens), moment(closes)
    with logins.organizer() as arena:
        show_state(arena.schedule(slug, opens_at=opens_at, closes_at=closes_at), as_json=as_json)


@command(
    challenge,
    "extend",
    "마감을 늦춥니다.",
    "Move a close to a later time. Never to an earlier one.",
    example='arena challenge extend one-year-mortality --closes "2027-01-15T18:00+09:00" --reason "A server was away"',
)
def challenge_extend(slug: Slug, closes: Closes, reason: Why, *, as_json: AsJson = False) -> None:
    closes_at = moment(closes)
    if closes_at is None:
        raise typer.BadParameter(said("--closes가 필요합니다.", "--closes is needed."))
    with logins.organizer() as arena:
        show_state(arena.extend(slug, closes_at=closes_at, reason=reason), as_json=as_json)


@command(
    challenge,
    "pause",
    "제출을 잠시 받지 않습니다. 참가자는 까닭을 읽습니다.",
    "Pause submissions. Participants read why, and it costs them nothing.",
    example='arena challenge pause one-year-mortality --reason "The dictionary is being corrected"',
)
def challenge_pause(slug: Slug, reason: Why, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        show_state(arena.pause(slug, reason=reason), as_json=as_json)


@command(
    challenge,
    "resume",
    "제출을 다시 받습니다.",
    "Take submissions again.",
    example="arena challenge resume one-year-mortality",
)
def challenge_resume(slug: Slug, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        show_state(arena.resume(slug), as_json=as_json)


@command(
    challenge,
    "withdraw",
    "열기 전에 챌린지를 거두어들입니다.",
    "Withdraw a challenge before it opens. Nobody but its organizers sees it any more.",
    example='arena challenge withdraw one-year-mortality --reason "The split was drawn wrongly"',
)
def challenge_withdraw(slug: Slug, reason: Why, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        show_state(arena.withdraw(slug, reason=reason), as_json=as_json)


@command(
    challenge,
    "cancel",
    "열린 챌린지를 취소합니다. 모두가 까닭을 읽습니다.",
    "Cancel a challenge that has opened. Everybody reads why; it cannot be undone.",
    example='arena challenge cancel one-year-mortality --reason "The labels were published elsewhere"',
)
def challenge_cancel(slug: Slug, reason: Why, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        show_state(arena.cancel(slug, reason=reason), as_json=as_json)


@command(
    challenge,
    "adopt",
    "검증을 마친 새 판이 지금 판을 대신하게 합니다.",
    "Let a verified new version take the present one's place. Its public note goes into the ledger.",
    example="arena challenge adopt one-year-mortality 1.1.0",
)
def challenge_adopt(
    slug: Slug,
    version: Annotated[str, typer.Argument(metavar="VERSION", help=said("새 판", "the new version"))],
    *,
    as_json: AsJson = False,
) -> None:
    with logins.organizer() as arena:
        show_state(arena.adopt(slug, version), as_json=as_json)


@command(
    challenge,
    "dry-run",
    "열기 전에 예측 파일 하나를 채점기로 시험합니다. 제출은 남지 않습니다.",
    "Try a prediction file before the opening. A real worker scores it, and no submission is left.",
    example="arena challenge dry-run one-year-mortality sample_submission.csv",
)
def challenge_dry_run(slug: Slug, file: File, *, as_json: AsJson = False) -> None:
    with logins.organizer() as arena:
        with bar(said("보내는 중", "Sending")) as progress:
            found = arena.send_dry_run(slug, file, progress=progress)
        give_up = time.monotonic() + PATIENCE
        while found.state == "waiting" and time.monotonic() < give_up:
            time.sleep(0.3)
            found = arena.dry_run(slug)
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        took = f"{found.seconds:.1f} s" if found.seconds is not None else ""
        show(f"{slug}  {found.state}  {' '.join(found.codes) or ('ok' if found.ok else '')}  {took}".rstrip())
        for key, score in found.scores.items():
            show(f"  {key:<24} {number(score.value) if score.value is not None else f'– ({score.reason})'}")
    if found.state == "done" and not found.ok:
        raise typer.Exit(REFUSED)
    if found.state != "done":
        raise typer.Exit(SERVER)
