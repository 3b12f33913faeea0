"""A worker's verification of an upload in words, for the shell."""

import typer

from arena import wire_organizer as wire
from arena.cli.commands import SERVER
from arena.cli.tools import show_finding
from arena.cli.words import said, tell
from arena.organizer import Organizer
from challenges.text import Text


def followed(arena: Organizer, slug: str) -> wire.Verification:
    """Wait for the verification, and say so."""
    tell(Text("채점기가 검증합니다 …", "A worker is verifying it …"))
    try:
        return arena.verified(slug)
    except TimeoutError:
        tell(
            Text(
                f"아직 끝나지 않았습니다. 잃은 것은 없으니 'arena challenge verification {slug}'으로 다시 보십시오.",
                f"Not finished yet. Nothing is lost; look again with 'arena challenge verification {slug}'.",
            ),
        )
        raise typer.Exit(SERVER) from None


def show_verification(found: wire.Verification) -> None:
    """Say what a worker found, mistakes first."""
    for one in sorted(found.findings, key=lambda one: one.severity != "mistake"):
        mark = "" if one.severity == "mistake" else said("참고: ", "note: ")
        show_finding({**one.model_dump(), "message": {"ko": one.message, "en": one.message}}, mark)
    words = {
        "verifying": Text("아직 검증하고 있습니다.", "It is still being verified."),
        "refused": Text(
            "받아들이지 않았습니다. 고쳐서 다시 보내십시오.", "Refused. Mend it and send it again; nobody has seen it."
        ),
        "dropped": Text("더 새로운 묶음이 대신했습니다.", "A newer upload has taken its place."),
    }
    tell(words.get(found.state, Text("검증을 마쳤습니다.", "Verified.")))


def show_next(url: str, found: wire.Verification) -> None:
    """Say what an organizer does next with a verified upload."""
    slug = found.slug
    if found.state == "verified":
        tell(
            Text(
                f"새 판이 기다립니다. 지금 판을 대신하게 하려면: arena challenge adopt {slug} {found.version}",
                f"The new version waits. To let it take the present one's place: arena challenge adopt {slug} {found.version}",
            ),
        )
        return
    tell(
        Text(
            f"참가자가 볼 그대로 보기(주최자만 봅니다): {url}/challenges/{slug}\n"
            f"파일 하나로 시험하기: arena challenge dry-run {slug} FILE\n"
            f"발행하기: arena challenge schedule {slug} --opens … --closes …",
            f"See it as participants will (only its organizers can): {url}/challenges/{slug}\n"
            f"Try a file: arena challenge dry-run {slug} FILE\n"
            f"Publish it: arena challenge schedule {slug} --opens … --closes …",
        ),
    )
