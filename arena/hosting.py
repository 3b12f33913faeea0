"""Challenges as the site hosts them: the frozen definition beside its row, files and labels."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from arena.errors import NotFound
from arena.store import challenges as store
from arena.store.blobs import Blobs
from arena.store.models import Challenge, ChallengeFile, Labels
from challenges import datasheet as datasheets
from challenges.datasheet import Datasheet
from challenges.definition import Definition
from challenges.predictions import ExpectedIds
from challenges.tables import read_ids
from challenges.text import Text
from scorers.catalogue import METRICS

_definitions: dict[str, Definition] = {}


@dataclass(frozen=True, slots=True)
class Hosted:
    """One challenge with everything that pages and use cases read of it."""

    row: Challenge
    definition: Definition
    files: dict[str, ChallengeFile]
    labels: Labels | None

    @property
    def id(self) -> int:
        return self.row.id or 0

    @property
    def slug(self) -> str:
        return self.row.slug

    @property
    def facts(self) -> dict[str, Any]:
        return self.row.facts

    @property
    def gated(self) -> bool:
        """Whether scores are hidden behind the gate until the reveal."""
        return self.definition.leaderboard.gate != "none"

    @property
    def better(self) -> str:
        """Return the direction of the primary metric: higher or lower."""
        return METRICS[self.definition.primary.name].better

    @property
    def downloads(self) -> list[ChallengeFile]:
        """Return the files that participants download, in the order of the definition."""
        roles = ("train", "test", "dictionary", "sample", "starter")
        return [file for role in roles for file in self.files.values() if file.role == role]

    @property
    def datasheet(self) -> ChallengeFile | None:
        """Return the datasheet's file, if the challenge was published with one."""
        return next((file for file in self.files.values() if file.role == "datasheet"), None)

    def status(self, at: datetime) -> str:
        """Return announced, open, closed or revealed, by the server's clock."""
        if self.row.revealed_at is not None and self.row.revealed_at <= at:
            return "revealed"
        if self.row.opens_at is None or at < self.row.opens_at:
            return "announced"
        if self.row.closes_at is not None and at >= self.row.closes_at:
            return "closed"
        return "open"

    def shows_scores(self, at: datetime) -> bool:
        """Whether full scores of the public split may be shown."""
        return not self.gated or self.status(at) == "revealed"


def definition_of(row: Challenge) -> Definition:
    """Return the frozen definition; parsed once per digest, since it never changes under one."""
    found = _definitions.get(row.definition_sha256)
    if found is None:
        found = Definition.model_validate(row.definition)
        _definitions[row.definition_sha256] = found
    return found


def _hosted(session: Session, row: Challenge) -> Hosted:
    challenge_id = row.id or 0
    return Hosted(
        row=row,
        definition=definition_of(row),
        files=store.files(session, challenge_id),
        labels=store.labels(session, challenge_id),
    )


def every(session: Session) -> list[Hosted]:
    """Return all challenges in the order in which they were published."""
    return [_hosted(session, row) for row in store.every(session)]


def find(session: Session, slug: str) -> Hosted:
    """Return one challenge, or raise NotFound."""
    row = store.by_slug(session, slug)
    if row is None:
        raise NotFound(Text("그런 챌린지가 없습니다.", "There is no such challenge."))
    return _hosted(session, row)


def by_id(session: Session, challenge_id: int) -> Hosted:
    return _hosted(session, store.by_id(session, challenge_id))


def file(hosted: Hosted, name: str) -> ChallengeFile:
    """Return a downloadable file by name; everything else, the labels' name above all, is not there."""
    found = hosted.files.get(name)
    if found is None or found not in hosted.downloads:
        raise NotFound
    return found


def text(blobs: Blobs, hosted: Hosted, name: str, language: str) -> str:
    """Return a text of the challenge (overview, evaluation, data, rules or the agreement's name) as Markdown."""
    for wanted in (language, "ko", "en"):
        found = hosted.files.get(f"{name}.{wanted}.md")
        if found is not None and found.role == "text":
            return _read_text(blobs, found.sha256)
    return ""


def datasheet(blobs: Blobs, hosted: Hosted) -> Datasheet:
    """Return what everybody may read of the challenge's examination, or raise NotFound where it was published without."""
    found = hosted.datasheet
    if found is None:
        raise NotFound
    return _read_datasheet(blobs, found.sha256)


def expected_ids(blobs: Blobs, hosted: Hosted) -> ExpectedIds:
    """Return the test file's ids, parsed once per file."""
    name = hosted.definition.files.test
    if name is None:
        raise NotFound
    return _read_expected(blobs, hosted.files[name].sha256, hosted.definition.labels.id)


@lru_cache(maxsize=64)
def _read_text(blobs: Blobs, sha256: str) -> str:
    with blobs.open(sha256) as stream:
        return stream.read().decode("utf-8")


@lru_cache(maxsize=64)
def _read_datasheet(blobs: Blobs, sha256: str) -> Datasheet:
    with blobs.open(sha256) as stream:
        return datasheets.read(stream.read())


@lru_cache(maxsize=8)
def _read_expected(blobs: Blobs, sha256: str, id_column: str) -> ExpectedIds:
    with blobs.open(sha256) as stream:
        return ExpectedIds(read_ids(stream, id_column))
