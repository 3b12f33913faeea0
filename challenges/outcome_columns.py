"""Times and events of an organizer's table in the form of the labels: days, and 0, 1 or 2."""

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from challenges.checking import NUMBER
from challenges.lines import TableError
from challenges.text import Text

# A month is a twelfth of a year, so that twelve months and one year are the same time. The browser's form converts by
# its own copy of this table, arena/web/static/publishing/outcomes.js; a test holds the two together.
DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
YES = frozenset({"1", "1.0", "true", "t", "yes", "y", "dead", "died", "death", "event", "사망", "예", "재발", "발생"})
NO = frozenset(
    {"0", "0.0", "false", "f", "no", "n", "alive", "censored", "생존", "아니오", "아니요", "없음", "중도절단"}
)
CAUSES = {"0": "0", "1": "1", "2": "2", "0.0": "0", "1.0": "1", "2.0": "2"}
MOST_SHOWN = 8
# Halves go up, as in JavaScript's toFixed. So many digits hold any finite number with its hundredths.
ROUNDING = Context(prec=320, rounding=ROUND_HALF_UP)


def days(values: Sequence[str], name: str, unit: str) -> list[str]:
    """Return times in days as the files write them; a value that is no time is an error with its row."""
    made: list[str] = []
    factor = DAYS[unit]
    for row, value in enumerate(values, start=1):
        if not NUMBER.fullmatch(value) or float(value) < 0 or not math.isfinite(float(value) * factor):
            raise TableError(
                "bad_time",
                Text(
                    f"{name} 열의 자료 {row:,}번째 줄이 0 이상의 숫자가 아닙니다. 날짜라면 시간 0부터의 날수로 바꾸십시오.",
                    f"Data row {row:,} of the column {name} is not a number of at least 0. Turn dates into days from time zero.",
                ),
            )
        made.append(value if unit == "days" else _hundredths(float(value) * factor))
    return made


def _hundredths(number: float) -> str:
    rounded = Decimal(number).quantize(Decimal("0.01"), context=ROUNDING)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def events(values: Sequence[str], name: str, *, event: str = "", competing: str | None = None) -> list[str]:
    """Return 0 and 1, or with `competing` 0, 1 and 2.

    Parameters
    ----------
    values : sequence of str
        None of them is empty.
    name : str
        The column's name, for the error.
    event : str
        The value that means the event; empty takes what is plain by itself (0 and 1, no and yes).
    competing : str or None
        The value that means the competing event, empty for 2; None where there is no such thing.
    """
    levels = sorted(set(values))
    if event:
        coded = {level: "1" if level == event else "0" for level in levels}
        if competing is not None:
            coded |= {level: "2" for level in levels if level == (competing or "2") and level != event}
        if event not in levels:
            raise _unknown(name, levels, event)
        return [coded[value] for value in values]
    if competing is not None:
        return _coded(values, name, levels, CAUSES | ({competing: "2"} if competing else {}))
    plain = {level: "1" if level.lower() in YES else "0" if level.lower() in NO else "" for level in levels}
    return _coded(values, name, levels, {level: code for level, code in plain.items() if code})


def _coded(values: Sequence[str], name: str, levels: list[str], codes: dict[str, str]) -> list[str]:
    if not set(levels) <= set(codes):
        raise _unknown(name, levels, "")
    return [codes[value] for value in values]


def _unknown(name: str, levels: list[str], event: str) -> TableError:
    shown = listed(levels)
    if event:
        return TableError(
            "unknown_value",
            Text(
                f"{name} 열에 {event}라는 값이 없습니다. 있는 값: {shown}.",
                f"The column {name} has no value {event}; it has {shown}.",
            ),
        )
    return TableError(
        "unclear_events",
        Text(
            f"{name} 열의 값({shown}) 가운데 무엇이 사건인지 알 수 없습니다. --event-value로 알려 주십시오. 경쟁 사건이 있으면 --competing-value도 쓰십시오.",
            f"It is not clear which value of the column {name} ({shown}) means the event. Say it by --event-value, and a competing event by --competing-value.",
        ),
    )


def listed(values: Iterable[str]) -> str:
    """Return the values of a column, the first few of them."""
    levels = sorted(set(values))
    return ", ".join(levels[:MOST_SHOWN]) + (" …" if len(levels) > MOST_SHOWN else "")
