"""The acts on a challenge's calendar: which are possible now, and what follows from each."""

from dataclasses import dataclass

from arena.web.organizing.desk import Desk
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its name, what it does, what follows, and what its form asks."""

    name: str
    title: Text
    lead: Text
    follows: tuple[Text, ...]
    button: Text
    asks: tuple[str, ...] = ()  # opens_at, closes_at, reason
    grave: bool = False  # cannot be taken back


ACTS = (
    Act(
        "schedule",
        Text("여는 때와 마감 정하기", "Set opening and close"),
        Text("챌린지를 발행하거나, 열기 전에 일정을 바꿉니다.", "Publish the challenge, or move its calendar before it opens."),
        (
            Text("모두가 챌린지의 화면을 봅니다. 자료는 열리는 때부터 받을 수 있습니다.", "Everybody sees the challenge’s pages; the data can be downloaded from the opening on."),
            Text("열린 뒤에는 마감을 늦추는 것만 할 수 있습니다.", "Once it has opened, only its close can be moved, and only to a later time."),
        ),
        Text("이 일정으로 정하기", "Set this calendar"),
        ("opens_at", "closes_at"),
    ),
    Act(
        "extend",
        Text("마감 늦추기", "Move the close"),
        Text("마감을 뒤로 옮깁니다. 앞으로는 옮길 수 없습니다.", "Move the close to a later time; it never comes nearer."),
        (
            Text("모든 팀에 똑같이 적용되고, 팀 구성이 굳는 때도 함께 늦어집니다.", "It holds for every team alike; the freeze of teams moves with it."),
            Text("까닭은 기록에 남습니다. 참가자에게는 공지로 알리십시오.", "The reason is kept on record. Tell the participants in an announcement."),
        ),
        Text("마감 늦추기", "Move the close"),
        ("closes_at", "reason"),
    ),
    Act(
        "pause",
        Text("제출 멈추기", "Pause submissions"),
        Text("한동안 제출을 받지 않습니다.", "Take no submissions for a while."),
        (
            Text("참가자는 까닭을 읽습니다. 제출 횟수는 줄지 않습니다.", "Participants read why; it costs them no submission."),
            Text("마감은 그대로입니다. 이미 받은 제출은 계속 채점합니다.", "The close stands. What was received is still scored."),
        ),
        Text("제출 멈추기", "Pause submissions"),
        ("reason",),
    ),
    Act(
        "resume",
        Text("제출 다시 받기", "Take submissions again"),
        Text("멈춘 제출을 다시 받습니다.", "End the pause."),
        (Text("멈춘 동안만큼 마감이 늦어지지는 않습니다. 필요하면 마감을 늦추십시오.", "The close does not move by the length of the pause. Move it if that is fair."),),
        Text("다시 받기", "Take submissions"),
    ),
    Act(
        "close",
        Text("지금 마감하기", "Close now"),
        Text("정해 둔 마감보다 먼저 마감합니다.", "Close before the time that was set."),
        (
            Text("이 순간부터 제출을 받지 않습니다. 이미 받은 제출은 채점합니다.", "From this moment no submission is taken. What was received is still scored."),
            Text("고르지 않은 팀은 가장 나중 제출이 최종이 됩니다.", "The final of a team that has not chosen is its latest submission."),
            Text("되돌릴 수 없습니다.", "This cannot be taken back."),
        ),
        Text("지금 마감하기", "Close now"),
        grave=True,
    ),
    Act(
        "reveal",
        Text("결과 공개하기", "Reveal the results"),
        Text("최종 제출을 비공개 환자로 한 번 채점하고 모두에게 보입니다.", "Score the finals on the private patients, once, and show everything."),
        (
            Text("작업자가 결과 파일을 열어 팀마다 최종 제출 하나와 기준 모형을 채점합니다.", "Workers open the labels and score one final of each team, and the baselines."),
            Text("모두 채점하면 비공개 순위, 점수와 보고서가 함께 열립니다. 실격한 팀은 들지 않습니다.", "Once all are scored, private ranks, scores and reports open together. Disqualified teams are left out."),
            Text("되돌릴 수 없습니다.", "This cannot be taken back."),
        ),
        Text("결과 공개하기", "Reveal the results"),
        grave=True,
    ),
    Act(
        "withdraw",
        Text("거두어들이기", "Withdraw"),
        Text("열기 전에 챌린지를 거두어들입니다.", "Take the challenge back before it opens."),
        (Text("주최자 말고는 아무도 이 챌린지를 보지 못합니다. 고쳐서 다시 발행할 수 있습니다.", "Nobody but its organizers sees it any more. It can be mended and published again."),),
        Text("거두어들이기", "Withdraw"),
        ("reason",),
    ),
    Act(
        "cancel",
        Text("취소하기", "Cancel"),
        Text("열린 챌린지를 끝냅니다.", "End a challenge that has opened."),
        (
            Text("더는 제출을 받지 않고 순위도 정하지 않습니다. 모두가 까닭을 읽습니다.", "No submission is taken and no rank is decided. Everybody reads why."),
            Text("제출과 기록은 남습니다.", "Submissions and records stay."),
            Text("되돌릴 수 없습니다.", "This cannot be taken back."),
        ),
        Text("챌린지 취소하기", "Cancel the challenge"),
        ("reason",),
        grave=True,
    ),
)  # fmt: skip
BY_NAME = {act.name: act for act in ACTS}


def possible(here: Desk) -> list[Act]:
    """Return the acts that the challenge's state allows now; the use cases decide again."""
    return [act for act in ACTS if _allowed(act.name, here)]


def _allowed(name: str, here: Desk) -> bool:
    row, status = here.hosted.row, here.status
    published, begun = row.state == "published", row.reveal_started_at is not None
    return {
        "schedule": status == "announced" and row.state in ("ready", "withdrawn", "published"),
        "withdraw": status == "announced" and row.state in ("ready", "published"),
        "extend": published and status in ("announced", "open") and row.closes_at is not None,
        "pause": status == "open" and row.paused_at is None,
        "resume": status == "open" and row.paused_at is not None,
        "close": status == "open",
        "cancel": status in ("open", "closed") and not begun,
        "reveal": status == "closed" and not begun and here.hosted.definition.leaderboard.reveal == "after_close",
    }[name]
