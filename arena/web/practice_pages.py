"""Practice: a prediction file of the validation part, scored in full, beside the earlier ones of its owner."""

from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import datasets, hosting, practising
from arena.errors import ArenaError, Invalid, NotFound, UserError
from arena.hosting import Hosted
from arena.practising import Against
from arena.store.models import Practice, User
from arena.submissions import Prepared
from arena.web import limits, practice_report, reports
from arena.web.account_pages import require_user
from arena.web.answers import digits
from arena.web.forms import FORM_BYTES, csrf
from arena.web.scenes import Scene, scene
from arena.web.site import now, reading, site, writing
from challenges.text import Text

blueprint = Blueprint("practice", __name__)


def _page(
    here: Scene, status: int = 200, *, error: ArenaError | None = None, filename: str = "", note: str = ""
) -> Response:
    hosted = here.hosted
    if not practising.is_offered(hosted):
        raise NotFound(practising.NO_PART)
    part = hosted.files[str(hosted.definition.files.validation)]
    with reading() as session:
        history = practising.history(session, here.user, hosted) if here.user else []
    return here.page(
        "practice.html",
        status,
        tab="practice",
        part=part,
        part_rows=len(practising.expected_ids(site().blobs, hosted).ids),
        history=[practice_report.summary(hosted, view) for view in history],
        ready=[view for view in history if view.status == "done"],
        waiting=any(view.status == "waiting" and view.own for view in history),
        kept=practising.KEPT.days,
        error=error,
        filename=filename,
        note=note,
        chosen=request.form.get("earlier") if request.method == "POST" else None,
        starter=_starter(hosted),
    )


def _starter(hosted: Hosted) -> str | None:
    return next(
        (name for name, file in sorted(hosted.files.items()) if file.role == "starter" and name.endswith(".py")), None
    )


@blueprint.get("/challenges/<slug>/practice")
def show(slug: str) -> ResponseReturnValue:
    """Show how to practise, the form, and what was sent before."""
    with reading() as session:
        here = scene(session, slug)
    return _page(here)


@blueprint.post("/challenges/<slug>/practice")
@csrf.exempt  # type: ignore[untyped-decorator]
@limits.upload_limit
def send(slug: str) -> ResponseReturnValue:
    """Check a practice file, and the one that it is compared with, and hand it to a worker."""
    user = require_user()
    with reading() as session:
        here = scene(session, slug)
        practising.require_allowed(session, user, here.hosted, here.at)
        practising.require_free(session, user)
    # The body has not been read so far: it may be as large as this challenge allows, and no larger.
    request.max_content_length = 2 * here.hosted.definition.limits.max_bytes + FORM_BYTES
    csrf.protect()
    note = request.form.get("note", "")
    first = request.files.get("file")
    if first is None or not first.filename:
        message = Text("올릴 파일을 고르십시오.", "Choose a file to upload.")
        return _page(here, 422, error=Invalid("no_file", message, fields={"file": message}), note=note)
    try:
        prepared = _prepare(here.hosted, "file")
    except UserError as error:
        return _page(here, error.status, error=error, filename=first.filename, note=note)
    second = request.files.get("against")
    try:
        row = _record(here, user, prepared, note)
    except UserError as error:
        # The first has passed its check, so what has problems by line is the second.
        named = second.filename if isinstance(error, Invalid) and error.problems and second else first.filename
        return _page(here, error.status, error=error, filename=named or "", note=note)
    site().queue.practice(row.id or 0)
    return redirect(url_for("practice.report", public_id=row.public_id), 303)


def _prepare(hosted: Hosted, name: str) -> Prepared:
    file = request.files[name]
    stream = cast("BinaryIO", file.stream)
    return practising.prepare(site().blobs, hosted, stream=stream, filename=file.filename or "")


def _record(here: Scene, user: User, prepared: Prepared, note: str) -> Practice:
    second, chosen = request.files.get("against"), request.form.get("earlier", "")
    against: Against | None = None
    if second is not None and second.filename:
        other = _prepare(here.hosted, "against")
        against = Against(other.filename, other.file_sha256)
    with writing() as session:
        # Read again: the challenge may have changed while the file was being checked.
        hosted, at = hosting.seen(session, user, here.hosted.slug), now()
        if against is None and chosen:
            against = practising.earlier(session, user, hosted, chosen)
        return practising.record(
            session, user=user, hosted=hosted, prepared=prepared, against=against, note=note, at=at
        )


def _report(public_id: str, template: str) -> Response:
    user = require_user()
    with reading() as session:
        hosted, view = practising.one(session, user, public_id)
        here = scene(session, hosted.slug)
    done = view.status == "done"
    codes = {
        variable.column: dict(variable.codes)
        for block in (datasets.describe(site().blobs, hosted) if done else ())
        for variable in block.variables
    }
    return here.page(
        template,
        tab="practice",
        view=view,
        waiting=view.status == "waiting",
        shown=practice_report.shown(hosted, view, codes) if done else None,
        failure=practice_report.failure(view.failure) if view.status == "failed" else "",
        reason=reports.reason,
        digits=digits,
        kept=practising.KEPT.days,
    )


@blueprint.get("/practice/<submission:public_id>")
def report(public_id: str) -> ResponseReturnValue:
    """Show one practice file with everything that can be said of it."""
    return _report(public_id, "practice_report.html")


@blueprint.get("/practice/<submission:public_id>/status")
def status(public_id: str) -> ResponseReturnValue:
    """Answer a waiting report's poll with the part of the page that changes."""
    answer = _report(public_id, "practice_live.html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
