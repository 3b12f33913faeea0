"""A challenge on its way to publication: what a worker found, the preview, a dry run, the opening."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import adopting, conducting, dry_runs, hosting, publications, submissions
from arena.errors import ArenaError, Invalid, NotFound, UserError
from arena.hosting import Hosted
from arena.store.models import DryRun, Publication
from arena.web import limits
from arena.web.forms import FORM_BYTES, csrf
from arena.web.organizing.desk import Desk, desk
from arena.web.site import now, reading, site, writing
from challenges.findings import MISTAKE, sentence
from challenges.text import Text

blueprint = Blueprint("publication", __name__, url_prefix="/organize/<slug:slug>/publication")


@dataclass(frozen=True, slots=True)
class Sent:
    """What an organizer has sent of a challenge: its newest upload, its newest dry run."""

    desk: Desk
    upload: Publication
    trial: DryRun | None

    @property
    def hosted(self) -> Hosted:
        return self.desk.hosted

    @property
    def findings(self) -> list[tuple[bool, dict[str, Any], Text]]:
        """Return what was found, the mistakes first: whether it is one, its place, its sentence."""
        found = [
            (one["severity"] == MISTAKE, one, sentence(str(one["code"]), one["about"])) for one in self.upload.findings
        ]
        return sorted(found, key=lambda one: not one[0])


def _sent(slug: str) -> Sent:
    with reading() as session:
        here = desk(session, slug)
        upload = publications.newest(session, here.hosted)
        trial = dry_runs.latest(session, here.hosted)
    if upload is None:  # shipped with Arena: nobody sent it
        raise NotFound
    return Sent(here, upload, trial)


def _page(
    sent: Sent,
    template: str = "publication.html",
    status: int = 200,
    *,
    error: ArenaError | None = None,
    form: str = "",
    filename: str = "",
) -> Response:
    hosted = sent.hosted
    return sent.desk.page(
        template,
        status,
        tab="publication",
        sent=sent,
        workers=site().queue.workers() if sent.upload.state == "verifying" else None,
        undefined=sentence("undefined_metric", hosted.definition.primary.key if hosted.definition.metrics else None),
        dates=_dates(sent.desk),
        error=error,
        form=form,
        filename=filename,
    )


def _dates(here: Desk) -> dict[str, str]:
    """Return the dates as the form shows them, in the challenge's zone: what was typed, else what is planned."""
    row, planned = here.hosted.row, here.hosted.definition.calendar
    shown = {"opens_at": row.opens_at or planned.opens or here.at, "closes_at": row.closes_at or planned.closes}
    written = {
        name: moment.astimezone(here.zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
        for name, moment in shown.items()
    }
    return written | {name: request.form[name] for name in written if name in request.form}


@blueprint.get("")
def show(slug: str) -> ResponseReturnValue:
    """Show how the newest upload stands and what can be done next."""
    return _page(_sent(slug))


@blueprint.get("/status")
def status(slug: str) -> ResponseReturnValue:
    """Answer the page's poll with the part that changes."""
    answer = _page(_sent(slug), "publication_live.html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/dry-run")
@csrf.exempt  # type: ignore[untyped-decorator]
@limits.upload_limit
def dry_run(slug: str) -> ResponseReturnValue:
    """Send a prediction file through a real worker; no submission is left of it."""
    sent = _sent(slug)
    request.max_content_length = sent.hosted.definition.limits.max_bytes + FORM_BYTES
    csrf.protect()
    blobs, uploaded = site().blobs, request.files.get("file")
    try:
        _require_verified(sent.hosted)
        dry_runs.require_before_opening(sent.hosted, now())
        if uploaded is None or not uploaded.filename:
            message = Text("올릴 파일을 고르십시오.", "Choose a file to upload.")
            raise Invalid("no_file", message, fields={"file": message})
        stream = cast("BinaryIO", uploaded.stream)
        prepared = submissions.prepare(blobs, sent.hosted, stream=stream, filename=uploaded.filename)
        try:
            with writing() as session:
                hosted = desk(session, slug).hosted
                row = dry_runs.record(session, sent.desk.user, hosted, prepared, at=now())
        except BaseException:
            with reading() as session:
                publications.discard(session, blobs, frozenset({prepared.file_sha256}))
            raise
    except UserError as error:
        name = uploaded.filename or "" if uploaded else ""
        return _page(sent, status=error.status, error=error, form="dry-run", filename=name)
    site().queue.dry_run(row.id or 0)
    return redirect(url_for("publication.show", slug=slug, _anchor="dry-run"), 303)


def _require_verified(hosted: Hosted) -> None:
    if hosted.row.state not in (*hosting.PUBLIC, *hosting.PREVIEWED):
        raise NotFound


@blueprint.post("/schedule")
@limits.change_limit
def schedule(slug: str) -> ResponseReturnValue:
    """Publish a verified challenge, or move its calendar before it opens."""
    sent = _sent(slug)
    try:
        opens = now() if request.form.get("act") == "now" else _moment(sent.desk, "opens_at")
        closes = _moment(sent.desk, "closes_at")
        with writing() as session:
            hosted = desk(session, slug).hosted
            rings = conducting.schedule(
                session, sent.desk.user, hosted, opens_at=opens, closes_at=closes, at=now(), sign=site().sign
            )
    except UserError as error:
        return _page(_sent(slug), status=error.status, error=error, form="schedule")
    for evaluation_id in rings:
        site().queue.score(evaluation_id)
    return redirect(url_for("publication.show", slug=slug), 303)


def _moment(here: Desk, name: str) -> datetime | None:
    text = request.form.get(name, "")
    try:
        # A field of the type datetime-local: without an offset, in the challenge's zone.
        return datetime.fromisoformat(text).replace(tzinfo=here.zone) if text else None
    except ValueError:
        message = Text("2027-01-04T09:00처럼 적으십시오.", "Write it as 2027-01-04T09:00.")
        raise Invalid("invalid_field", message, fields={name: message}) from None


@blueprint.post("/version")
@limits.change_limit
def adopt(slug: str) -> ResponseReturnValue:
    """Make the verified new version of a published challenge its present one."""
    sent = _sent(slug)
    try:
        with writing() as session:
            hosted = desk(session, slug).hosted
            version = request.form.get("version", "")
            done = adopting.adopt(session, sent.desk.user, hosted, version=version, at=now(), sign=site().sign)
    except UserError as error:
        return _page(_sent(slug), status=error.status, error=error, form="version")
    for evaluation_id in done.rings:
        site().queue.score(evaluation_id)
    return redirect(url_for("publication.show", slug=slug), 303)
