"""From bytes of any size to numbered lines of text: plain or gzipped, UTF-8, bounded in every direction.

Whoever sends a file decides how long it is, how long its lines are and how far it unpacks; memory stays at a few chunks.
"""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from challenges.text import Text

CHUNK = 1 << 20
LONGEST_LINE = 100_000  # bytes; a row of a thousand columns fits, a two-gigabyte line does not
# A gzipped file may unpack to this many times the challenge's max_bytes; CSV of predictions shrinks to a third or a fifth.
UNPACKED = 8
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ZIP = b"PK\x03\x04"
OTHER_FORMATS = {
    ZIP: Text("스프레드시트(xlsx)", "a spreadsheet workbook (xlsx)"),
    b"\xd0\xcf\x11\xe0": Text("옛 스프레드시트(xls)", "an old spreadsheet workbook (xls)"),
    b"%PDF": Text("PDF", "a PDF"),
    b"PAR1": Text("Parquet", "a Parquet file"),
}
# Among the first entries of every workbook; a zip made by a person has names of its own.
WORKBOOK = (b"[Content_Types].xml", b"xl/", b"_rels/.rels", b"mimetypeapplication/vnd.oasis")
UNPACK = Text(
    "CSV가 아니라 zip 압축 파일입니다. 풀어서 그 안의 CSV를 올리거나 gzip으로 압축하십시오.",
    "This is a zip archive, not a CSV. Unpack it and send the CSV inside, or compress with gzip.",
)
SAVE = Text(
    "스프레드시트에서 ‘CSV UTF-8(쉼표로 분리)’로 저장하십시오.",
    "In the spreadsheet, save it as “CSV UTF-8 (comma delimited)”.",
)


class TableError(ValueError):
    """A file that cannot be read on: a code, what to do and, where it is known, the line."""

    def __init__(self, code: str, message: Text, line: int | None = None) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.line = line


def pieces(stream: BinaryIO, *, largest: int) -> Iterator[bytes]:
    """Yield the file from where the stream stands, unpacked if it is gzipped; stop with an error beyond its limit."""
    start = stream.tell()
    packed = stream.read(2) == GZIP
    stream.seek(start)
    # GzipFile unpacks no more than it is asked for, so that a bomb is noticed at the limit and not in memory.
    source = cast("BinaryIO", gzip.GzipFile(fileobj=stream)) if packed else stream
    limit = largest * UNPACKED if packed else largest
    size = 0
    try:
        while piece := source.read(CHUNK):
            size += len(piece)
            if size > limit:
                raise TableError("too_large", _too_large(limit, packed=packed))
            yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise TableError(
            "not_csv",
            Text(
                "gzip 파일이 깨졌거나 끝이 잘렸습니다. 다시 압축해 올리십시오.",
                "The gzip file is damaged or cut short. Compress it again.",
            ),
        ) from None


def _too_large(limit: int, *, packed: bool) -> Text:
    if packed:
        return Text(
            f"풀면 {limit:,}바이트를 넘습니다. 소수 자릿수나 줄을 줄이십시오.",
            f"The file unpacks to more than {limit:,} bytes. Write fewer decimals or fewer rows.",
        )
    return Text(
        f"파일이 {limit:,}바이트를 넘습니다. 소수 자릿수를 줄이거나 gzip으로 압축하십시오.",
        f"The file is larger than {limit:,} bytes. Write fewer decimals, or compress it with gzip.",
    )


def chunks(parts: Iterator[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Yield lists of whole lines without their ends (LF, CRLF or CR), each list with the number of its first line."""
    line = 1
    carry = b""
    first = True
    for part in parts:
        data = carry + part
        if first:
            if len(data) < 4:  # too short to tell by its beginning
                carry = data
                continue
            _refuse_other_formats(data)
            data = data.removeprefix(BOM)
            first = False
        # A CR that ends the piece may be half of a CRLF, so it waits.
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, max(len(data) - 1, 0))) + 1
        carry = data[cut:]
        if cut:
            held = _split(data[:cut], line)
            lengths = list(map(len, held))
            if max(lengths) > LONGEST_LINE:
                raise _too_long(line + next(place for place, length in enumerate(lengths) if length > LONGEST_LINE))
            yield line, held
            line += len(held)
        if len(carry) > LONGEST_LINE:
            raise _too_long(line)
    carry = carry.removeprefix(BOM) if first else carry
    if carry:
        yield line, _split(carry, line)


def _too_long(line: int) -> TableError:
    return TableError(
        "not_csv",
        Text(
            f"한 줄이 {LONGEST_LINE:,}바이트를 넘습니다. 한 줄에 하나씩 적은 CSV여야 합니다.",
            f"A line is longer than {LONGEST_LINE:,} bytes. A CSV with one row a line is expected.",
        ),
        line,
    )


def _refuse_other_formats(data: bytes) -> None:
    if data[:2] in UTF_16:
        raise TableError(
            "not_utf8",
            Text(f"UTF-16으로 저장한 파일입니다. {SAVE.ko}", f"The file is saved as UTF-16. {SAVE.en}"),
            1,
        )
    if data.startswith(ZIP) and not any(name in data[:4096] for name in WORKBOOK):
        raise TableError("not_csv", UNPACK, 1)
    for mark, name in OTHER_FORMATS.items():
        if data.startswith(mark):
            raise TableError(
                "not_csv",
                Text(f"CSV가 아니라 {name.ko} 파일입니다. {SAVE.ko}", f"This is {name.en}, not a CSV. {SAVE.en}"),
                1,
            )


def _split(data: bytes, line: int) -> list[str]:
    text = _decoded(data, line)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise TableError(
            "not_csv",
            Text(
                f"이 줄에 NUL 문자가 있습니다. 글이 아닌 파일이거나 UTF-16일 수 있습니다. {SAVE.ko}",
                f"This line holds a NUL character: the file may be binary or UTF-16. {SAVE.en}",
            ),
            line + text.count("\n", 0, text.index("\0")),
        )
    held = text.split("\n")
    if not held[-1]:
        held.pop()
    return held


def _decoded(data: bytes, line: int) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
        raise TableError("not_utf8", _encoding_advice(data[error.start :]), line + before) from None


def _encoding_advice(rest: bytes) -> Text:
    try:
        # The end may fall into a character; the errors that matter are at the beginning.
        guess = rest[:200].decode("cp949", errors="ignore" if len(rest) > 200 else "strict")
    except UnicodeDecodeError:
        guess = ""
    if any("가" <= sign <= "힣" for sign in guess):
        return Text(
            f"CP949(한글 윈도우의 옛 부호)로 저장한 파일로 보입니다. {SAVE.ko}",
            f"The file seems to be saved as CP949 (the old Korean Windows encoding). {SAVE.en}",
        )
    return Text(
        f"UTF-8이 아닌 글자가 있습니다. {SAVE.ko}",
        f"Some characters are not UTF-8. {SAVE.en}",
    )
