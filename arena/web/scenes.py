"""What every page of one challenge knows: the challenge, the reader, the reader's team, the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template
from markupsafe import Markup
from sqlmodel import Session

from arena import accounts, announcements, hosting, teams
from arena.errors import NotFound
from arena.hosting import Hosted
from arena.store.models import Announcement, Team, User
from arena.web import formatting, reader
from arena.web.charts import calendar
from arena.web.charts.svg import Words
from arena.web.rendering import t
from arena.web.site import now, site


@dataclass(frozen=True, slots=True)
class Scene:
    """One challenge before one reader at one moment."""

    hosted: Hosted
    user: User | None
    team: Team | None
    must_agree: bool
    roles: frozenset[str]
    at: datetime
    news: tuple[Announcement, ...] = ()
    unread: frozenset[int] = frozenset()

    @property
    def runs(self) -> bool:
        """Whether the reader runs this challenge, as an organizer or an administrator."""
        return bool(self.roles & {"organizer", "administrator"})

    @property
    def status(self) -> str:
        return self.hosted.status(self.at)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hosted.definition.calendar.timezone)

    def page(self, template: str, status: int = 200, /, **context: Any) -> Response:
        """Return a page of this challenge."""
        return make_response(self.rendered(template, **context), status)

    def rendered(self, template: str, /, **context: Any) -> str:
        """Return what stands on a page of this challenge."""
        return render_template(
            template,
            scene=self,
            hosted=self.hosted,
            definition=self.hosted.definition,
            facts=self.hosted.facts,
            zone=self.zone,
            **context,
        )

    def text(self, name: str) -> str:
        """Return one of the challenge's texts in the page's language, as Markdown."""
        return hosting.text(site().blobs, self.hosted, name, reader.language())


def scene(session: Session, slug: str) -> Scene:
    """Return the challenge as the present reader may see it."""
    at = now()
    user = reader.me()
    hosted = hosting.seen(session, user, slug)
    roles = frozenset(accounts.roles(session, user, hosted.row))
    if hosted.status(at) == "announced" and hosted.row.opens_at is None and not roles:
        raise NotFound
    news = announcements.posted(session, hosted)
    return Scene(
        hosted=hosted,
        user=user,
        team=teams.team_of(session, user, hosted),
        must_agree=teams.must_agree(session, user, hosted),
        roles=roles,
        at=at,
        news=tuple(news),
        unread=frozenset(announcements.unread(session, user, hosted)) if news else frozenset(),
    )


def dates(hosted: Hosted) -> list[tuple[str, datetime]]:
    """Return the challenge's dates in order: (what happens, when)."""
    row = hosted.row
    rules = hosted.definition.calendar
    found = []
    if row.opens_at:
        found.append((t("열림", "Opens"), row.opens_at))
    if row.closes_at:
        freeze = row.closes_at - timedelta(days=rules.team_freeze_days)
        if row.opens_at and freeze > row.opens_at and rules.team_freeze_days:
            found.append((t("팀 구성 마감", "Team changes end"), freeze))
        found.append((t("제출 마감", "Submissions close"), row.closes_at))
        if row.revealed_at:
            found.append((t("결과 공개", "Results revealed"), row.revealed_at))
        found.append(
            (t("공개 검증 끝", "Public verification ends"), row.closes_at + timedelta(days=rules.verification_days))
        )
    return sorted(found, key=lambda pair: pair[1])


def calendar_chart(ident: str, hosted: Hosted, at: datetime) -> Markup:
    """Return the challenge's calendar as a curve, or nothing while it has no opening date."""
    row, language = hosted.row, reader.language()
    if row.opens_at is None:
        return Markup()
    zone = ZoneInfo(hosted.definition.calendar.timezone)
    title = t("챌린지 일정", "Challenge calendar")
    opened = calendar.Stop(
        t("열림", "Opened") if at >= row.opens_at else t("열림", "Opens"),
        row.opens_at,
        formatting.day(row.opens_at, language, zone),
    )
    today = t("오늘", "Today")
    if row.closes_at is None:
        finding = t(f"{opened.written}에 열렸고 마감이 없습니다.", f"Opened {opened.written}; it never closes.")
        return calendar.draw_open_ended(
            Words(f"{ident}-open", title, finding), opened, today, t("마감 없음", "never closes")
        )
    end = row.closes_at + timedelta(days=hosted.definition.calendar.verification_days)
    closes_text = f"{formatting.day(row.closes_at, language, zone)} {formatting.clock(row.closes_at, zone)}"
    stops = [
        opened,
        calendar.Stop(t("마감", "Closes"), row.closes_at, closes_text, formatting.day(row.closes_at, language, zone)),
    ]
    if row.revealed_at and row.revealed_at < end:
        stops.append(
            calendar.Stop(t("결과 공개", "Results"), row.revealed_at, formatting.day(row.revealed_at, language, zone))
        )
    stops.append(calendar.Stop(t("검증 끝", "Verified"), end, formatting.day(end, language, zone)))
    left = formatting.span(row.closes_at - at, language)
    finding = t(
        f"{opened.written}에 열리고 {closes_text}에 마감하며 {stops[-1].written}에 공개 검증이 끝납니다.",
        f"Opens {opened.written}, closes {closes_text}; public verification ends {stops[-1].written}.",
    )
    told = t(f"마감까지 {left}", f"{left} to the close") if at < row.closes_at else t("마감됨", "closed")
    if row.state == "cancelled":
        told = t("취소됨", "cancelled")
    return calendar.draw(Words(ident, title, finding), stops, at, today, told)
