"""A challenge's folder as one zip file and back: the same folder always gives the same bytes.

A bundle comes from outside, so unpacking trusts nothing: names, sizes, kinds of file and what the tables hold are checked
before a byte is written.
"""

import io
import shutil
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from challenges import contents, plaintext, zips
from challenges.definition import FILE, Definition, parse
from challenges.tabular import WINDOWS_NAMES
from challenges.text import Text

MAX_FILES = 200
MAX_BYTES = 2_000_000_000
MAX_RATIO = 100  # CSV of real patients shrinks to a tenth; a bomb to a thousandth
RATIO_FROM = 1_000_000  # small files may shrink as they like
LONGEST_NAME = 100
ALLOWED = (".toml", ".md", ".csv", ".csv.gz", ".json", ".sealed", ".svg", ".png")
# What a folder may hold beside a bundle's files: the organizer's own tools, which are never sent.
CODE = (".py", ".pyc", ".r", ".sh", ".ipynb", ".js", ".so", ".dll", ".exe", ".pkl", ".pickle", ".rds", ".yaml", ".yml")
EPOCH = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20
LEVEL = 6  # the highest takes four times as long for a hundredth of the size
LONGEST_ENTRY = 600


class BundleError(ValueError):
    """A bundle that is refused: a code, the file in it and a sentence."""

    def __init__(self, code: str, name: str, message: Text) -> None:
        super().__init__(f"{code}: {name!r}: {message.en}")
        self.code = code
        self.name = name
        self.message = message


def pack(folder: Path, *, without: Iterable[str] = ()) -> bytes:
    """Return the folder's files as a zip; code, subfolders, hidden files and what is named in `without` stay behind."""
    left = set(without)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path in sorted(folder.iterdir()):
            if path.name in left or path.name.startswith(".") or not path.name.lower().endswith(ALLOWED):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            _check_name(path.name)
            info = zipfile.ZipInfo(path.name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, path.read_bytes())
    return packed.getvalue()


def unpack(source: BinaryIO, folder: Path, *, allow_labels: bool = False) -> Definition:
    """Write a bundle's files into an empty folder and return its definition; nothing is left there if it is refused.

    Parameters
    ----------
    source : binary file
        The zip, seekable.
    folder : Path
        An empty folder.
    allow_labels : bool
        Whether plaintext labels may be inside, as on an organizer's own machine. A server never allows them.

    Raises
    ------
    BundleError
        The bundle is refused.
    DefinitionError
        Its challenge.toml has mistakes.
    """
    written: list[Path] = []
    try:
        if zips.listing_bytes(source) > MAX_FILES * LONGEST_ENTRY:
            raise _too_many()
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            _check_members(members)
            definition = _definition(archive)
            for member in members:
                path = folder / member.filename
                with path.open("xb") as target:
                    written.append(path)
                    with archive.open(member) as content:  # gives no more than the size that has been checked
                        shutil.copyfileobj(content, target, BLOCK)
        if not allow_labels:
            _check_contents(written, folder, definition)
    except BundleError:
        _remove(written)
        raise
    except (*zips.UNREADABLE, OSError):
        _remove(written)
        raise BundleError(
            "not_a_bundle", "", Text("읽을 수 있는 zip 파일이 아닙니다.", "This is not a zip file that can be read.")
        ) from None
    return definition


def _check_contents(written: list[Path], folder: Path, definition: Definition) -> None:
    """Refuse plaintext labels, and whatever is not what its name says: nobody could say what such a file holds."""
    try:
        if found := plaintext.find(folder, definition):
            raise labels_refused(found)
        strange = next((path.name for path in written if not contents.is_what_it_says(path)), None)
    except contents.TooMuch:
        raise _bomb("") from None
    if strange is not None:
        raise BundleError(
            "not_what_it_says",
            strange,
            Text(
                f"{strange}: 내용이 이름과 다릅니다. 글과 표는 UTF-8이어야 하고, .png는 PNG여야 합니다.",
                f"{strange} is not what its name says. Texts and tables must be UTF-8, and a .png must be a PNG.",
            ),
        )


