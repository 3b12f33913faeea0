"""Evaluating everything again under other labels, step by step."""

from collections.abc import Callable

from sqlmodel import col, select

from arena import leaderboards, rescoring
from arena.leaderboards import Board
from arena.store import models
from arena.store.engine import reading, transaction
from tests.arena.conftest import Site


class Bell:
    """A doorbell that only remembers: the workers of these tests are the tests."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.compared: list[int] = []

    def depth(self) -> int:
        return 0

    def unheard(self) -> Callable[[str, int], bool]:
        return lambda _name, _row_id: False

    def score(self, evaluation_id: int) -> bool:
        self.rung.append(evaluation_id)
        return True

    def compare(self, challenge_id: int) -> bool:
        self.compared.append(challenge_id)
        return True


def relabel(site: Site) -> None:
    """Give the challenge another version of its labels."""
    hosted = site.hosted()
    with transaction(site.engine) as session:
        number = hosted.labels.version + 1
        session.add(
            models.Labels(
                challenge_id=hosted.id,
                version=number,
                ciphertext_sha256=str(number) * 64,
                ids_sha256=hosted.labels.ids_sha256,
                created_at=site.now,
            )
        )


def start(site: Site) -> list[int]:
    with transaction(site.engine) as session:
        return rescoring.start(session, site.hosted(), user_id=None, at=site.now)


def finish(site: Site) -> bool:
    with transaction(site.engine) as session:
        return rescoring.finish(session, site.hosted(), site.now)


def progress(site: Site) -> rescoring.Progress:
    with reading(site.engine) as session:
        return rescoring.progress(session, site.hosted())


def board(site: Site, split: str = "public", labels_version: int | None = None) -> Board:
    with reading(site.engine) as session:
        return leaderboards.board(
            session, site.hosted(), split=split, viewer_team_id=None, at=site.now, labels_version=labels_version
        )


def values(shown: Board) -> dict[str, float | None]:
    return {row.team: row.scores["ipa@1095"].value for row in shown.rows}


def pending(site: Site) -> list[models.Evaluation]:
    with reading(site.engine) as session:
        rows = session.exec(select(models.Evaluation).order_by(col(models.Evaluation.id)))
        return [row for row in rows if row.state == "received"]


def score(site: Site, rows: list[models.Evaluation], base: float) -> None:
    for row in rows:
        assert site.decide(row.id, "shown", value=base + row.submission_id / 100)


def everything(site: Site) -> list[dict]:
    """Whatever a rescoring may not touch."""
    with reading(site.engine) as session:
        tables = (models.Submission, models.Team, models.Decision)
        return [row.model_dump() for table in tables for row in session.exec(select(table).order_by(table.id))]
