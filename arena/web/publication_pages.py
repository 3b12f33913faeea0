"""A challenge on its way to publication: what a worker found, the preview, a dry run, the opening."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import conducting, dry_runs, hosting, publications, submissions
from arena.errors import ArenaError, Invalid, NotFound, UserError
from arena.hosting import Hosted
from arena.store.models import DryRun, Publication, User
from arena.web import limits
from arena.web.account_pages import require_user
from arena.web.forms import FORM_BYTES, csrf
from arena.web.rendering import page
from arena.web.site import now, reading, site, writing
from challenges.findings import MISTAKE, sentence
from challenges.text import Text

blueprint = Blueprint("publication", __name__, url_prefix="/organize/<slug>/publication")


@dataclass(frozen=True, slots=True)
class Desk:
    """A challenge before one of its organizers: the challenge, its newest upload, its newest dry run."""

    user: User
    hosted: Hosted
    upload: Publication
    trial: DryRun | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hosted.definition.calendar.timezone)

    @property
    def findings(self) -> list[tuple[bool, dict[str, Any], Text]]:
        """Return what was found, the mistakes first: whether it is one, its place, its sentence."""
        found = [
            (one["severity"] == MISTAKE, one, sentence(str(one["code"]), one["about"])) for one in self.upload.findings
        ]
        return sorted(found, key=lambda one: not one[0])


def _desk(slug: str) -> Desk:
    user = require_user()
    with reading() as session:
        hosted = hosting.run_by(session, user, slug)
        upload = publications.newest(session, hosted)
        trial = dry_runs.latest(session, hosted)
    if upload is None:  # shipped with Arena: nobody sent it
        raise NotFound
    return Desk(user, hosted, upload, trial)


def _page(
    desk: Desk,
    template: str = "publication.html",
    status: int = 200,
    *,
    error: ArenaError | None = None,
    form: str = "",
    filename: str = "",
) -> Response:
    hosted, at = desk.hosted, now()
    return page(
        template,
        status,
        area="organize",
        desk=desk,
        hosted=hosted,
        definition=hosted.definition,
        zone=desk.zone,
        at=at,
        standing=hosted.status(at),
        workers=site().queue.workers() if desk.upload.state == "verifying" else None,
        undefined=sentence("undefined_metric", hosted.definition.primary.key if hosted.definition.metrics else None),
        dates=_dates(desk, at),
        error=error,
        form=form,
        filename=filename,
    )


def _dates(desk: Desk, at: datetime) -> dict[str, str]:
    """Return the dates as the form shows them, in the challenge's zone: what was typed, else what is planned."""
    row, planned = desk.hosted.row, desk.hosted.definition.calendar
    shown = {"opens_at": row.opens_at or planned.opens or at, "closes_at": row.closes_at or planned.closes}
    written = {name: _local(moment, desk.zone) for name, moment in shown.items()}
    return written | {name: request.form[name] for name in written if name in request.form}


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


@blueprint.get("")
def show(slug: str) -> ResponseReturnValue:
    """Show how the newest upload stands and what can be done next."""
    return _page(_desk(slug))


@blueprint.get("/status")
def status(slug: str) -> ResponseReturnValue:
    """Answer the page's poll with the part that changes."""
    answer = _page(_desk(slug), "publication_live.html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/dry-run")
@csrf.exempt  # type: ignore[untyped-decorator]
@limits.upload_limit
def dry_run(slug: str) -> ResponseReturnValue:
    """Send a prediction file through a real worker; no submission is left of it."""
    desk = _desk(slug)
    request.max_content_length = desk.hosted.definition.limits.max_bytes + FORM_BYTES
    csrf.protect()
    blobs, uploaded = site().blobs, request.files.get("file")
    try:
        _require_verified(desk.hosted)
        dry_runs.require_before_opening(desk.hosted, now())
        if uploaded is None or not uploaded.filename:
            message = Text("올릴 파일을 고르십시오.", "Choose a file to upload.")
            raise Invalid("no_file", message, fields={"file": message})
        stream = cast("BinaryIO", uploaded.stream)
        prepared = submissions.prepare(blobs, desk.hosted, stream=stream, filename=uploaded.filename)
        try:
            with writing() as session:
                hosted = hosting.run_by(session, desk.user, slug)
                row = dry_runs.record(session, desk.user, hosted, prepared, at=now())
        except BaseException:
            with reading() as session:
                publications.discard(session, blobs, frozenset({prepared.file_sha256}))
            raise
    except UserError as error:
        name = uploaded.filename or "" if uploaded else ""
        return _page(desk, status=error.status, error=error, form="dry-run", filename=name)
    site().queue.dry_run(row.id or 0)
    return redirect(url_for("publication.show", slug=slug, _anchor="dry-run"), 303)


def _require_verified(hosted: Hosted) -> None:
    if hosted.row.state not in (*hosting.PUBLIC, *hosting.PREVIEWED):
        raise NotFound


@blueprint.post("/schedule")
@limits.change_limit
def schedule(slug: str) -> ResponseReturnValue:
    """Publish a verified challenge, or move its calendar before it opens."""
    desk = _desk(slug)
    try:
        opens = now() if request.form.get("act") == "now" else _moment(desk, "opens_at")
        closes = _moment(desk, "closes_at")
        with writing() as session:
            hosted = hosting.run_by(session, desk.user, slug)
            rings = conducting.schedule(
                session, desk.user, hosted, opens_at=opens, closes_at=closes, at=now(), sign=site().sign
            )
    except UserError as error:
        return _page(_desk(slug), status=error.status, error=error, form="schedule")
    for evaluation_id in rings:
        site().queue.score(evaluation_id)
    return redirect(url_for("publication.show", slug=slug), 303)


def _moment(desk: Desk, name: str) -> datetime | None:
    text = request.form.get(name, "")
    try:
        # A field of the type datetime-local: without an offset, in the challenge's zone.
        return datetime.fromisoformat(text).replace(tzinfo=desk.zone) if text else None
    except ValueError:
        message = Text("2027-01-04T09:00처럼 적으십시오.", "Write it as 2027-01-04T09:00.")
        raise Invalid("invalid_field", message, fields={name: message}) from None


@blueprint.post("/version")
@limits.change_limit
def adopt(slug: str) -> ResponseReturnValue:
    """Make the verified new version of a published challenge its present one."""
    desk = _desk(slug)
    try:
        with writing() as session:
            hosted = hosting.run_by(session, desk.user, slug)
            version = request.form.get("version", "")
            publications.adopt(session, desk.user, hosted, version=version, at=now())
    except UserError as error:
        return _page(_desk(slug), status=error.status, error=error, form="version")
    return redirect(url_for("publication.show", slug=slug), 303)
