"""A challenge's archive as a file: one zip, stored and not packed, whose every byte is named by a digest in its first member.

Nothing in it is packed, so that the same challenge always gives the same bytes and nothing can unpack to more than it is. Reading
trusts nothing: kinds of member, names, sizes and digests are checked before a row or a file of it is used.
"""

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, BinaryIO, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.errors import Invalid
from challenges import zips
from challenges.text import Text

FORMAT = 1
MANIFEST, LEDGER = "archive.json", "ledger.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
MAX_MEMBERS = 500_000
LARGEST_DIRECTORY = 200 * MAX_MEMBERS
LARGEST_JSON = 1 << 30
_NAME = re.compile(r"archive\.json|ledger\.json|tables/[a-z_]{1,60}\.json|blobs/[0-9a-f]{64}")

Model = TypeVar("Model", bound="Read")
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, lt=2**31)]


class Read(BaseModel):
    """Something read from an archive: exact types, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Manifest(Read):
    """What an archive holds, with the digest of every part."""

    format: int
    schema_: str = Field(alias="schema")
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
    labels_key: str | None
    receipts_key: str | None
    parts: dict[str, Digest]


class Entry(Read):
    """One act of the challenge's ledger, as it was digested."""

    chain: Number | None
    id: Number
    at: str
    kind: str
    challenge_id: Number | None
    data: dict[str, Any]
    digest: Digest


class Link(Read):
    """One link of a chain: of the acts of others, number and digest alone."""

    chain: Number
    number: Number
    covers: list[Annotated[tuple[Number, str], Field(strict=False)]]
    previous: str
    digest: Digest
    chained_at: str


class History(Read):
    """The ledger of a challenge."""

    entries: list[Entry]
    links: list[Link]


def damaged(what: str) -> Invalid:
    """Return the refusal of an archive that is not as it was written."""
    return Invalid(
        "damaged_archive",
        Text(
            f"{what}: 내보낸 그대로가 아니거나 깨졌습니다. 들여온 것은 없습니다. 원본을 다시 복사해 오십시오.",
            f"{what} is damaged or not as it was exported. Nothing was imported. Copy the original again.",
        ),
    )


def encoded(value: Any) -> bytes:
    """Return JSON as an archive holds it: the keys of an object stay in their order."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def write(
    target: BinaryIO,
    *,
    head: Mapping[str, Any],
    documents: Mapping[str, Any],
    blobs: Mapping[str, Callable[[], BinaryIO]],
) -> None:
    """Write an archive: the manifest, the documents by name, then the blobs by digest."""
    contents = {name: encoded(value) for name, value in documents.items()}
    parts = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    parts |= {f"blobs/{sha256}": sha256 for sha256 in sorted(blobs)}
    manifest = encoded({"format": FORMAT, **head, "parts": parts})
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {MANIFEST: manifest, **contents}.items():
            archive.writestr(_info(name), content)
        for sha256 in sorted(blobs):
            with blobs[sha256]() as source, archive.open(_info(f"blobs/{sha256}"), "w", force_zip64=True) as out:
                for chunk in _chunks(source):
                    out.write(chunk)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


class Archive:
    """An archive whose members have been looked over; what is read of it is compared with the manifest's digests."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.manifest = _parsed(Manifest, self._json(MANIFEST, None), MANIFEST)
        if self.manifest.format != FORMAT:
            raise Invalid(
                "newer_archive",
                Text(
                    "더 새로운 Arena가 내보낸 파일입니다. 그 판 이상의 Arena에서 들여오십시오.",
                    "A newer Arena has exported this archive. Import it with that version or a later one.",
                ),
            )
        if {MANIFEST, *self.manifest.parts} != {member.filename for member in opened.infolist()}:
            raise damaged(MANIFEST)

    @property
    def blobs(self) -> list[str]:
        """The digests of the files in it."""
        return [name.removeprefix("blobs/") for name in self.manifest.parts if name.startswith("blobs/")]

    @property
    def tables(self) -> list[str]:
        """The names of the tables in it."""
        return [
            name.removeprefix("tables/").removesuffix(".json")
            for name in self.manifest.parts
            if name.startswith("tables/")
        ]

    def table(self, name: str) -> list[Any]:
        found = self._json(f"tables/{name}.json", self.manifest.parts.get(f"tables/{name}.json"))
        if not isinstance(found, list):
            raise damaged(f"tables/{name}.json")
        return found

    def history(self) -> dict[str, list[dict[str, Any]]]:
        """Return the ledger as plain JSON, its shape checked."""
        found = _parsed(History, self._json(LEDGER, self.manifest.parts.get(LEDGER)), LEDGER)
        return found.model_dump(mode="json")

    def check_blob(self, sha256: str) -> None:
        """Refuse a file whose bytes are not those of its name."""
        digest = hashlib.sha256()
        with self.blob(sha256) as source:
            for chunk in _chunks(source):
                digest.update(chunk)
        if digest.hexdigest() != sha256 or self.manifest.parts[f"blobs/{sha256}"] != sha256:
            raise damaged(f"blobs/{sha256}")

    def blob(self, sha256: str) -> BinaryIO:
        return self._zip.open(f"blobs/{sha256}")  # type: ignore[return-value]

    def _json(self, name: str, sha256: str | None) -> Any:
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            raise damaged(name) from None
        if info.file_size > LARGEST_JSON:
            raise damaged(name)
        content = self._zip.read(info)
        if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
            raise damaged(name)
        try:
            return json.loads(content, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise damaged(name) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and infinities are no JSON


def _parsed(model: type[Model], value: Any, name: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError:
        raise damaged(name) from None


NOT_AN_ARCHIVE = Text(
    "'arena challenge export'가 쓴 파일이 아니거나 깨졌습니다. 들여온 것은 없습니다.",
    "This is not a file that 'arena challenge export' has written, or it is damaged. Nothing was imported.",
)


@contextmanager
def opened(source: BinaryIO) -> Iterator[Archive]:
    """Open an archive from outside; whatever is wrong with it is a refusal with a sentence."""
    try:
        found = _looked_over(source)
    except zips.UNREADABLE:
        raise Invalid("not_an_archive", NOT_AN_ARCHIVE) from None
    with found:
        try:
            yield Archive(found)
        except (zipfile.BadZipFile, EOFError):  # a member that is not what the list of members says
            raise Invalid("not_an_archive", NOT_AN_ARCHIVE) from None


def _looked_over(source: BinaryIO) -> zipfile.ZipFile:
    if zips.listing_bytes(source) > LARGEST_DIRECTORY:
        raise zipfile.BadZipFile
    found = zipfile.ZipFile(source)
    _check_members(found.infolist(), source)
    return found


def _check_members(members: list[zipfile.ZipInfo], source: BinaryIO) -> None:
    size = source.seek(0, 2)
    names = [member.filename for member in members]
    plain = all(
        _NAME.fullmatch(member.filename)
        and member.compress_type == zipfile.ZIP_STORED
        and member.compress_size == member.file_size
        and stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG)
        and not member.flag_bits & 0x1
        for member in members
    )
    # Members that share their bytes would be more together than the file is.
    if (
        not plain
        or len(set(names)) != len(names)
        or len(names) > MAX_MEMBERS
        or sum(m.file_size for m in members) > size
    ):
        raise zipfile.BadZipFile
