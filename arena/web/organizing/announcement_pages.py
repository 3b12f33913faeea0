"""Announcements as organizers write them: a draft shown as it will look, then posted, mailed, withdrawn."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import announcements
from arena.errors import ArenaError, Invalid
from arena.store.models import Announcement
from arena.web import limits
from arena.web.organizing.desk import desk
from arena.web.site import now, reading, site, writing
from challenges.text import Text

blueprint = Blueprint("organize_announcements", __name__, url_prefix="/organize/<slug:slug>/announcements")


def _index(
    slug: str, status: int = 200, *, error: ArenaError | None = None, draft: Announcement | None = None
) -> Response:
    with reading() as session:
        here = desk(session, slug)
        posted = announcements.posted(session, here.hosted, withdrawn=True)
        letters = announcements.deliveries(session, here.hosted)
        readers = announcements.readers(session, here.hosted)
    return here.page(
        "announcements.html",
        status,
        tab="announcements",
        posted=posted,
        letters=letters,
        readers=readers,
        draft=draft,
        error=error,
        values=request.form,
        mails=bool(site().settings.mail_url),
    )


def _words() -> tuple[Text, Text]:
    form = request.form
    title = Text(form.get("title_ko", ""), form.get("title_en", ""))
    return title, Text(form.get("body_ko", ""), form.get("body_en", ""))


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """Show what was announced, to how many it went, and the form for the next."""
    return _index(slug)


@blueprint.post("")
@limits.change_limit
def post(slug: str) -> ResponseReturnValue:
    """Show a draft as it will look, or post it."""
    title, body = _words()
    try:
        if request.form.get("act") != "post":
            with reading() as session:
                here = desk(session, slug)
            return _index(slug, draft=announcements.drafted(here.hosted, here.user, title=title, body=body, at=here.at))
        with writing() as session:
            here = desk(session, slug)
            mail = bool(site().settings.mail_url) and bool(request.form.get("mail"))
            _, letters = announcements.post(
                session, here.user, here.hosted, title=title, body=body, mail=mail, at=now()
            )
    except Invalid as error:
        return _index(slug, error.status, error=error)
    return redirect(url_for("organize_announcements.index", slug=slug, said="mailed" if letters else "posted"), 303)


@blueprint.post("/<id:announcement_id>/withdraw")
@limits.change_limit
def withdraw(slug: str, announcement_id: int) -> ResponseReturnValue:
    """Take an announcement off the challenge's pages."""
    with writing() as session:
        here = desk(session, slug)
        announcements.withdraw(session, here.user, here.hosted, announcement_id, now())
    return redirect(url_for("organize_announcements.index", slug=slug, said="withdrawn"), 303)
