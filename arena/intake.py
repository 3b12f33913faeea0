"""Whether a challenge takes files now: its calendar, a pause, a cancellation."""

from datetime import datetime

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
        raise Conflict(
            "closed",
            Text(
                "마감되었습니다. 서버 시계로 마감 전에 받은 파일만 채점합니다.",
                "This challenge has closed. Only files received before the close, by the server's clock, are scored.",
            ),
        )
