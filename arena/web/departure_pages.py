"""Leaving: taking along what is held about oneself, and deleting the account."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from arena import departing
from arena.errors import ArenaError, Conflict, Invalid
from arena.web import limits, reader
from arena.web.account_pages import require_user
from arena.web.rendering import page
from arena.web.site import now, reading, writing

blueprint = Blueprint("departure", __name__)


@blueprint.get("/account/data.json")
def data() -> ResponseReturnValue:
    """Send everything that is held about the account's owner."""
    user = require_user()
    with reading() as db:
        found = departing.held(db, user, now())
    answer = Response(json.dumps(found, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="arena-account.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(status: int = 200, error: ArenaError | None = None) -> Response:
    user = require_user()
    with reading() as db:
        reason = departing.barred(db, user)
    given = request.form.get("confirmation", "")
    return page("delete_account.html", status, area="account", user=user, reason=reason, error=error, given=given)


@blueprint.route("/account/delete", methods=["GET", "POST"])
@limits.sign_in_limit
@limits.change_limit
def delete() -> ResponseReturnValue:
    """Say what deleting the account means, and do it once it is confirmed."""
    user = require_user()
    if request.method == "GET":
        return _asked()
    form = request.form
    try:
        with writing() as db:
            departing.delete(
                db, user, confirmation=form.get("confirmation", ""), password=form.get("farewell", ""), at=now()
            )
    except (Invalid, Conflict) as error:
        return _asked(error.status, error)
    reader.sign_out()
    return page("account_deleted.html", area="account")
