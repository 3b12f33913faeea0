"""A worker's workplace: its settings, database, files and doorbell, opened once and shared by every job."""

from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlmodel import Session

from arena import hosting
from arena.hosting import Hosted
from arena.queue import Queue
from arena.store import evaluations
from arena.store.blobs import Blobs, open_blobs
from arena.store.engine import make_engine
from arena.store.models import Companion, Submission
from challenges import tables
from challenges.predictions import read
from scorers.evaluation import Columns
from worker import keys
from worker.columns import constant, predicted
from worker.noise import Noise
from worker.settings import WorkerSettings

FILES_KEPT = 32
LARGEST = 2_000_000_000


@dataclass(slots=True)
class Station:
    """What a job works with. Everything here survives a fork once `after_fork` has been called."""

    settings: WorkerSettings
    engine: Engine
    blobs: Blobs
    queue: Queue
    _files: OrderedDict[tuple[str, str], Columns] = field(default_factory=OrderedDict)

    @classmethod
    def open(cls, settings: WorkerSettings) -> "Station":
        engine = make_engine(settings.site.database_url, pool_size=2)
        # What a statement carries can be a score: an error must not repeat it.
        engine.hide_parameters = True
        engine.dialect.hide_parameters = True  # type: ignore[attr-defined]
        return cls(settings, engine, open_blobs(settings.site.store_url), Queue(settings.site.redis_url))

    def after_fork(self) -> None:
        """Let go of the parent's connections without closing them."""
        self.engine.dispose(close=False)

    def sealed(self, ciphertext_sha256: str) -> bytes:
        """Return a ciphertext from the store."""
        with self.blobs.open(ciphertext_sha256) as stream:
            return stream.read()

    def file(self, submission: Submission | Companion, hosted: Hosted) -> Columns:
        """Return a stored prediction file as arrays, read by the same reader as at its upload; parsed once per file."""
        place = (submission.file_sha256, hosted.definition.digest())
        found = self._files.get(place)
        if found is None:
            with self.blobs.open(submission.file_sha256) as stream:
                predictions = read(
                    stream,
                    definition=hosted.definition,
                    expected=hosting.expected_ids(self.blobs, hosted),
                    filename=submission.filename,
                )
            found = predicted(predictions, hosted.definition)
            self._files[place] = found
            while len(self._files) > FILES_KEPT:
                self._files.popitem(last=False)
        return found

    def reference(self, session: Session, hosted: Hosted) -> Submission | None:
        """Return the reference baseline's submission; none if the null model stands for it."""
        return evaluations.reference_submission(session, hosted.id)

    def reference_columns(self, reference: Submission | None, hosted: Hosted) -> Columns:
        """Return the predictions that every gain is counted from."""
        if reference is not None:
            return self.file(reference, hosted)
        rows = len(hosting.expected_ids(self.blobs, hosted).ids)
        return constant(hosted.definition, hosted.facts["null"], rows)

    def covariates(self, hosted: Hosted) -> dict[str, list[str]]:
        """Return the declared subgroup columns of the test file, in the order of its rows."""
        name, wanted = hosted.definition.files.test, hosted.definition.subgroups.columns
        if name is None or not wanted:
            return {}
        with self.blobs.open(hosted.files[name].sha256) as stream:
            rows = tables.rows(tables.decode(tables.unpack(stream, largest=LARGEST)))
            header = next(rows, (1, []))[1]
            whole = [row for _, row in rows if len(row) == len(header)]
        return {column: [row[header.index(column)] for row in whole] for column in wanted if column in header}

    def noise(self, hosted: Hosted, labels_version: int, labels_sha256: str) -> Noise:
        """Return the gate's noise for one version of a challenge's labels.

        The labels' own digest is in it: other labels under a slug and version that were used before get other noise.
        """
        secret = keys.existing(self.settings.gate_secret)
        return Noise(secret, hosted.slug, hosted.definition.version, labels_version, labels_sha256)
