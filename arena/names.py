"""Names that people type: cleaned, bounded and compared so that two cannot look alike by case or width."""

import re
import unicodedata

from arena.errors import Invalid
from challenges.text import Text

_EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"(),:;\\]{1,64}@[^@\s\x00-\x1f<>\"(),:;\\]{1,190}\.[^@\s.]{2,}")


def clean(text: str, *, field: str, longest: int, empty_allowed: bool = False) -> str:
    """Return the text in NFC without control or direction marks; refuse what is empty or too long."""
    kept = (sign for sign in unicodedata.normalize("NFC", text) if _printable(sign))
    name = " ".join("".join(kept).split())
    if (not name.strip("\u200d") and not empty_allowed) or len(name) > longest:
        message = Text(f"1자에서 {longest}자까지 쓰십시오.", f"Write 1 to {longest} characters.")
        raise Invalid("invalid_field", message, fields={field: message})
    return name


def prose(text: str, *, field: str, longest: int) -> str:
    """Return a text of several lines in NFC without control or direction marks; refuse what is empty or too long."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join(
        "".join(sign for sign in line if sign == "\t" or _printable(sign)).rstrip() for line in lines
    ).strip()
    if not kept or len(kept) > longest:
        message = Text(f"1자에서 {longest:,}자까지 쓰십시오.", f"Write 1 to {longest:,} characters.")
        raise Invalid("invalid_field", message, fields={field: message})
    return kept


def key(name: str) -> str:
    """Return what two names that look alike share."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("\u200d", "").split())


def email(text: str) -> str:
    """Return the address in lower case; refuse what cannot be one."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        message = Text("전자우편 주소의 모양이 아닙니다.", "This is not the form of an e-mail address.")
        raise Invalid("invalid_field", message, fields={"email": message})
    return address


def _printable(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or sign == "\u200d"
