"""Whether a challenge takes files now: its calendar, a pause, a cancellation."""

from datetime import datetime
from zoneinfo import ZoneInfo

from arena.errors import Conflict
from arena.hosting import Hosted
from challenges.text import Text


def require_open(hosted: Hosted, at: datetime) -> None:
    """Refuse before the opening, while its organizers have paused it, and from the close on unless late files are taken."""
    if not takes_late(hosted, at):
        require_calendar(hosted, at)
    if hosted.row.paused_at is not None:
        raise Conflict(
            "paused",
            Text(
                f"주최자가 제출을 잠시 멈추었습니다. 제출 횟수는 줄지 않습니다. 까닭: {hosted.row.pause_reason}",
                f"The organizers have paused submissions; this has cost none. Why: {hosted.row.pause_reason}",
            ),
        )


def takes_late(hosted: Hosted, at: datetime) -> bool:
    """Whether a file received now would be a late one: unranked, gated as before the close, never a final."""
    return hosted.definition.limits.late and hosted.status(at) in ("closed", "revealed")


def require_calendar(hosted: Hosted, at: datetime) -> None:
    """Refuse before the opening, from the close on, and what has been cancelled."""
    status = hosted.status(at)
    if status == "cancelled":
        raise Conflict(
            "cancelled",
            Text(
                f"취소된 챌린지입니다. 까닭: {hosted.row.stop_reason}",
                f"This challenge has been cancelled. Why: {hosted.row.stop_reason}",
            ),
        )
    if status == "announced":
        raise Conflict("not_open", Text("아직 열리지 않았습니다.", "This challenge has not opened yet."))
    if status != "open":
        raise Conflict("closed", _closed(hosted, at))


def _closed(hosted: Hosted, at: datetime) -> Text:
    """Say both times: an upload that began before the close may have ended after it."""
    ending = hosted.row.closes_at
    if ending is None:
        return Text("마감되었습니다.", "This challenge has closed.")
    zone = ZoneInfo(hosted.definition.calendar.timezone)
    close, here = (f"{one.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" for one in (ending, at))
    return Text(
        f"{close}에 마감되었고, 이 요청은 서버 시계로 {here}에 왔습니다. 마감 전에 다 도착해 검사를 통과한 파일만 채점합니다. 언제 올리기 시작했는지는 세지 않습니다.",
        f"This challenge closed at {close}; by the server's clock this request came at {here}. Only files that have arrived whole and passed their check before the close are scored, whenever their upload began.",
    )
