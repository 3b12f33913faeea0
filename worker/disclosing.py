"""The workers' half of a disclosure: they alone hold the secret, and can say what the labels under the seal are."""

from datetime import UTC, datetime
from typing import Any

from arena import disclosing, hosting
from arena.errors import Conflict
from arena.store.engine import reading, transaction
from challenges.text import Text
from worker import jobs, keys
from worker.settings import WorkerSettings


def disclose(settings: WorkerSettings, slug: str) -> dict[str, Any]:
    """Publish the secret of a revealed challenge and the digest of its labels; the same again changes nothing."""
    station = jobs.open_station(settings)
    now = datetime.now(UTC)
    try:
        with reading(station.engine) as session:
            hosted = hosting.find(session, slug)
            known = disclosing.disclosed(session, hosted)
            labels = disclosing.require_due(session, hosted, now)
        if known is None:
            path = settings.seed(slug)
            if not path.exists():
                raise Conflict(
                    "secret_not_here",
                    Text(
                        f"이 챌린지의 비밀이 {path}에 없습니다. 채점기의 비밀 폴더가 있는 곳에서 'python -m worker disclose {slug}'를 내리십시오.",
                        f"The secret of this challenge is not at {path}. Give 'python -m worker disclose {slug}' where the workers' own folder is.",
                    ),
                )
            labels_sha256 = jobs.outcomes_of(hosted, labels.version).sha256
            with transaction(station.engine) as session:
                known = disclosing.record(
                    session,
                    hosting.find(session, slug),
                    secret=keys.secret(path),
                    labels_sha256=labels_sha256,
                    at=now,
                )
    finally:
        station.engine.dispose()
    return {
        "slug": slug,
        "secret": known.secret,
        "secret_sha256": known.secret_sha256,
        "labels_sha256": known.labels_sha256,
        "ids_sha256": labels.ids_sha256,
        "at": known.at.isoformat(),
    }
