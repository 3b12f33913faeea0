"""Challenges as the site hosts them: the frozen definition beside its row, files and labels."""

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO

from sqlmodel import Session

from arena.errors import Forbidden, NotFound
from arena.store import accounts as account_store
from arena.store import challenges as store
from arena.store import versions as version_store
from arena.store.blobs import Blobs
from arena.store.models import Challenge, ChallengeFile, Labels, User
from challenges import datasheet as datasheets
from challenges import written
from challenges.datasheet import Datasheet
from challenges.definition import FILE, Definition
from challenges.predictions import ExpectedIds
from challenges.tables import read_ids
from challenges.text import Text
from scorers.catalogue import METRICS

# The states of a challenge that everybody sees, and those that its organizers see as a participant would.
PUBLIC = ("published", "cancelled")
PREVIEWED = ("ready", "withdrawn")

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
        return bool(self.definition.metrics) and self.definition.leaderboard.gate != "none"

    @property
    def generator_version(self) -> str | None:
        """Return the version of the program that drew the patients, where one did."""
        found = self.facts.get("generator_version")
        return str(found) if found and self.definition.synthetic else None

    @property
    def better(self) -> str:
        """Return the direction of the primary metric: higher or lower; reports have none, and nothing to compare."""
        if not self.definition.metrics:
            return "higher"
        return METRICS[self.definition.primary.name].better

    @property
    def downloads(self) -> list[ChallengeFile]:
        """Return the files that participants download, in the order of the definition."""
        roles = ("train", "validation", "test", "dictionary", "sample", "starter")
        return [file for role in roles for file in self.files.values() if file.role == role]

    @property
    def datasheet(self) -> ChallengeFile | None:
        """Return the datasheet's file, if the challenge was published with one."""
        return next((file for file in self.files.values() if file.role == "datasheet"), None)

    def status(self, at: datetime) -> str:
        """Return announced, open, closed, revealed or cancelled, by the server's clock."""
        if self.row.state != "published":
            return "cancelled" if self.row.state == "cancelled" else "announced"
        if self.row.revealed_at is not None and self.row.revealed_at <= at:
            return "revealed"
        if self.row.opens_at is None or at < self.row.opens_at:
            return "announced"
        if self.row.closes_at is not None and at >= self.row.closes_at:
            return "closed"
        return "open"

    def next_moment(self, at: datetime) -> datetime | None:
        """Return when the clock alone will next change what this challenge is; none if nothing is ahead."""
        ahead = (self.row.opens_at, self.row.closes_at, self.row.revealed_at)
        return min((one for one in ahead if one is not None and one > at), default=None)

    def shows_scores(self, at: datetime) -> bool:
        """Whether full scores of the public split may be shown."""
        return not self.gated or self.status(at) == "revealed"

    def shows_history(self, at: datetime) -> bool:
        """Whether scores of earlier labels may be shown: beside those of now they would tell which labels have changed."""
        return (self.definition.practice and not self.gated) or self.status(at) == "revealed"


NOTHING = Text("그런 챌린지가 없습니다.", "There is no such challenge.")


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
    """Return the challenges that everybody may see, in the order in which they were published."""
    return [_hosted(session, row) for row in store.every(session) if row.state in PUBLIC]


def of_the_instance(session: Session) -> list[Hosted]:
    """Return every challenge in whatever state, for the operator."""
    return [_hosted(session, row) for row in store.every(session) if row.state != "forgotten"]


def find(session: Session, slug: str) -> Hosted:
    """Return a challenge that everybody may see, or raise NotFound: what an unpublished one must look like."""
    row = store.by_slug(session, slug)
    if row is None or row.state not in PUBLIC:
        raise NotFound(NOTHING)
    return _hosted(session, row)


def seen(session: Session, user: User | None, slug: str) -> Hosted:
    """Return a challenge that this person may see: a public one, or, as its organizer, one ready to be published."""
    row = store.by_slug(session, slug)
    if row is None or not (row.state in PUBLIC or (row.state in PREVIEWED and is_run_by(session, user, row))):
        raise NotFound(NOTHING)
    return _hosted(session, row)


def run_by(session: Session, user: User, slug: str) -> Hosted:
    """Return a challenge in whatever state to one of its organizers or an administrator."""
    row = store.by_slug(session, slug)
    if row is None:
        raise NotFound(NOTHING)
    require_run_by(session, user, row)
    return _hosted(session, row)


def require_run_by(session: Session, user: User, row: Challenge) -> None:
    """Refuse whoever is no organizer of the challenge; one that they may not see looks like none."""
    if is_run_by(session, user, row):
        return
    if row.state in PUBLIC:
        raise Forbidden(
            "organizers_only",
            Text("이 챌린지의 주최자만 할 수 있습니다.", "Only an organizer of this challenge can do this."),
        )
    raise NotFound(NOTHING)


def is_run_by(session: Session, user: User | None, row: Challenge) -> bool:
    """Whether this person is an organizer of the challenge, or an administrator."""
    if user is None:
        return False
    return user.is_admin or "organizer" in account_store.grants_of(session, user.id or 0, row.id or 0)


def by_id(session: Session, challenge_id: int) -> Hosted:
    return _hosted(session, store.by_id(session, challenge_id))


def for_labels(session: Session, hosted: Hosted, version: int) -> Hosted:
    """Return the challenge as one version of its labels is scored: with the rules of now, under the version they were sealed for.

    A new version of a challenge may keep its labels. Whoever opens them compares the rules with those under the seal, so the
    version alone differs.
    """
    labels = store.labels(session, hosted.id, version)
    if labels is None:
        raise NotFound
    sealed_for = version_store.sealed_for(session, hosted.id, version) or hosted.definition.version
    if sealed_for == hosted.definition.version:
        return replace(hosted, labels=labels)
    definition = hosted.definition.model_copy(update={"version": sealed_for})
    return replace(hosted, definition=definition, labels=labels)


def definition_file(hosted: Hosted) -> tuple[ChallengeFile, bytes]:
    """Return the definition as a file to download beside the data: with it a folder can be worked on without the site."""
    content = _written(hosted.definition).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    return ChallengeFile(
        challenge_id=hosted.id, name=FILE, role="definition", sha256=sha256, size=len(content)
    ), content


@lru_cache(maxsize=64)
def _written(definition: Definition) -> str:
    return written.as_toml(definition)


def open_file(blobs: Blobs, hosted: Hosted, found: ChallengeFile) -> BinaryIO:
    """Open what `file` has returned."""
    return io.BytesIO(definition_file(hosted)[1]) if found.role == "definition" else blobs.open(found.sha256)


def file(hosted: Hosted, name: str) -> ChallengeFile:
    """Return a downloadable file by name; everything else, the labels' name above all, is not there."""
    if name == FILE:
        return definition_file(hosted)[0]
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
