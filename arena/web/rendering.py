"""What every template may call: the page's language, the formats of numbers and dates, the parts of the site."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, make_response, render_template
from markupsafe import Markup

from arena import departing, notices, organizing
from arena.web import assets, code_words, formatting, markdown, reader
from arena.web.charts import svg
from arena.web.security import reference
from arena.web.site import now, reading


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """Return a rendered page."""
    return make_response(render_template(template, **context), status)


class Bilingual(Protocol):
    """Anything that holds one sentence in both languages."""

    @property
    def ko(self) -> str: ...
    @property
    def en(self) -> str: ...


def t(ko: str | Bilingual, en: str = "") -> str:
    """Return the sentence in the page's language, from two strings or from a pair."""
    if isinstance(ko, str):
        return ko if reader.language() == "ko" else en
    return ko.ko if reader.language() == "ko" else ko.en


def written(at: datetime, zone: ZoneInfo = formatting.SEOUL, *, form: str = "moment") -> Markup:
    """Return a `<time>` element: forms are moment, second, day, weekday, date, time, clock."""
    language = reader.language()
    forms: dict[str, Callable[[], str]] = {
        "moment": lambda: formatting.moment(at, language, zone),
        "second": lambda: formatting.moment(at, language, zone, seconds=True),
        "day": lambda: formatting.day(at, language, zone),
        "weekday": lambda: formatting.day(at, language, zone, weekday=True),
        "date": lambda: formatting.day(at, language, zone, year=True),
        "time": lambda: (
            f"{formatting.clock(at, zone, seconds=True)}{formatting.NO_BREAK}{formatting.zone_name(at, zone)}"
        ),
        "clock": lambda: f"{formatting.clock(at, zone)}{formatting.NO_BREAK}{formatting.zone_name(at, zone)}",
    }
    return svg.element("time", forms[form](), datetime=formatting.isoformat(at, zone), data_zone=zone.key)


def until(at: datetime) -> Markup:
    """Return the time left until a moment; the page's script keeps it true by the server's clock."""
    return svg.element("span", formatting.span(at - now(), reader.language()), data_until=formatting.isoformat(at))


def interval(low: float, high: float, decimals: int = 3) -> str:
    return formatting.interval(low, high, decimals, reader.language())


def scored(value: float, bounds: tuple[float, float] | None, decimals: int = 3) -> str:
    low, high = bounds or (None, None)
    return formatting.scored(value, low, high, decimals, reader.language())


def horizon(days: float) -> str:
    return formatting.horizon(days, reader.language())


def ordinal(rank: int) -> str:
    return formatting.ordinal(rank, reader.language())


def organizes() -> bool:
    """Whether the reader has anything to do on the organizers' pages."""
    user = reader.me()
    if user is None:
        return False
    if "organizes" not in g:
        with reading() as session:
            g.organizes = organizing.runs_any(session, user)
    return bool(g.organizes)


def unread_notices() -> int:
    """Return how many notices the reader has not read; nobody who is not signed in costs a question."""
    user = reader.me()
    if user is None:
        return 0
    if "unread_notices" not in g:
        with reading() as session:
            g.unread_notices = notices.unread(session, user)
    return int(g.unread_notices)


def install(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.globals.update(
        t=t,
        written=written,
        until=until,
        interval=interval,
        scored=scored,
        horizon=horizon,
        ordinal=ordinal,
        number=formatting.number,
        signed=formatting.signed,
        count=formatting.count,
        percent=formatting.percent,
        plain=formatting.plain,
        plural=formatting.plural,
        size=formatting.size,
        particle=formatting.particle,
        meaning=code_words.meaning,
        unit=code_words.unit,
        asset=assets.address,
        here=reader.here,
        language=reader.language,
        theme=reader.theme,
        me=reader.me,
        organizes=organizes,
        unread_notices=unread_notices,
        now=now,
        iso=formatting.isoformat,
        reference=reference,
        called=departing.called,
        SEOUL=formatting.SEOUL,
    )
    app.jinja_env.filters["sections"] = markdown.sections
    app.jinja_env.filters["prose"] = markdown.render
    app.jinja_env.filters["markdown"] = lambda text: markdown.render(markdown.without_title(text))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
