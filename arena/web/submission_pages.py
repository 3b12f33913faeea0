"""Uploading predictions, the team's submissions, and the report on each."""

import json
import secrets
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import companions, hosting, intake, notices, refusals, submissions, teams, viewing
from arena.errors import ArenaError, Invalid, UserError
from arena.hosting import Hosted
from arena.store.models import User
from arena.submissions import Prepared, Recorded
from arena.viewing import SubmissionView
from arena.web import excerpts, limits, report_scene, reports
from arena.web.account_pages import require_user
from arena.web.forms import FORM_BYTES, csrf
from arena.web.scenes import Scene, scene
from arena.web.site import now, reading, site, writing
from challenges.predictions import Predictions
from challenges.text import Text

blueprint = Blueprint("submission", __name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What a team writes beside a file, and under which key the form sends it."""

    note: str = ""
    method: str = ""
    key: str = ""

    def idempotency_key(self, prepared: Prepared) -> str | None:
        """Return the key of this form and these predictions: another file sent from the same form is another submission."""
        return f"form {self.key[:100]} {prepared.canonical_sha256}" if self.key else None


def _form(
    here: Scene,
    status: int = 200,
    *,
    error: ArenaError | None = None,
    checked: Predictions | None = None,
    both: bool = False,
    filename: str = "",
    words: "Words | None" = None,
) -> Response:
    with reading() as session:
        quota = teams.quota(session, here.hosted, here.team, here.at) if here.team else None
        missing = teams.missing_agreements(session, here.team, here.hosted) if here.team else []
        marks = viewing.told(teams.marks_on(session, here.team)) if here.team else ()
    return here.page(
        "submit.html",
        status,
        tab="submit",
        quota=quota,
        missing=missing,
        marks=marks,
        error=error,
        checked=checked,
        both=both,
        filename=filename,
        words=words or Words(),
        key=secrets.token_urlsafe(16),
        lines=excerpts.lines(error.problems) if isinstance(error, Invalid) else (),
        sample=_sample(here.hosted),
    )


def _sample(hosted: Hosted) -> str:
    """Return the first lines of the sample submission, as the shape to send."""
    name = hosted.definition.files.sample
    found = hosted.files.get(name) if name else None
    if found is None or found.name.endswith(".gz"):
        return ""
    with site().blobs.open(found.sha256) as stream:
        return "".join(stream.readline(300).decode("utf-8", "replace") for _ in range(4)).rstrip()


@blueprint.get("/challenges/<slug>/submit")
def submit(slug: str) -> ResponseReturnValue:
    """Show the upload form, the quota and the shape of a file."""
    with reading() as session:
        here = scene(session, slug)
    return _form(here)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with the form."""

    stream: BinaryIO
    filename: str


def _sent(name: str) -> Sent | None:
    found = request.files.get(name)
    # A browser sends the field of a file that nobody chose as an empty one.
    return Sent(cast("BinaryIO", found.stream), found.filename) if found is not None and found.filename else None


@blueprint.post("/challenges/<slug>/submit")
@csrf.exempt  # type: ignore[untyped-decorator]
@limits.upload_limit
def upload(slug: str) -> ResponseReturnValue:
    """Check an uploaded file, with its companion, and if asked to, record it as a submission."""
    user = require_user()
    with reading() as session:
        here = scene(session, slug)
    # The body has not been read so far: it may be as large as this challenge allows, and no larger.
    files = 1 if here.hosted.definition.companion is None else 2
    request.max_content_length = files * here.hosted.definition.limits.max_bytes + FORM_BYTES
    csrf.protect()
    first, second = _sent("file"), _sent("companion")
    words = Words(*(request.form.get(name, "") for name in ("note", "method", "key")))
    if first is None:
        message = Text("올릴 파일을 고르십시오.", "Choose a file to upload.")
        return _form(here, 422, error=Invalid("no_file", message, fields={"file": message}), words=words)
    try:
        if request.form.get("act") == "check":
            return _check(here, first, second, words)
        recorded = _record(here, user, first, second, words)
    except UserError as error:
        if request.form.get("act") != "check":
            with writing() as session:
                refusals.note(session, here.hosted, error, now())
        named = second if second is not None and error.code == "bad_companion" else first
        return _form(here, error.status, error=error, filename=named.filename, words=words)
    if recorded.evaluation_id is not None:
        site().queue.score(recorded.evaluation_id)
    same = None if recorded.created else "1"
    return redirect(url_for("submission.report", public_id=recorded.submission.public_id, same=same), 303)


def _check(here: Scene, first: Sent, second: Sent | None, words: Words) -> Response:
    blobs, hosted = site().blobs, here.hosted
    found = submissions.check(blobs, hosted, stream=first.stream, filename=first.filename)
    if second is not None:
        beside = found.canonical_sha256
        companions.check(blobs, hosted, stream=second.stream, filename=second.filename, beside=beside)
    return _form(here, checked=found, both=second is not None, filename=first.filename, words=words)


def _record(here: Scene, user: User, first: Sent, second: Sent | None, words: Words) -> Recorded:
    blobs = site().blobs
    with reading() as session:
        if not words.key:  # under a key it may be a repeated request, which is answered after the close too
            intake.require_open(here.hosted, now())
        teams.require_open_team(session, user, here.hosted)
    prepared = submissions.prepare(blobs, here.hosted, stream=first.stream, filename=first.filename)
    companion = None
    if second is not None:
        beside = prepared.canonical_sha256
        companion = companions.prepare(
            blobs, here.hosted, stream=second.stream, filename=second.filename, beside=beside
        )
    with writing() as session:
        # Read again: the challenge may have been closed while the file was being checked.
        hosted, at = hosting.find(session, here.hosted.slug), now()
        recorded = submissions.record(
            session,
            user=user,
            hosted=hosted,
            prepared=prepared,
            note=words.note,
            method=words.method,
            idempotency_key=words.idempotency_key(prepared),
            at=at,
            sign=site().sign,
        )
        if companion is not None:
            submission = recorded.submission
            companions.attach(session, user=user, hosted=hosted, submission=submission, prepared=companion, at=at)
    return recorded


@blueprint.get("/challenges/<slug>/submissions")
def index(slug: str) -> ResponseReturnValue:
    """Show the team's submissions and how its shown score moved."""
    with reading() as session:
        here = scene(session, slug)
        views = viewing.of_team(session, here.hosted, here.team, here.at) if here.team else []
        quota = teams.quota(session, here.hosted, here.team, here.at) if here.team else None
        marks = viewing.told(teams.marks_on(session, here.team)) if here.team else ()
        final, chosen = teams.final(session, here.team) if here.team else (None, False)
    return here.page(
        "submissions.html",
        tab="submissions",
        views=views,
        quota=quota,
        marks=marks,
        final=final,
        chosen=chosen,
        history=reports.history(here.hosted, [view for view in views if not view.late], here.at),
    )


def _report(public_id: str, template: str) -> Response:
    user = require_user()
    told = report_scene.gather(public_id)
    here, view = told.here, told.view
    with reading() as session:
        quota = teams.quota(session, here.hosted, here.team, here.at) if here.team and not view.scores else None
        fresh = notices.is_unread(session, user, here.hosted, public_id)
    if fresh and view.status not in report_scene.WAITING:
        with writing() as session:
            notices.mark_subject_read(session, user, here.hosted, public_id, here.at)
    return here.page(
        template,
        tab="submissions",
        quota=quota,
        same=bool(request.args.get("same")),
        may_choose=here.status == "open" and not view.final and not view.refunded and not _out(view),
        **told.context(),
    )


def _out(view: SubmissionView) -> bool:
    return any(mark.kind == "disqualified" for mark in view.marks)


@blueprint.get("/submissions/<public_id>")
def report(public_id: str) -> ResponseReturnValue:
    """Show one submission: its decision, what may be shown of its scores, its receipt."""
    return _report(public_id, "report.html")


@blueprint.get("/submissions/<public_id>/status")
def status(public_id: str) -> ResponseReturnValue:
    """Answer a waiting report's poll with the part of the page that changes."""
    answer = _report(public_id, "report_live.html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/submissions/<public_id>/final")
@limits.change_limit
def choose(public_id: str) -> ResponseReturnValue:
    """Make this submission the team's final."""
    user = require_user()
    with writing() as session:
        submission = submissions.choose_final(session, user, public_id, now())
        hosted = hosting.by_id(session, submission.challenge_id)
    if request.form.get("back") == "list":
        return redirect(url_for("submission.index", slug=hosted.slug), 303)
    return redirect(url_for("submission.report", public_id=public_id), 303)


@blueprint.get("/submissions/<public_id>/receipt.json")
def receipt(public_id: str) -> ResponseReturnValue:
    """Send the signed receipt."""
    user = require_user()
    with reading() as session:
        _, view = viewing.one(session, user, public_id, now())
    answer = Response(json.dumps(view.receipt, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{_safe(view)}.json"'
    return answer


def _safe(view: SubmissionView) -> str:
    return f"{view.slug}-{view.number}"
