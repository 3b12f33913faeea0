"""An account's e-mail address: verifying it, changing it, and coming back by it when the password is forgotten."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from arena import admission, mailboxes, outbox
from arena.errors import Conflict, Forbidden, Invalid
from arena.web import limits, reader
from arena.web.account_pages import account_page, link_ended, require_user
from arena.web.rendering import page
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("mailbox", __name__)


@blueprint.route("/forgot", methods=["GET", "POST"])
@limits.forgot_limit
@limits.one_address_limit
def forgot() -> ResponseReturnValue:
    """Mail a link that sets a new password; the answer is the same whether or not there is such an account."""
    with reading() as db:
        mails = outbox.has_sender(db)
    if request.method == "GET" or not mails:
        return page("forgot.html", area="sign_in", mails=mails, sent=mails and "sent" in request.args)
    with writing() as db:
        mailboxes.ask_reset(db, email=request.form.get("email", ""), at=now())
    return redirect(url_for("mailbox.forgot", sent=1), 303)


@blueprint.route("/verify/<token>", methods=["GET", "POST"])
@limits.change_limit
def verify(token: str) -> ResponseReturnValue:
    """Verify an address by the link that was mailed to it: the account's owner signs in and says so."""
    user = require_user()
    with reading() as db:
        address = mailboxes.to_confirm(db, user, token, now())
    if address is None:
        return link_ended("verify")
    if request.method == "GET":
        return page("verify_address.html", area="account", token=token, address=address, error=None)
    try:
        with writing() as db:
            admission.verified(db, mailboxes.confirm(db, user, token, now()), now())
    except (Conflict, Forbidden) as error:
        return page("verify_address.html", error.status, area="account", token=token, address=address, error=error)
    return redirect(url_for("account.show", saved="verified"), 303)


@blueprint.post("/account/verification")
@limits.resend_limit
def send_again() -> ResponseReturnValue:
    """Mail a new link to an address that is not verified yet."""
    user = require_user()
    sent = False
    if user.email_verified_at is None:
        with writing() as db:
            sent = mailboxes.send_verification(db, user, base_url=site().settings.base_url, at=now())
    return redirect(url_for("account.show", saved="mailed" if sent else None), 303)


@blueprint.post("/account/email")
@limits.resend_limit
def change() -> ResponseReturnValue:
    """Change the account's address; where mail is configured, once the link mailed to the new one is opened."""
    user = require_user()
    form = request.form
    try:
        with writing() as db:
            waits = mailboxes.change(
                db,
                user,
                address=form.get("email", ""),
                password=form.get("present", ""),
                base_url=site().settings.base_url,
                at=now(),
            )
    except (Invalid, Conflict) as error:
        return account_page(error.status, error=error, form="email")
    return redirect(url_for("account.show", saved="mailed_new" if waits else "email"), 303)


def must_verify() -> bool:
    """Whether the reader has an address to verify, and mail to do it by."""
    user = reader.me()
    if user is None or user.email_verified_at is not None:
        return False
    with reading() as db:
        return outbox.has_sender(db)
