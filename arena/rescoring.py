"""Evaluating every submission of a challenge again, under new labels or a new version of the scorers.

Evaluations are added and scored through the queue like any other. Those of before go on counting until the last new one is
done; then all new ones count at once. Submissions, their times, receipts, quotas and decisions stay as they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena import audit, leaderboards
from arena.errors import Conflict
from arena.hosting import Hosted
from arena.store import challenges as challenge_store
from arena.store import rescoring as store
from arena.store import waiting
from arena.store.rescoring import Under
from challenges.text import Text
from scorers.version import SCORER_VERSION

# So many are rung for at a time: what comes in meanwhile stands behind no more than these.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the evaluation under the newest labels and the present scorers is; failures are ours and can be tried again."""

    labels_version: int
    scorer_version: str
    total: int
    scored: int
    failed: int
    under_way: bool

    @property
    def finished(self) -> bool:
        return not self.under_way

    @property
    def stuck(self) -> bool:
        """Whether nothing goes on by itself any more: what is left has failed as often as it is tried."""
        return self.under_way and self.failed > 0 and self.scored + self.failed == self.total


def start(session: Session, hosted: Hosted, *, user_id: int | None, at: datetime) -> list[int]:
    """Add what is missing under the newest labels and the present scorers; return the first evaluations to ring for.

    Safe to repeat: what is under way goes on, what has failed is tried again, and where all is done nothing happens.
    """
    row = challenge_store.lock(session, hosted.id)
    under = _under(session, hosted)
    if row.reveal_started_at is not None and row.revealed_at is None:
        raise Conflict(
            "reveal_under_way",
            Text(
                "결과를 공개하는 중입니다. 공개가 끝난 뒤에 다시 채점하십시오.",
                "The results are just being revealed. Rescore when that is done.",
            ),
        )
    added = store.add(session, _missing(session, hosted, under), under, at)
    retried = store.retry_failed(session, hosted.id, under)
    if row.rescoring_started_at is None and (added or retried or store.is_stale(session, hosted.id, under)):
        row.rescoring_started_at = at
        session.add(row)
        audit.record(
            session,
            "rescoring_started",
            hosted.id,
            {
                "slug": hosted.slug,
                "labels": {"version": under.labels_version},
                "scorer": under.scorer_version,
                "evaluations": added + retried,
                "user": user_id,
            },
            at,
        )
    if row.rescoring_started_at is None:
        return []
    return store.waiting(session, hosted.id, under, BATCH)


def progress(session: Session, hosted: Hosted) -> Progress:
    """Return how far it is."""
    under = _under(session, hosted)
    states = store.states(session, hosted.id, under)
    return Progress(
        labels_version=under.labels_version,
        scorer_version=under.scorer_version,
        total=sum(states.values()),
        scored=states.get("scored", 0),
        failed=states.get("failed", 0),
        under_way=hosted.row.rescoring_started_at is not None,
    )


def more(session: Session, at: datetime) -> list[int]:
    """Return what to ring for next, when the queue has become empty: as the sweeper would."""
    return waiting.due(session, at, again=BATCH)


def is_ready(session: Session, hosted: Hosted) -> bool:
    """Whether a rescoring could be finished, as far as can be seen without a lock."""
    return not set(store.states(session, hosted.id, _under(session, hosted))) - {"scored"}


def finish(session: Session, hosted: Hosted, at: datetime) -> bool:
    """Let the new evaluations count, all at once, when the last of them is done; true if this was the moment."""
    row = challenge_store.lock(session, hosted.id)
    if row.rescoring_started_at is None:
        return False
    under = _under(session, hosted)
    # Whatever was received under older versions after the start: nothing may be left out of the new leaderboard.
    if store.add(session, _missing(session, hosted, under), under, at):
        return False
    if set(store.states(session, hosted.id, under)) - {"scored"}:
        return False
    old = store.labels_in_force(session, hosted.id)
    before = _ranks(session, hosted, at)
    store.switch(session, hosted.id, under)
    row.rescoring_started_at = None
    session.add(row)
    session.flush()
    data: dict[str, Any] = {
        "slug": hosted.slug,
        "labels": {"before": old, "after": under.labels_version},
        "scorer": under.scorer_version,
    }
    if hosted.shows_history(at):
        data["ranks"] = _compared(before, _ranks(session, hosted, at))
    audit.record(session, "rescored", hosted.id, data, at)
    return True


def begin(session: Session, hosted: Hosted, at: datetime) -> list[int]:
    """Rescore by itself what a new version of the scorers has found open; a closed challenge is rescored on demand only."""
    if hosted.labels is None or hosted.status(at) not in ("announced", "open"):
        return []
    return start(session, hosted, user_id=None, at=at)


def _under(session: Session, hosted: Hosted) -> Under:
    newest = challenge_store.labels(session, hosted.id)
    if newest is None:
        raise Conflict(
            "no_labels", Text("이 챌린지에는 봉인된 결과가 없습니다.", "This challenge has no sealed labels.")
        )
    return Under(newest.version, SCORER_VERSION)


def _missing(session: Session, hosted: Hosted, under: Under) -> list[tuple[int, str]]:
    wanted = [(submission_id, "public") for submission_id in store.submissions(session, hosted.id)]
    # The private split is scored for what has been revealed, and for nothing else.
    private = store.private_in_force(session, hosted.id)
    wanted += [(submission_id, "private") for submission_id, _ in wanted if submission_id in private]
    known = store.known(session, hosted.id, under)
    return [one for one in wanted if one not in known]


def _ranks(session: Session, hosted: Hosted, at: datetime) -> dict[tuple[str, str], int | None]:
    """Return the rank of every team, by split and name, on the leaderboards that everybody may see in full."""
    if not hosted.shows_history(at) or not hosted.definition.metrics:
        return {}
    splits = [split for split in ("public", "private") if split == "public" or hosted.status(at) == "revealed"]
    boards = [leaderboards.board(session, hosted, split=split, viewer_team_id=None, at=at) for split in splits]
    return {
        (board.split, row.team): row.rank
        for board in boards
        if board.state == "full"
        for row in board.rows
        if row.baseline is None
    }


def _compared(
    before: dict[tuple[str, str], int | None], after: dict[tuple[str, str], int | None]
) -> list[dict[str, Any]]:
    return [
        {"split": split, "team": team, "before": before.get((split, team)), "after": after.get((split, team))}
        for split, team in sorted(before.keys() | after.keys())
    ]
