"""Opening and decoding CSV files from people: UTF-8 with or without a byte-order mark, plain or gzipped, bounded."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from challenges.text import Text

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
# How much larger than the upload's limit a file may unpack: real CSV files shrink to a third or a fifth.
UNPACKED = 8


class TableError(ValueError):
    """A file that cannot be read as a table at all: a code, perhaps a line, and what to do."""

    def __init__(self, code: str, message: Text, line: int | None = None) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.line = line


def unpack(stream: BinaryIO, *, largest: int) -> bytes:
    """Return the whole file, unpacked if it is gzipped; stop at `largest` bytes."""
    head = stream.read(2)
    stream.seek(0)
    source: io.BufferedIOBase | BinaryIO = gzip.GzipFile(fileobj=stream) if head == GZIP else stream
    pieces = []
    size = 0
    try:
        while piece := source.read(CHUNK):
            size += len(piece)
            if size > largest:
                raise TableError(
                    "too_large",
                    Text(
                        f"풀어 놓은 파일이 {largest:,}바이트를 넘습니다. 소수 자릿수를 줄이십시오.",
                        f"The file unpacks to more than {largest:,} bytes. Write fewer decimals.",
                    ),
                )
            pieces.append(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise TableError(
            "not_csv",
            Text("gzip 파일이 깨졌습니다. 다시 눌러 올리십시오.", "The gzip file is damaged. Compress it again."),
        ) from None
    return b"".join(pieces)


def decode(content: bytes) -> str:
    """Return the text without a byte-order mark; say which line is not UTF-8 and what it seems to be."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise TableError("not_utf8", _encoding_advice(content), line)


def _encoding_advice(content: bytes) -> Text:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Text(
            "UTF-16으로 저장한 파일입니다. 엑셀에서 ‘CSV UTF-8(쉼표로 분리)’로 저장하십시오.",
            "The file is UTF-16. In the spreadsheet, save it as “CSV UTF-8 (comma delimited)”.",
        )
    if content[:4] == b"PK\x03\x04":
        return Text(
            "엑셀이나 압축 파일입니다. ‘CSV UTF-8(쉼표로 분리)’로 저장해 올리십시오.",
            "This is a spreadsheet or an archive. Save it as “CSV UTF-8 (comma delimited)”.",
        )
    try:
        content[: 1 << 16].decode("cp949")
    except UnicodeDecodeError:
        return Text(
            "UTF-8 글자가 아닌 바이트가 있습니다. UTF-8로 저장하십시오.",
            "Some bytes are not UTF-8. Save the file as UTF-8.",
        )
    return Text(
        "CP949(한글 윈도우 부호)로 저장한 파일로 보입니다. 엑셀에서 ‘CSV UTF-8(쉼표로 분리)’로 저장하십시오.",
        "The file seems to be CP949 (Korean Windows). Save it as “CSV UTF-8 (comma delimited)”.",
    )


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which the row begins, fields); lines count from 1, blank lines are yielded as empty rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise TableError(
            "not_csv",
            Text(
                "따옴표가 닫히지 않았거나 칸이 너무 깁니다. 쉼표로 나눈 CSV로 저장하십시오.",
                "A quotation mark is not closed, or a field is far too long. Save the file as comma-separated values.",
            ),
            reader.line_num,
        ) from None


def header(names: list[str]) -> None:
    """Refuse a header that was not split at commas."""
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        raise TableError(
            "not_csv",
            Text(
                "칸을 쉼표가 아닌 글자로 나누었습니다. 쉼표로 나누십시오.",
                "The fields are not separated by commas. Use commas.",
            ),
            1,
        )


def read_ids(stream: BinaryIO, id_column: str, *, largest: int = 2_000_000_000) -> list[str]:
    """Return the id column of a table, in the order of its rows."""
    table = rows(decode(unpack(stream, largest=largest)))
    names = next(table, (1, []))[1]
    header(names)
    if names.count(id_column) != 1:
        raise TableError(
            "missing_column",
            Text(
                f"머리글에 {id_column} 열이 꼭 하나 있어야 합니다.",
                f"The header needs the column {id_column} exactly once.",
            ),
            1,
        )
    place = names.index(id_column)
    return [row[place] for _, row in table if len(row) > place]
