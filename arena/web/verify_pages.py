"""Checking a receipt in the browser: pasted or uploaded, by anybody, against this site's key."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from arena import receipts
from arena.errors import Invalid
from arena.receipts import Examined
from arena.web import limits
from arena.web.rendering import page
from arena.web.site import site
from challenges.text import Text

blueprint = Blueprint("verify", __name__)

NOTHING = Text("접수증을 붙여 넣거나 파일을 고르십시오.", "Paste a receipt, or choose its file.")
NO_DIGEST = Text("sha256은 16진수 64자입니다.", "A SHA-256 has 64 hex digits.")


def _page(
    status: int = 200, *, text: str = "", digest: str = "", error: Invalid | None = None, found: Examined | None = None
) -> Response:
    key = receipts.key_of(site().sign)
    return page(
        "verify.html",
        status,
        key=key,
        fingerprint=receipts.fingerprint(key),
        text=text,
        digest=digest,
        error=error,
        found=found,
        faults=[receipts.FAULTS[code] for code in found.faults] if found else [],
        attested=_vouched(found),
    )


def _vouched(found: Examined | None) -> list[tuple[Text, str]]:
    """Return what a receipt says, if this site stands by it."""
    if found is None or found.receipt is None or {"other_key", "bad_signature"} & set(found.faults):
        return []
    return receipts.attested(found.receipt)


@blueprint.get("/verify")
def show() -> ResponseReturnValue:
    """Show the form, and the key that receipts are signed with."""
    return _page()


@blueprint.post("/verify")
@limits.change_limit
def examine() -> ResponseReturnValue:
    """Say of a receipt whether this site signed it as it is."""
    sent = request.files.get("file")
    text = request.form.get("receipt", "")
    if sent is not None and sent.filename:
        text = sent.stream.read(receipts.LARGEST + 1).decode("utf-8", "replace")
    digest = request.form.get("sha256", "").strip().lower()
    if not text.strip():
        return _page(422, digest=digest, error=Invalid("no_receipt", NOTHING, fields={"receipt": NOTHING}))
    if digest and not receipts.is_key(digest):
        error = Invalid("bad_digest", NO_DIGEST, fields={"sha256": NO_DIGEST})
        return _page(422, text=text[: receipts.LARGEST], digest=digest[:100], error=error)
    found = receipts.examine(text, receipts.key_of(site().sign), digest or None)
    return _page(text=text[: receipts.LARGEST], digest=digest, found=found)


@blueprint.get("/receipt-key.json")
def key() -> ResponseReturnValue:
    """Send the key, to be kept for the day on which this site cannot be asked."""
    found = receipts.key_of(site().sign)
    content = {"key": found, "fingerprint": receipts.fingerprint(found)}
    answer = Response(json.dumps(content, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="receipt-key.json"'
    return answer
