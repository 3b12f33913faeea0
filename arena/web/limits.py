"""How often one caller may do what costs much or could be guessed at."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from arena.web.reader import me

limiter = Limiter(get_remote_address, headers_enabled=False)


def install(app: Flask, storage: str) -> None:
    """Count in `storage`; if that is unreachable, count in memory rather than fail."""
    app.config.update(RATELIMIT_STORAGE_URI=storage, RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True)
    limiter.init_app(app)


def by_account() -> str:
    """Count by account, so that a whole class behind one address is not one caller."""
    user = me()
    return f"user:{user.id}" if user else get_remote_address()


def by_address_typed() -> str:
    """Count one caller's attempts on one account."""
    return f"{get_remote_address()}:email:{request.form.get('email', '').strip().lower()[:254]}"


def by_mailbox_typed() -> str:
    """Count what is mailed to one address, whoever asks for it."""
    return f"mailbox:{request.form.get('email', '').strip().lower()[:254]}"


# A seminar of forty signs up from one address within minutes; a guesser tries far more often.
sign_up_limit = limiter.limit("120/hour", methods=["POST"])
sign_in_limit = limiter.limit("60/minute", methods=["POST"])
# Counted by caller and account: a stranger's wrong tries must not lock the owner out before a close.
one_account_limit = limiter.limit("10/minute;60/hour", key_func=by_address_typed, methods=["POST"])
upload_limit = limiter.limit("20/minute", key_func=by_account, methods=["POST"])
change_limit = limiter.limit("60/minute", key_func=by_account, methods=["POST"])
# Letters to somebody who may not have asked for them: few, and counted alike whether or not there is an account.
forgot_limit = limiter.limit("60/hour", methods=["POST"])
one_address_limit = limiter.limit("5/hour", key_func=by_mailbox_typed, methods=["POST"])
resend_limit = limiter.limit("5/hour", key_func=by_account, methods=["POST"])
