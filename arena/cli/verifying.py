"""Checking a receipt: against a site's published key, or without any network against a key that was kept."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from arena import receipts
from arena.cli import login as logins
from arena.cli.commands import REFUSED, app, command
from arena.cli.words import language, said, show, show_json, tell
from arena.client import Arena, Refused, Unreachable
from arena.errors import SetupError
from arena.receipts import Examined

CHUNK = 1 << 20


@command(
    app,
    "verify",
    "접수증을 확인합니다. 서명한 것이 그 사이트인지, 파일이 그 파일인지 봅니다.",
    "Verify a receipt: whether the site signed it, and whether a file is the one that it names.",
    example="arena verify receipt-colon-adjuvant-3.json mine.csv --url https://arena.example.org",
)
def verify(
    receipt: Annotated[
        Path,
        typer.Argument(metavar="RECEIPT", exists=True, dir_okay=False, help=said("접수증(JSON)", "the receipt (JSON)")),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help=said("낸 예측 파일", "the prediction file that was sent")
        ),
    ] = None,
    url: Annotated[
        str,
        typer.Option(
            "--url",
            help=said(
                "열쇠를 받을 사이트(기본: 로그인한 곳)", "the site whose key counts; by default the one of the login"
            ),
        ),
    ] = "",
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help=said("받아 둔 열쇠. 네트워크를 쓰지 않습니다", "a key that was kept; no network is used"),
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help=said("JSON으로 출력", "print JSON"))] = False,
) -> None:
    if url and key:
        raise typer.BadParameter(said("--url과 --key 가운데 하나만 쓰십시오.", "Give either --url or --key."))
    public_key = _kept(key) if key else _published(url or _remembered())
    digest = _sha256(file) if file else None
    text = receipt.read_bytes()[: receipts.LARGEST + 1].decode("utf-8", "replace")
    found = receipts.examine(text, public_key, digest)
    if as_json:
        show_json(_as_json(found, public_key, digest))
    else:
        _say(found, public_key, digest)
    if not found.valid:
        raise typer.Exit(REFUSED)


def _kept(path: Path) -> str:
    """Return a key from a file that holds it alone, or as the API gives it."""
    text = path.read_bytes()[:4096].decode("utf-8", "replace").strip()
    try:
        given = json.loads(text)
        text = str(given["key"]) if isinstance(given, dict) else text
    except (ValueError, KeyError):
        pass
    if not receipts.is_key(text.lower()):
        raise typer.BadParameter(
            said("열쇠 파일에는 16진수 64자가 있어야 합니다.", "A key file holds 64 hex digits."), param_hint="--key"
        )
    return text.lower()


def _remembered() -> str:
    try:
        return logins.login().url
    except SetupError:
        raise typer.BadParameter(
            said(
                "누구의 열쇠로 확인할지 --url이나 --key로 알려 주십시오.", "Say whose key counts, with --url or --key."
            )
        ) from None


def _published(url: str) -> str:
    if "://" not in url:
        url = f"https://{url}"
    with Arena(url, language=language()) as arena:
        try:
            found = arena.receipt_key().key
        except Refused as error:
            # A site that publishes no key has not said that the receipt is wrong.
            raise Unreachable(error.problem.detail) from None
    if not receipts.is_key(found):
        raise Unreachable(url)
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _as_json(found: Examined, public_key: str, digest: str | None) -> dict[str, Any]:
    return {
        "valid": found.valid,
        "faults": [{"code": code, "message": receipts.FAULTS[code].pick(language())} for code in found.faults],
        "receipt": found.receipt,
        "key": public_key,
        "fingerprint": receipts.fingerprint(public_key),
        "file_sha256": digest,
    }


def _say(found: Examined, public_key: str, digest: str | None) -> None:
    for code in found.faults:
        tell(receipts.FAULTS[code])
    if found.valid:
        show(said("진짜 접수증입니다. 이 열쇠의 주인이 서명했습니다.", "Genuine: signed by the holder of this key."))
        if digest:
            show(said("파일도 접수증의 파일입니다.", "The file is the one that it names."))
        else:
            show(said("파일은 견주지 않았습니다.", "No file was compared."))
    print_key = receipts.fingerprint(public_key)
    show(said(f"열쇠의 지문: {print_key}", f"Fingerprint of the key: {print_key}"))
    if found.receipt is None or "bad_signature" in found.faults or "other_key" in found.faults:
        return  # what nobody vouches for is not repeated
    for words, value in receipts.attested(found.receipt):
        line = "".join(sign if sign.isprintable() else " " for sign in str(value))
        show(f"  {words.pick(language())}: {line}")
