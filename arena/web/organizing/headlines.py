"""One sentence that says how a challenge is."""

from datetime import timedelta

from arena.organizing import Overview
from arena.todos import Pending
from arena.web import formatting, reader
from arena.web.organizing.desk import Desk
from arena.web.rendering import t

# Scoring takes seconds: what has waited longer is late.
LATE = timedelta(minutes=5)


def is_late(here: Desk, seen: Overview) -> bool:
    """Whether something has waited too long to be scored."""
    return seen.flow.oldest is not None and here.at - seen.flow.oldest > LATE


def of_dashboard(here: Desk, seen: Overview, pending: Pending) -> str:
    """Return the dashboard's headline."""
    status = here.status
    if status == "announced":
        return _announced(here)
    if status in ("open", "closed") and is_late(here, seen):
        return t("채점이 밀려 있습니다", "Scoring is late")
    if status == "closed":
        return _closed(here, pending)
    if status == "open":
        return _open(here, seen)
    return {
        "cancelled": t("취소한 챌린지입니다", "This challenge is cancelled"),
        "revealed": t("결과를 공개했습니다", "The results are revealed"),
    }[status]


def _announced(here: Desk) -> str:
    opens = here.hosted.row.opens_at
    if opens is None or opens <= here.at:
        return t("여는 때를 아직 정하지 않았습니다", "The opening is not set yet")
    left = formatting.span(opens - here.at, reader.language())
    return t(f"{left} 뒤에 열립니다", f"It opens in {left}")


def _closed(here: Desk, pending: Pending) -> str:
    if here.hosted.row.reveal_started_at is not None:
        return t("결과 공개를 준비하고 있습니다", "The reveal is under way")
    if pending.public:
        return t("마감했고, 남은 제출을 채점합니다", "Closed; the last submissions are being scored")
    return t("마감했고, 채점을 마쳤습니다", "Closed, and everything is scored")


def _open(here: Desk, seen: Overview) -> str:
    requests, missing = seen.people.requests.get("waiting", 0), len(seen.people.without_agreement)
    if here.hosted.row.paused_at is not None:
        return t("제출을 멈추었습니다", "Submissions are paused")
    if requests:
        waits = "waits" if requests == 1 else "wait"
        return t(
            f"채점은 밀리지 않았고, 참가 신청 {requests}건이 기다립니다",
            f"Scoring is on time; {formatting.plural(requests, 'request')} to take part {waits}",
        )
    if missing:
        lack = "lacks" if missing == 1 else "lack"
        return t(
            f"채점은 밀리지 않았고, {missing}팀이 동의를 기다립니다",
            f"Scoring is on time; {formatting.plural(missing, 'team')} {lack} an agreement",
        )
    return t("채점은 밀리지 않았고, 기다리는 사람이 없습니다", "Scoring is on time, and nobody is waiting")
