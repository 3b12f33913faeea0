"""The list of challenges that one runs, and the dashboard of one of them."""

from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from arena import announcements, organizing, sealing, todos
from arena.organizing import Flow
from arena.todos import Pending
from arena.web import formatting, reader
from arena.web.account_pages import require_user
from arena.web.charts import days, sparks
from arena.web.charts.svg import Words
from arena.web.organizing import headlines, words
from arena.web.organizing.desk import Desk, desk
from arena.web.rendering import page, t
from arena.web.scenes import calendar_chart
from arena.web.site import now, reading, site
from challenges.text import Text

blueprint = Blueprint("organize", __name__, url_prefix="/organize")

# The longest axis that still shows single days.
MOST_DAYS = 150


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the challenges that the reader runs."""
    user, at = require_user(), now()
    with reading() as session:
        found = [(hosted, organizing.overview_of(session, hosted, at)) for hosted in organizing.listed(session, user)]
        may_create = user.is_admin or user.is_creator
    return page("organize/index.html", area="organize", found=found, at=at, may_create=may_create)


@blueprint.get("/<slug:slug>")
def dashboard(slug: str) -> ResponseReturnValue:
    """Show the challenge's calendar, people, submissions, scoring and labels, and what waits to be done."""
    with reading() as session:
        here = desk(session, slug)
        seen = organizing.overview_of(session, here.hosted, here.at)
        pending = Pending(
            public=organizing.unfinished(session, here.hosted, "public"),
            private=organizing.unfinished(session, here.hosted, "private"),
            letters=sum(
                counts.get("failed", 0) + counts.get("unknown", 0)
                for counts in announcements.deliveries(session, here.hosted).values()
            ),
        )
    return here.page(
        "dashboard.html",
        tab="dashboard",
        seen=seen,
        headline=headlines.of_dashboard(here, seen, pending),
        calendar=calendar_chart("cal", here.hosted, here.at),
        bars=_bars(here, seen.flow),
        decisions=_decisions(seen.flow),
        failures=_failures(seen.flow),
        workers=site().queue.workers(),
        late=headlines.is_late(here, seen),
        fingerprint=_fingerprint(),
        todos=todos.of_challenge(here.hosted, seen, pending, here.at),
    )


def _bars(here: Desk, flow: Flow) -> Markup:
    shown = flow.days[-MOST_DAYS:]
    if not shown:
        return Markup()
    language, zone, row = reader.language(), here.zone, here.hosted.row
    today = here.at.astimezone(zone).date()
    closes = row.closes_at.astimezone(zone).date() if row.closes_at else None
    # A close that is far away would press the days so far into a corner.
    ahead = closes is not None and (closes - shown[0][0]).days <= MOST_DAYS
    last = closes if ahead and closes is not None else shown[-1][0]
    most = max(count for _, count in shown)
    finding = t(
        f"{len(shown)}일 동안 {sum(count for _, count in shown)}건, 하루에 가장 많은 날은 {most}건입니다.",
        f"{formatting.plural(sum(count for _, count in shown), 'submission')} in {formatting.plural(len(shown), 'day')}; at most {most} on one day.",
    )
    first = t(
        f"{shown[0][0].month}월 {shown[0][0].day}일", f"{shown[0][0].day} {formatting.MONTHS_EN[shown[0][0].month - 1]}"
    )
    close = formatting.day(row.closes_at, language, zone) if row.closes_at and ahead else ""
    frame = days.Frame(
        last=last,
        today=today,
        first_text=first,
        today_text=t("오늘", "today"),
        last_text=t(f"마감 {close}", f"closes {close}") if close else "",
        last_short=t("마감", "close") if close else "",
    )
    title = t("날마다의 제출", "Submissions a day")
    return days.draw(Words("days", title, finding), shown, frame, lambda count: t(f"{count}건", str(count)))


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a table of counts."""

    name: Text
    note: Text | None
    code: str
    count: int
    drawn: Markup


def _drawn(found: list[tuple[Text, Text | None, str, int]]) -> list[Bar]:
    most = max((count for *_, count in found), default=0)
    return [Bar(name, note, code, count, sparks.part(count, most)) for name, note, code, count in found]


def _decisions(flow: Flow) -> list[Bar]:
    found: list[tuple[Text, Text | None, str, int]] = [
        (*words.OUTCOMES[outcome], "", flow.outcomes[outcome])
        for outcome in words.OUTCOMES
        if flow.outcomes.get(outcome)
    ]
    if flow.waiting:
        found.append((Text("판정을 기다림", "Waiting for a decision"), None, "", flow.waiting))
    return _drawn(found)


def _failures(flow: Flow) -> list[Bar]:
    file, ours = Text("파일", "the file’s"), Text("우리", "ours")
    found: list[tuple[Text, Text | None, str, int]] = [
        (words.FILE_PROBLEMS.get(code, Text(code, code)), file, code, count)
        for code, count in flow.refused_files.items()
    ]
    found += [(words.FAULTS.get(code, Text(code, code)), ours, code, count) for code, count in flow.faults.items()]
    return _drawn(found)


def _fingerprint() -> str:
    try:
        return sealing.fingerprint(sealing.public_key(site().settings.labels_key_file))
    except (OSError, ValueError):
        return ""
