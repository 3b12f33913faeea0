"""Joining a challenge over HTTP: the agreement, asking to take part where the organizers want to be asked, the team."""

import typer

from arena import wire
from arena.cli.commands import REFUSED
from arena.cli.words import language, show, tell
from arena.client import Arena, Refused
from challenges.text import Text


def join(arena: Arena, slug: str, *, team: str, code: str, accept: str) -> wire.Team:
    """Make a team or join one by its invitation's code; whatever stands before that is done or told."""
    agreement = arena.challenge(slug).agreement
    if agreement is not None and not agreement.accepted:
        _agree(arena, slug, agreement, accept)
    try:
        return _enter(arena, slug, team, code)
    except Refused as refusal:
        if refusal.code != "not_admitted":
            raise
    _ask_to_take_part(arena, slug)
    return _enter(arena, slug, team, code)


def _enter(arena: Arena, slug: str, team: str, code: str) -> wire.Team:
    return arena.join(code) if code else arena.create_team(slug, team)


def _agree(arena: Arena, slug: str, agreement: wire.AgreementTerms, accept: str) -> None:
    if not accept:
        show(Text(agreement.text.ko, agreement.text.en).pick(language()))
        tell(
            Text(
                f"읽고 동의하면 '--accept {agreement.version}'을 붙여 다시 하십시오.",
                f"If you agree, add '--accept {agreement.version}' and try again.",
            ),
        )
        raise typer.Exit(REFUSED)
    arena.accept(slug, accept)


def _ask_to_take_part(arena: Arena, slug: str) -> None:
    """Ask the organizers; end here unless that lets the caller in at once."""
    try:
        if arena.ask_to_take_part(slug, {}).state == "admitted":
            return
    except Refused as refusal:
        if refusal.code != "answers":
            raise
        tell(
            Text(
                f"주최자가 묻는 것이 있습니다. {arena.url}/challenges/{slug}/participation 에서 답하십시오.",
                f"The organizers ask something. Answer at {arena.url}/challenges/{slug}/participation.",
            ),
        )
        raise typer.Exit(REFUSED) from None
    tell(
        Text(
            "참가를 신청했습니다. 주최자가 받아들이면 같은 명령을 다시 쓰십시오.",
            "You have asked to take part. Once the organizers have admitted you, give the same command again.",
        ),
    )
    raise typer.Exit(REFUSED)
