"""Coming to a challenge: asking to take part, using an invitation, and reading what its organizers announce."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import admission, announcements, hosting, invitations, registration
from arena.errors import ArenaError, Conflict, Forbidden, Invalid
from arena.store.models import Question
from arena.web import limits, reader
from arena.web.account_pages import require_user
from arena.web.rendering import page
from arena.web.scenes import scene
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("joining", __name__)


def _answers() -> dict[int, str]:
    """Return the form's answers by the question's id."""
    found = {}
    for name, value in request.form.items():
        number = name.removeprefix("question-")
        if name != number and number.isascii() and number.isdigit() and len(number) < 10:
            found[int(number)] = value
    return found


def fields(asked: tuple[Question, ...]) -> list[tuple[Question, str]]:
    """Return each question with the name of its field."""
    return [(question, registration.field(question)) for question in asked]


def _participation(slug: str, status: int = 200, *, error: ArenaError | None = None) -> Response:
    user = require_user()
    with reading() as session:
        here = scene(session, slug)
        standing = admission.standing(session, user, here.hosted)
        given = admission.answers(session, standing)
    typed = {f"question-{number}": value for number, value in (_answers() or given).items()}
    return here.page(
        "participation.html",
        status,
        tab="team",
        standing=standing,
        fields=fields(standing.questions),
        typed=typed,
        error=error,
    )


@blueprint.get("/challenges/<slug:slug>/participation")
def participation(slug: str) -> ResponseReturnValue:
    """Show the form that asks to take part, or what has become of the request."""
    return _participation(slug)


@blueprint.post("/challenges/<slug:slug>/participation")
@limits.change_limit
def ask(slug: str) -> ResponseReturnValue:
    """Ask to take part; while it is not decided, answer anew."""
    user = require_user()
    try:
        with writing() as session:
            admission.ask(session, user, hosting.find(session, slug), answers=_answers(), at=now())
    except (Invalid, Conflict, Forbidden) as error:
        return _participation(slug, error.status, error=error)
    return redirect(url_for("team.show", slug=slug), 303)


@blueprint.get("/challenges/<slug:slug>/announcements")
def announcements_page(slug: str) -> ResponseReturnValue:
    """Show every announcement, those not read yet marked; from now on they are read."""
    with reading() as session:
        here = scene(session, slug)
    if here.unread and here.user is not None and request.method == "GET":
        with writing() as session:
            announcements.mark_seen(session, here.user, here.hosted, here.at)
    return here.page("announcements.html", tab="announcements", posted=here.news, unread=here.unread)


@blueprint.route("/invited/<code>", methods=["GET", "POST"])
@limits.change_limit
def invitation(code: str) -> ResponseReturnValue:
    """Show what an invitation of a challenge's organizers is for, and use it."""
    user = reader.me()
    error: ArenaError | None = None
    if request.method == "POST":
        person = require_user()
        try:
            with writing() as session:
                row, hosted = invitations.accept(session, person, code, answers=_answers(), at=now())
            return redirect(_onward(row.role, hosted.slug), 303)
        except (Conflict, Forbidden, Invalid) as found:
            error = found
    with reading() as session:
        row, hosted = invitations.find(session, code, now())
        asked = tuple(registration.questions(session, hosted)) if row.role == "participant" else ()
    return page(
        "challenge_invitation.html",
        error.status if error else 200,
        invitation=row,
        invited_to=hosted,
        fields=fields(asked),
        typed={name: value for name, value in request.form.items() if name.startswith("question-")},
        error=error,
        code=code,
        user=user,
        sign_up_code=code if site().settings.signup == "invite" else None,
    )


def _onward(role: str, slug: str) -> str:
    if role == "organizer":
        return url_for("organize.dashboard", slug=slug)
    return url_for("team.show", slug=slug) if role == "participant" else url_for("challenge.overview", slug=slug)
