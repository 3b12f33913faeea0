"""What the reader has been told: decisions, announcements, who joined, what closes, what is revealed."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import notices
from arena.web import limits
from arena.web.account_pages import require_user
from arena.web.rendering import page
from arena.web.site import now, reading, writing

blueprint = Blueprint("notices", __name__)

ON_A_PAGE = 50


@blueprint.get("/account/notifications")
def index() -> ResponseReturnValue:
    """Show the notices, those not read yet marked; from now on they are read."""
    user = require_user()
    asked = request.args.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    with reading() as session:
        found = notices.listed(session, user, limit=ON_A_PAGE + 1, offset=ON_A_PAGE * (number - 1))
        waiting = notices.unread(session, user)
    shown = found[:ON_A_PAGE]
    # Withdrawn announcements have no words, so a page may be shorter than it could be.
    if waiting and shown and number == 1:
        with writing() as session:
            notices.mark_read(session, user, now(), up_to=shown[0].id)
    return page("notices.html", area="account", notices=shown, number=number, more=len(found) > ON_A_PAGE)


@blueprint.post("/account/notifications/mail")
@limits.change_limit
def mail() -> ResponseReturnValue:
    """Choose whether notices come by mail too."""
    user = require_user()
    with writing() as session:
        notices.choose_mail(session, user, wanted=request.form.get("mail") == "yes")
    return redirect(url_for("account.show", saved="notices") + "#notices", 303)
