"""Publishing from a browser: the ways, the form, the zip, and what their scripts ask of the server."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any, BinaryIO, TypeVar, cast

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from arena import drafts, publications, sealing, uploads
from arena.errors import ArenaError, Invalid, OurFault
from arena.publications import Recorded
from arena.store.models import User
from arena.uploads import Arrived
from arena.web import limits
from arena.web.account_pages import require_user
from arena.web.forms import csrf
from arena.web.new_challenge_asked import AnswersAsked, DefinitionAsked
from arena.web.rendering import page, t
from arena.web.site import now, reading, site, writing
from arena.wire import Asked
from challenges.companions import PRIMARY
from challenges.definition import DefinitionError
from challenges.published import Flaw
from challenges.text import Text
from scorers.catalogue import METRICS

blueprint = Blueprint("new_challenge", __name__)

# Kinds that the form makes; the others come as a zip.
KINDS = ("survival", "competing", "binary")
LARGEST_QUESTION = 2_000_000  # a definition, or the answers with two thousand described columns

A = TypeVar("A", bound=Asked)


def require_sender() -> User:
    """Return the signed-in account if it may create challenges, or runs one that a new version can be sent for."""
    user = require_user()
    with reading() as session:
        publications.require_sender(session, user)
    return user


def _key() -> bytes:
    try:
        return sealing.public_key(site().settings.labels_key_file)
    except (OSError, ValueError):
        raise OurFault(
            "no_labels_key", Text("봉인할 열쇠를 읽지 못했습니다.", "The key to seal with could not be read.")
        ) from None


def _page(template: str, **context: Any) -> Response:
    require_sender()
    key, settings = _key(), site().settings
    return page(
        template,
        area="organize",
        key=key.hex(),
        fingerprint=sealing.fingerprint(key),
        shared_user=sealing.shares_user(settings.home),
        base_url=settings.base_url,
        **context,
    )


@blueprint.get("/organize/new")
def choose() -> ResponseReturnValue:
    """Show the ways to publish a challenge."""
    return _page("new_challenge.html")


@blueprint.get("/organize/new/form")
def form() -> ResponseReturnValue:
    """Show the form that makes a challenge from one table."""
    metrics = [one for one in METRICS.values() if one.may_be_primary and one.public and set(one.kinds) & set(KINDS)]
    recommended = [PRIMARY[kind] for kind in KINDS]
    return _page(
        "new_challenge_form.html",
        metrics=sorted(metrics, key=lambda one: one.name not in recommended),
        recommended=recommended,
    )


@blueprint.get("/organize/new/zip")
def archive() -> ResponseReturnValue:
    """Show the page that takes a challenge's folder as a zip."""
    return _page("new_challenge_zip.html")


def answering(view: Callable[[], Response]) -> Callable[[], Response]:
    """Answer a script: a refusal is JSON with a sentence, and with one for each field."""

    @wraps(view)
    def answer() -> Response:
        try:
            require_sender()
            return view()
        except ArenaError as error:
            return refusal(error)

    return answer


def refusal(error: ArenaError) -> Response:
    """Return an error as the page's script reads it."""
    answer = jsonify(
        message=t(error.message),
        fields={name: t(text) for name, text in error.fields.items()},
        mistakes=[_mistake(one) for one in getattr(error, "problems", ())],
        total=getattr(error, "total", 0),
    )
    answer.status_code = error.status
    return answer


def _mistake(one: Flaw) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "where": one.column or "",
        "found": one.found,
        "message": t(one.message),
    }


def _asked(model: type[A]) -> A:
    request.max_content_length = LARGEST_QUESTION
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        message = Text("받아들일 수 없는 값입니다.", "This value cannot be accepted.")
        fields = {str(one["loc"][0]): message for one in error.errors(include_input=False) if one["loc"]}
        raise Invalid("invalid_answers", message, fields=fields) from None


@blueprint.post("/organize/new/definition")
@limits.change_limit
@answering
def definition() -> Response:
    """Read a challenge.toml: every mistake with its line, or what the browser must know to seal the labels."""
    asked = _asked(DefinitionAsked)
    try:
        found = drafts.describe(asked.text, asked.ids_sha256)
    except DefinitionError as error:
        mistakes = [
            {"file": one.file, "line": one.line, "where": one.where, "found": one.found, "message": t(one.message)}
            for one in error.mistakes
        ]
        answer = jsonify(mistakes=mistakes)
        answer.status_code = 422
        return answer
    return jsonify(definition=drafts.as_json(found))


@blueprint.post("/organize/new/texts")
@limits.change_limit
@answering
def texts() -> Response:
    """Write a challenge's texts from the form's answers."""
    asked = _asked(AnswersAsked)
    drafted = drafts.write(asked.answers(), asked.ids_sha256)
    return jsonify(files=drafted.files, gaps=drafted.gaps, definition=drafts.as_json(drafted.definition))


@blueprint.post("/organize/new")
@csrf.exempt  # type: ignore[untyped-decorator]
@limits.upload_limit
@answering
def receive() -> Response:
    """Take a bundle without labels and the labels sealed; say where the worker's verification is shown."""
    person, blobs = require_sender(), site().blobs
    # The body has not been read so far: who may not send a challenge sends nothing.
    request.max_content_length = uploads.LARGEST_CHALLENGE
    csrf.protect()
    with ExitStack() as spooled:
        for file in (one for sent in request.files.listvalues() for one in sent):
            spooled.enter_context(file.stream)
        packed, labels = request.files.get("bundle"), request.files.get("labels")
        if packed is None:
            message = Text("보낼 묶음이 없습니다.", "There is no bundle.")
            raise Invalid("no_bundle", message)
        with uploads.private_folder(site().settings.home) as place:
            arrived = uploads.receive(
                blobs,
                place,
                packed=cast("BinaryIO", packed.stream),
                labels=cast("BinaryIO", labels.stream) if labels is not None else None,
            )
    recorded = _recorded(person, arrived)
    # Only now that the row is committed; if nobody hears the ring, the sweeper rings again.
    site().queue.verify(recorded.publication.id or 0)
    return jsonify(url=url_for("publication.show", slug=recorded.challenge.slug))


def _recorded(person: User, arrived: Arrived) -> Recorded:
    try:
        drafts.require_free_name(arrived.definition.slug)
        with writing() as session:
            return publications.record(
                session,
                site().blobs,
                user=person,
                arrived=arrived,
                note_ko=request.form.get("note_ko", ""),
                note_en=request.form.get("note_en", ""),
                at=now(),
            )
    except BaseException:
        with reading() as session:
            publications.discard(session, site().blobs, arrived.fresh)
        raise
