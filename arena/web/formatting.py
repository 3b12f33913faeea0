"""How numbers, dates and spans are written, in Korean and in English. Pure: the moment and the zone are arguments."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
MINUS = "\u2212"
NO_BREAK = "\u00a0"
WEEKDAYS_KO = "월화수목금토일"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, decimals: int = 3) -> str:
    """Write a number with a true minus and without a negative zero."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return text


def plain(value: float) -> str:
    """Write a fact of the gate (a step, a standard error) with the three digits that matter."""
    text = f"{float(f'{value:.3g}'):.12f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def signed(value: float, decimals: int = 3) -> str:
    """Write a difference: its sign is always shown, unless it rounds to zero."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def interval(low: float, high: float, decimals: int = 3, language: str = "en") -> str:
    """Write an interval: an en dash between positive bounds, words where a minus would be misread."""
    joined = "–" if low >= 0 and high >= 0 else {"ko": " ~ "}.get(language, " to ")
    return f"{number(low, decimals)}{joined}{number(high, decimals)}"


def scored(value: float, low: float | None, high: float | None, decimals: int = 3, language: str = "en") -> str:
    """Write a value and, where there is one, its interval in brackets."""
    if low is None or high is None:
        return number(value, decimals)
    return f"{number(value, decimals)} ({interval(low, high, decimals, language)})"


def count(value: int) -> str:
    """Write a whole number with commas."""
    return number(value, 0)


def percent(share: float, decimals: int = 1) -> str:
    """Write a share as a percentage."""
    return f"{number(100 * share, decimals)}%"


def plural(value: int, one: str, many: str | None = None) -> str:
    """Write an English count with its noun."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def size(octets: int) -> str:
    """Write a file's size in the unit that leaves two or three digits."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} KB"
    return f"{octets / 1_000_000:.1f} MB" if octets < 100_000_000 else f"{round(octets / 1_000_000):,} MB"


def ordinal(rank: int, language: str) -> str:
    """Write a rank: 4위, 4th."""
    if language == "ko":
        return f"{rank}위"
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def horizon(days: float, language: str) -> str:
    """Write a horizon in years where it is a whole number of them, else in days."""
    years = days / 365
    if abs(years - round(years)) < 0.01 and years >= 1:
        whole = round(years)
        return f"{whole}년" if language == "ko" else plural(whole, "year")
    text = number(days, 0 if days == int(days) else 1)
    return f"{text}일" if language == "ko" else f"{text} days"


def horizons(first: float, last: float, language: str) -> str:
    """Write a span between two horizons: 1–5년, 1–5 years."""
    start, end = horizon(first, language), horizon(last, language)
    unit = end.lstrip("0123456789.,")
    same = start.lstrip("0123456789.,").rstrip("s") == unit.rstrip("s")
    return f"{start.removesuffix(start.lstrip('0123456789.,'))}–{end}" if same else f"{start}–{end}"


def zone_name(at: datetime, zone: ZoneInfo) -> str:
    """Name the zone as people do: KST for Seoul, else what the zone calls itself then."""
    return "KST" if zone.key == "Asia/Seoul" else str(at.astimezone(zone).tzname())


def day(at: datetime, language: str, zone: ZoneInfo = SEOUL, *, weekday: bool = False, year: bool = False) -> str:
    """Write a date: 12월 11일(금), Fri 11 Dec 2026."""
    there = at.astimezone(zone)
    if language == "ko":
        text = f"{there.month}월 {there.day}일"
        return (f"{there.year}년 " if year else "") + text + (f"({WEEKDAYS_KO[there.weekday()]})" if weekday else "")
    text = f"{there.day} {MONTHS_EN[there.month - 1]}" + (f" {there.year}" if year else "")
    return f"{WEEKDAYS_EN[there.weekday()]} {text}" if weekday else text


def clock(at: datetime, zone: ZoneInfo = SEOUL, *, seconds: bool = False) -> str:
    """Write a time of day: 18:00."""
    return at.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(at: datetime, language: str, zone: ZoneInfo = SEOUL, *, seconds: bool = False) -> str:
    """Write a moment in full: 2026년 12월 11일(금) 18:00 KST; Fri 11 Dec 2026, 18:00 KST."""
    comma = "" if language == "ko" else ","
    date = day(at, language, zone, weekday=True, year=True)
    return f"{date}{comma} {clock(at, zone, seconds=seconds)}{NO_BREAK}{zone_name(at, zone)}"


def span(length: timedelta, language: str) -> str:
    """Write a length of time in its two largest units: 18일 3시간, 18 days 3 h."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    korean = language == "ko"
    if days:
        return f"{days}일 {hours}시간" if korean else f"{plural(days, 'day')} {hours} h"
    if hours:
        return f"{hours}시간 {rest}분" if korean else f"{hours} h {rest} min"
    return f"{rest}분" if korean else f"{rest} min"


def isoformat(at: datetime, zone: ZoneInfo = SEOUL) -> str:
    """Write a moment for `<time datetime>`: always with the offset."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def particle(text: str, after_consonant: str, otherwise: str) -> str:
    """Join a Korean particle to a text that ends in a syllable or a digit: 0.2665로, 0.2660으로, 14는, 16은."""
    last = text[-1:]
    ro = otherwise == "로"
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        closed = final != 0 and not (ro and final == 8)
    else:
        closed = last in ("036" if ro else "013678")
    return text + (after_consonant if closed else otherwise)
