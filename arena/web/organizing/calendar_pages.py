"""The calendar: what stands, and each act on it behind a page that says what follows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.wrappers import Response

from arena import conducting, publishing
from arena.errors import ArenaError, Conflict, Invalid, NotFound
from arena.web import limits
from arena.web.organizing import acts
from arena.web.organizing.acts import Act
from arena.web.organizing.desk import Desk, desk
from arena.web.scenes import calendar_chart, dates
from arena.web.site import now, reading, site, writing
from challenges.text import Text

blueprint = Blueprint("organize_calendar", __name__, url_prefix="/organize/<slug:slug>/calendar")


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """Show the calendar and the acts that are possible now."""
    with reading() as session:
        here = desk(session, slug)
    return here.page(
        "calendar.html",
        tab="calendar",
        calendar=calendar_chart("cal", here.hosted, here.at),
        dates=dates(here.hosted),
        acts=acts.possible(here),
    )


def _confirm(slug: str, act: Act, status: int = 200, *, error: ArenaError | None = None) -> Response:
    with reading() as session:
        here = desk(session, slug)
    return here.page(
        "act.html",
        status,
        tab="calendar",
        act=act,
        able=act in acts.possible(here),
        error=error,
        values=request.form or _present(here),
    )


def _present(here: Desk) -> dict[str, str]:
    """Return the dates that stand, as the form writes them."""
    planned, row = here.hosted.definition.calendar, here.hosted.row
    found = {"opens_at": row.opens_at or planned.opens, "closes_at": row.closes_at or planned.closes}
    return {name: at.astimezone(here.zone).strftime("%Y-%m-%dT%H:%M") for name, at in found.items() if at}


def _act(name: str) -> Act:
    found = acts.BY_NAME.get(name)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/<name>")
def confirm(slug: str, name: str) -> ResponseReturnValue:
    """Say what follows from an act, and ask for what it needs."""
    return _confirm(slug, _act(name))


@blueprint.post("/<name>")
@limits.change_limit
def perform(slug: str, name: str) -> ResponseReturnValue:
    """Perform an act."""
    act = _act(name)
    try:
        with writing() as session:
            here = desk(session, slug)
            rings = _perform(session, here, act.name)
    except (Invalid, Conflict) as error:
        return _confirm(slug, act, error.status, error=error)
    for evaluation_id in rings:
        site().queue.score(evaluation_id)
    return redirect(url_for("organize_calendar.index", slug=slug, said="done"), 303)


def _perform(session: Session, here: Desk, name: str) -> list[int]:
    user, hosted, at, reason = here.user, here.hosted, now(), request.form.get("reason", "")
    if name == "schedule":
        opens, closes = _moment("opens_at", here.zone), _moment("closes_at", here.zone)
        return conducting.schedule(session, user, hosted, opens_at=opens, closes_at=closes, at=at, sign=site().sign)
    if name == "reveal":
        return publishing.start_reveal(session, hosted, at, by=user.id)
    if name == "extend":
        closes = _moment("closes_at", here.zone)
        if closes is None:
            raise _missing("closes_at")
        conducting.extend(session, user, hosted, closes_at=closes, reason=reason, at=at)
    elif name == "close":
        publishing.close(session, hosted, at, by=user.id)
    elif name == "resume":
        conducting.resume(session, user, hosted, at=at)
    else:
        stop = {"pause": conducting.pause, "withdraw": conducting.withdraw, "cancel": conducting.cancel}[name]
        stop(session, user, hosted, reason=reason, at=at)
    return []


def _moment(field: str, zone: ZoneInfo) -> datetime | None:
    """Read a date and time as a person typed it, in the challenge's zone."""
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _missing(field) from None
    if not 2000 <= found.year <= 2999:
        raise _missing(field)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _missing(field: str) -> Invalid:
    message = Text("날짜와 시각을 2026-12-11T18:00처럼 적으십시오.", "Give a date and a time, as 2026-12-11T18:00.")
    return Invalid("invalid_field", message, fields={field: message})
