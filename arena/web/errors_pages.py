"""Pages for what went wrong: what is the case, what to do next, the reference to quote."""

import logging

from flask import Flask, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect

from arena.errors import ArenaError, NotSignedIn
from arena.web.rendering import page
from arena.web.security import reference
from challenges.text import Text

LOG = logging.getLogger("arena.web")

# status → what it is called, the headline, what to do
WORDS: dict[int, tuple[Text, Text, Text]] = {
    400: (
        Text("잘못된 요청", "Bad request"),
        Text("요청을 읽을 수 없습니다", "This request cannot be read"),
        Text(
            "양식을 다시 열어 보내십시오. 바뀐 것은 없습니다.",
            "Open the form again and resend it. Nothing has changed.",
        ),
    ),
    403: (
        Text("허락되지 않음", "Not allowed"),
        Text("이 일은 할 수 없습니다", "You may not do this"),
        Text("다른 계정으로 로그인해야 하는지 보십시오.", "Check whether another account has to sign in."),
    ),
    404: (
        Text("찾지 못함", "Not found"),
        Text("이 주소에는 보여 드릴 것이 없습니다", "There is nothing to show at this address"),
        Text(
            "주소가 바뀌었거나, 다른 팀의 제출이거나, 아직 공개하지 않은 결과입니다. 셋 가운데 무엇인지는 말씀드리지 않습니다.",
            "The address has changed, or it is another team’s submission, or an outcome not yet revealed. Which of the three, we do not say.",
        ),
    ),
    405: (
        Text("허락되지 않는 방법", "Method not allowed"),
        Text("이 주소는 그렇게 열 수 없습니다", "This address cannot be opened that way"),
        Text("링크나 양식으로 다시 여십시오.", "Open it again from a link or a form."),
    ),
    409: (
        Text("지금은 할 수 없음", "Not possible now"),
        Text("지금 상태에서는 할 수 없습니다", "The present state does not allow this"),
        Text("앞 화면으로 돌아가 상태를 확인하십시오.", "Go back and look at the present state."),
    ),
    413: (
        Text("너무 큼", "Too large"),
        Text("파일이 너무 큽니다", "The file is too large"),
        Text(
            "CSV를 gzip으로 눌러 올리십시오. 제출 횟수는 줄지 않았습니다.",
            "Compress the CSV with gzip and upload that. It has cost no submission.",
        ),
    ),
    422: (
        Text("고칠 것이 있음", "To be mended"),
        Text("받아들일 수 없는 값이 있습니다", "A value cannot be accepted"),
        Text("앞 화면으로 돌아가 고치십시오.", "Go back and mend it."),
    ),
    429: (
        Text("너무 잦음", "Too often"),
        Text("잠시 뒤에 다시 하십시오", "Wait a little and try again"),
        Text(
            "짧은 시간에 요청이 너무 많았습니다. 1분 뒤에는 됩니다.",
            "There were too many requests in a short time. In a minute it will work.",
        ),
    ),
    500: (
        Text("우리 쪽의 잘못", "Our fault"),
        Text("우리 쪽의 문제로 멈췄습니다", "It stopped through a fault of ours"),
        Text(
            "기록에 남겼습니다. 올린 파일과 제출 횟수는 안전합니다. 조금 뒤에 다시 하십시오.",
            "It is in the log. Uploaded files and submissions are safe. Try again a little later.",
        ),
    ),
    503: (
        Text("잠시 멈춤", "Unavailable"),
        Text("지금은 답할 수 없습니다", "The site cannot answer just now"),
        Text(
            "우리 쪽의 문제이며 잃은 것은 없습니다. 조금 뒤에 다시 하십시오.",
            "The fault is ours and nothing is lost. Try again a little later.",
        ),
    ),
}


def install(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""
    app.register_error_handler(ArenaError, _ours)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _raced)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def show(status: int, message: Text | None = None, mend: str = "") -> ResponseReturnValue:
    """Return the page for a status; a message of ours takes the headline's place."""
    kind, headline, remedy = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    told = message or headline
    try:
        return page("error.html", status, status=status, kind=kind, headline=told, remedy=remedy, mend=mend)
    except Exception:
        # The page asks who reads it and names this site's addresses: without a database or a usable Host it cannot be made.
        LOG.exception("%s no page could be made of status %s", reference(), status)
        return Response(f"{told.ko}. {told.en}. ({reference()})\n", status, mimetype="text/plain")


def _ours(error: Exception) -> ResponseReturnValue:
    if not isinstance(error, ArenaError):
        raise TypeError
    if isinstance(error, NotSignedIn) and request.method == "GET":
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), 303)
    if error.status >= 500:
        LOG.error("%s %s %s: %s", reference(), request.method, request.path, error)
    # A missing thing gets the page's own sentence: it must look the same whatever was looked for.
    return show(error.status, None if error.status in (404, 500) else error.message, error.mend)


def _stale_form(error: Exception) -> ResponseReturnValue:
    LOG.info("%s form refused: %s", reference(), error)
    return show(
        400,
        Text(
            "이 양식은 낡았거나 이 사이트에서 오지 않았습니다. 화면을 새로 열어 다시 보내십시오.",
            "This form is stale or did not come from this site. Reload the page and send it again.",
        ),
    )


def _http(error: Exception) -> ResponseReturnValue:
    status = error.code if isinstance(error, HTTPException) else None
    if isinstance(error, HTTPException) and status is not None and 300 <= status < 400:
        return error.get_response()
    return show(status or 500)


def _raced(error: Exception) -> ResponseReturnValue:
    # Two requests wanted the same name or place at once; the database let one of them have it.
    LOG.warning("%s %s %s: %s", reference(), request.method, request.path, type(error).__name__)
    return show(
        409,
        Text("다른 요청이 먼저였습니다. 지금 상태를 보고 다시 하십시오.", "Another request was first; look again."),
    )


def _database(error: Exception) -> ResponseReturnValue:
    LOG.error("%s %s %s", reference(), request.method, request.path, exc_info=error)
    return show(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    # The text of an exception can quote what nobody may read, so the page never shows it.
    LOG.error("%s %s %s", reference(), request.method, request.path, exc_info=error)
    return show(500)
