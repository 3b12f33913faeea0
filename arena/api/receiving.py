"""Taking an upload: its size is bounded before a byte of it is read."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from flask import Flask, Request, request
from werkzeug.exceptions import RequestURITooLarge, UnsupportedMediaType

from arena.errors import Invalid
from arena.hosting import Hosted
from arena.uploads import LARGEST_CHALLENGE
from challenges.text import Text

# Room for the form around the file: boundaries, headers, note.
AROUND = 64 << 10
LONGEST_KEY = 255
# Many times what any query here can mean.
LONGEST_ADDRESS = 8000


def refuse_strange() -> None:
    """Refuse what no route reads: an address without end, and a body that is compressed as a whole."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        raise RequestURITooLarge
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType


class Spooling(Request):
    """Knows every temporary file that it made: a form that breaks off in the middle leaves one that nobody else can close."""

    _spooled: list[IO[bytes]]

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self._spooled = [*getattr(self, "_spooled", ()), stream]
        return stream

    def discard(self) -> None:
        """Close whatever was spooled; closed files are deleted."""
        for stream in getattr(self, "_spooled", ()):
            stream.close()


def install(app: Flask) -> None:
    """Refuse strange requests, and keep nothing of any."""
    app.request_class = Spooling
    app.before_request(refuse_strange)
    app.teardown_request(_discard)


def _discard(_error: BaseException | None) -> None:
    if isinstance(request, Spooling):
        request.discard()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, with the form's other fields."""

    stream: BinaryIO
    filename: str
    note: str = ""
    method: str = ""
    companion: "Upload | None" = None


@contextmanager
def upload(hosted: Hosted) -> Iterator[Upload]:
    """Yield the request's file; more than the challenge takes is refused with 413 while it still arrives."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    largest = hosted.definition.limits.max_bytes
    request.max_content_length = (2 if hosted.definition.companion else 1) * largest + AROUND
    file = request.files.get("file")
    if file is None:
        message = Text(
            "파일을 'file'이라는 이름의 multipart 칸으로 보내십시오.",
            "Send the file as the multipart field named 'file'.",
        )
        raise Invalid("invalid_field", message, fields={"file": message})
    second = request.files.get("companion")
    with file.stream, second.stream if second is not None else nullcontext():
        beside = None if second is None else Upload(cast("BinaryIO", second.stream), second.filename or "")
        yield Upload(
            cast("BinaryIO", file.stream),
            file.filename or "",
            note=request.form.get("note", ""),
            method=request.form.get("method", ""),
            companion=beside,
        )


@dataclass(frozen=True, slots=True)
class SentPractice:
    """A practice file as it came, with the one that it is compared with: sent beside it, or named as an earlier one."""

    stream: BinaryIO
    filename: str
    note: str
    earlier: str
    against: BinaryIO | None = None
    against_filename: str = ""


@contextmanager
def practice_upload(hosted: Hosted) -> Iterator[SentPractice]:
    """Yield the request's practice file, bounded as `upload` bounds it."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    request.max_content_length = 2 * hosted.definition.limits.max_bytes + AROUND
    file = request.files.get("file")
    if file is None:
        message = Text(
            "파일을 'file'이라는 이름의 multipart 칸으로 보내십시오.",
            "Send the file as the multipart field named 'file'.",
        )
        raise Invalid("invalid_field", message, fields={"file": message})
    second = request.files.get("against")
    with file.stream, second.stream if second is not None else nullcontext():
        yield SentPractice(
            cast("BinaryIO", file.stream),
            file.filename or "",
            request.form.get("note", ""),
            request.form.get("earlier", ""),
            None if second is None else cast("BinaryIO", second.stream),
            "" if second is None else second.filename or "",
        )


@dataclass(frozen=True, slots=True)
class SentChallenge:
    """A challenge as it came: its bundle, its sealed labels, and the public note of a new version."""

    bundle: BinaryIO
    labels: BinaryIO | None
    note_ko: str
    note_en: str


@contextmanager
def bundle() -> Iterator[SentChallenge]:
    """Yield the request's bundle and labels; whatever was spooled of them is gone afterwards."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_CHALLENGE
    with ExitStack() as spooled:
        for file in (one for sent in request.files.listvalues() for one in sent):
            spooled.enter_context(file.stream)
        packed, labels = request.files.get("bundle"), request.files.get("labels")
        if packed is None:
            message = Text(
                "묶음을 'bundle'이라는 이름의 multipart 칸으로 보내십시오.",
                "Send the bundle as the multipart field named 'bundle'.",
            )
            raise Invalid("invalid_field", message, fields={"bundle": message})
        yield SentChallenge(
            bundle=cast("BinaryIO", packed.stream),
            labels=cast("BinaryIO", labels.stream) if labels is not None else None,
            note_ko=request.form.get("note_ko", ""),
            note_en=request.form.get("note_en", ""),
        )


def idempotency_key() -> str | None:
    """Return the key under which a repeated request does nothing new."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        message = Text(
            f"Idempotency-Key는 ASCII 1자에서 {LONGEST_KEY}자까지입니다.",
            f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters.",
        )
        raise Invalid("invalid_field", message, fields={"Idempotency-Key": message})
    return key
