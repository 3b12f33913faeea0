"""What every organizers' page of one challenge knows, and the guard before all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from sqlmodel import Session

from arena import hosting, spreadsheets
from arena.hosting import Hosted
from arena.store.models import User
from arena.web.account_pages import require_user
from arena.web.organizing import words
from arena.web.rendering import page, t
from arena.web.site import now
from challenges.text import Text

PER_PAGE = 50
PAGES = {
    "participants": "organize_people.index",
    "teams": "organize_entries.teams",
    "submissions": "organize_entries.submissions",
    "announcements": "organize_announcements.index",
    "calendar": "organize_calendar.index",
    "roles": "organize_roles.index",
}
# What a page says after an act has led back to it; the address names the sentence, and never brings one of its own.
SAID = {
    "admitted": Text("받아들였습니다", "Admitted"),
    "refused": Text("거절했습니다", "Refused"),
    "listed": Text("허용 목록에 넣었습니다", "Put on the allow-list"),
    "unlisted": Text("허용 목록에서 뺐습니다", "Taken off the allow-list"),
    "asked": Text("질문을 더했습니다", "The question is added"),
    "retired": Text("질문을 거두었습니다", "The question is retired"),
    "revoked": Text("초대를 거두었습니다", "The invitation is revoked"),
    "withdrawn": Text("거두었습니다", "Withdrawn"),
    "marked": Text("표시했습니다", "Marked"),
    "lifted": Text("표시를 거두었습니다", "The mark is lifted"),
    "posted": Text("공지를 올렸습니다", "The announcement is posted"),
    "mailed": Text("공지를 올렸고 편지를 보내고 있습니다", "The announcement is posted, and letters are on their way"),
    "done": Text("마쳤습니다", "Done"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """One challenge before somebody who runs it."""

    hosted: Hosted
    user: User
    at: datetime

    @property
    def slug(self) -> str:
        return self.hosted.slug

    @property
    def status(self) -> str:
        return self.hosted.status(self.at)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hosted.definition.calendar.timezone)

    def page(self, template: str, status: int = 200, /, **context: Any) -> Response:
        """Return an organizers' page of this challenge."""
        return page(
            f"organize/{template}",
            status,
            area="organize",
            desk=self,
            hosted=self.hosted,
            definition=self.hosted.definition,
            zone=self.zone,
            pages={name: url_for(endpoint, slug=self.slug) for name, endpoint in PAGES.items()},
            names=words,
            said=t(SAID[said]) if (said := request.args.get("said", "")) in SAID else "",
            **context,
        )


def desk(session: Session, slug: str) -> Desk:
    """Return the challenge to one of its organizers or an administrator, and to nobody else."""
    user = require_user()
    return Desk(hosting.run_by(session, user, slug), user, now())


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which page of a list is shown, and which there are."""

    total: int
    page: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        return min(self.total, self.page * self.per_page)


def page_asked() -> int:
    """Return the page of a list that the address asks for, from 1."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def csv_file(name: str, header: Sequence[str], rows: Sequence[Sequence[spreadsheets.Cell]]) -> Response:
    """Send a table as a CSV file that no spreadsheet executes."""
    answer = Response(spreadsheets.write(header, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