def labels_refused(name: str) -> BundleError:
    """Return the refusal of labels that nobody sealed."""
    return BundleError(
        "plaintext_labels",
        name,
        Text(
            f"{name}에 봉인하지 않은 결과가 있습니다. 받지 않았으며 지웠습니다. 봉인한 뒤 다시 보내십시오.",
            f"{name} holds unsealed labels. It was refused and deleted. Seal the labels and send the bundle again.",
        ),
    )


def _too_many() -> BundleError:
    return BundleError(
        "too_many_files",
        "",
        Text(f"파일이 {MAX_FILES}개를 넘습니다.", f"The bundle holds more than {MAX_FILES} files."),
    )


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise _too_many()
    seen: set[str] = set()
    total = 0
    for member in members:
        name = member.filename
        _check_name(name)
        _check_kind(member)
        if name.lower() in seen:
            raise BundleError(
                "duplicate_name",
                name,
                Text(f"{name}이라는 이름의 파일이 둘입니다.", f"Two files have the name {name}."),
            )
        seen.add(name.lower())
        total += member.file_size
        if total > MAX_BYTES:
            raise _bomb(name)
        if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise _bomb(name)


def _check_name(name: str) -> None:
    """A bundle is flat: every name is a plain file name on every system."""
    plain = name.isascii() and all(sign.isalnum() or sign in "._-" for sign in name)
    if not plain or len(name) > LONGEST_NAME or name[0] in ".-" or name.endswith("."):
        raise BundleError(
            "bad_name",
            name[:LONGEST_NAME],
            Text(
                "파일 이름은 폴더 없이 영문자, 숫자, 점, 밑줄, 붙임표만으로 된 100자까지여야 합니다.",
                "A file's name holds letters, digits, dots, underscores and hyphens, no folder, at most 100 characters.",
            ),
        )
    if name.lower().split(".")[0] in WINDOWS_NAMES:
        raise BundleError(
            "bad_name",
            name,
            Text(f"{name}: Windows에서 쓸 수 없는 이름입니다.", f"{name}: Windows does not allow this name."),
        )


def _check_kind(member: zipfile.ZipInfo) -> None:
    name = member.filename
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise BundleError(
            "not_a_file",
            name,
            Text(f"{name}: 보통 파일이 아니라 링크나 장치입니다.", f"{name} is a link or a device, not a plain file."),
        )
    if member.flag_bits & 0x1:
        raise BundleError(
            "encrypted", name, Text(f"{name}: 암호를 건 파일은 받지 않습니다.", f"{name}: encrypted files are refused.")
        )
    if name.lower().endswith(CODE):
        raise BundleError(
            "code",
            name,
            Text(
                f"{name}: 실행할 수 있는 파일은 받지 않습니다. 자료와 글만 담으십시오.",
                f"{name}: code is refused. A bundle holds data and texts only.",
            ),
        )
    if not name.lower().endswith(ALLOWED):
        listed = " ".join(ALLOWED)
        raise BundleError(
            "bad_type",
            name,
            Text(f"{name}: 받는 파일은 {listed} 뿐입니다.", f"{name}: only {listed} files are accepted."),
        )


def _definition(archive: zipfile.ZipFile) -> Definition:
    try:
        with archive.open(FILE) as stream:
            content = stream.read(BLOCK + 1)
    except KeyError:
        raise BundleError("no_definition", FILE, Text(f"{FILE}이 없습니다.", f"There is no {FILE}.")) from None
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BundleError(
            "bad_definition", FILE, Text(f"{FILE}이 UTF-8이 아닙니다.", f"{FILE} is not UTF-8.")
        ) from None


def _bomb(name: str) -> BundleError:
    return BundleError(
        "bomb",
        name,
        Text(
            f"{name or '묶음'}: 풀면 지나치게 커집니다. 모두 {MAX_BYTES:,}바이트, 한 파일은 압축한 크기의 {MAX_RATIO}배까지입니다.",
            f"{name or 'The bundle'} unpacks to too much: {MAX_BYTES:,} bytes in all, and {MAX_RATIO} times its packed size, are allowed.",
        ),
    )


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
