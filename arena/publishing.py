"""Publishing a made folder as a challenge, closing it and revealing it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from arena import audit, hosting, notices, submissions, versions
from arena.errors import Conflict, Invalid
from arena.hosting import Hosted
from arena.store import challenges as store
from arena.store import evaluations as evaluation_store
from arena.store import submissions as submission_store
from arena.store.blobs import Blob, Blobs
from arena.store.models import Challenge, ChallengeFile, Labels, Team
from arena.submissions import Prepared, Sign
from challenges import published
from challenges.definition import Baseline, Definition, load
from challenges.predictions import ExpectedIds, PredictionProblems, read
from challenges.tables import read_ids
from challenges.text import Text
from scorers.version import SCORER_VERSION

SEALED = "labels.sealed"
FACTS = "facts.json"


@dataclass(frozen=True, slots=True)
class Collected:
    """A made folder whose files lie in the store; no row knows of them yet."""

    definition: Definition
    facts: dict[str, Any]
    files: dict[str, tuple[str, Blob]]  # name → (role, blob)
    sealed: Blob | None  # reports have no labels
    baselines: dict[str, Prepared]


def collect(blobs: Blobs, folder: Path) -> Collected:
    """Read a made folder, put its files in the store and check its baselines; plaintext labels are refused."""
    definition = load(folder)
    if definition.files.labels and (folder / definition.files.labels).exists():
        raise Invalid(
            "plaintext_labels",
            Text(
                "폴더에 봉인하지 않은 결과 파일이 있습니다. 봉인한 뒤 다시 하십시오.",
                "The folder holds unsealed labels. Seal them first.",
            ),
        )
    if (flaw := published.datasheet_flaw(folder, definition)) is not None:
        raise Invalid(flaw.code, flaw.message)
    files: dict[str, tuple[str, Blob]] = {}
    for name, role in published.roles(folder, definition).items():
        with (folder / name).open("rb") as stream:
            files[name] = (role, blobs.put(stream))
    if not definition.files.labels:
        return Collected(definition, {}, files, None, {})
    with (folder / SEALED).open("rb") as stream:
        sealed = blobs.put(stream)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return Collected(definition, facts, files, sealed, prepared_baselines(folder, definition, files))


def prepared_baselines(folder: Path, definition: Definition, files: dict[str, tuple[str, Blob]]) -> dict[str, Prepared]:
    """Read a folder's baselines as submissions are read; raise Invalid where one has problems."""
    if not definition.baselines or definition.files.test is None:
        return {}
    with (folder / definition.files.test).open("rb") as stream:
        expected = ExpectedIds(read_ids(stream, definition.labels.id))
    prepared: dict[str, Prepared] = {}
    for baseline in definition.baselines:
        _, blob = files[baseline.file]
        try:
            with (folder / baseline.file).open("rb") as stream:
                predictions = read(stream, definition=definition, expected=expected, filename=baseline.file)
        except PredictionProblems as found:
            raise Invalid(
                "bad_baseline",
                Text(
                    f"기준 모형의 파일 {baseline.file}에 문제가 있습니다.",
                    f"The baseline's file {baseline.file} has problems.",
                ),
                problems=found.problems,
                total=found.total,
            ) from None
        prepared[baseline.name] = Prepared(
            filename=baseline.file,
            file_sha256=blob.sha256,
            canonical_sha256=predictions.canonical_sha256,
            rows=len(predictions.ids),
            size=blob.size,
        )
    return prepared


def publish(
    session: Session,
    collected: Collected,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    at: datetime,
    sign: Sign,
) -> tuple[Challenge, list[int]]:
    """Make the challenge with its baselines in one transaction; return it and the evaluations to ring for."""
    definition = collected.definition
    if store.by_slug(session, definition.slug):
        raise Conflict(
            "slug_taken",
            Text(f"{definition.slug} 챌린지가 이미 있습니다.", f"There is a challenge {definition.slug} already."),
        )
    row = Challenge(
        slug=definition.slug,
        version=definition.version,
        kind=definition.kind,
        definition=definition.stored(),
        definition_sha256=definition.digest(),
        facts=collected.facts,
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=at,
    )
    session.add(row)
    session.flush()
    challenge_id = row.id or 0
    for name, (role, blob) in collected.files.items():
        session.add(
            ChallengeFile(challenge_id=challenge_id, name=name, role=role, sha256=blob.sha256, size=blob.size),
        )
    labels = _labels(collected, challenge_id, at)
    if labels is not None:
        session.add(labels)
        session.flush()
    audit.record(
        session,
        "challenge_published",
        challenge_id,
        {
            "slug": row.slug,
            "version": row.version,
            "definition_sha256": row.definition_sha256,
            "labels_sha256": labels.ciphertext_sha256 if labels else None,
            "secret_sha256": labels.secret_sha256 if labels else None,
        },
        at,
    )
    hosted = hosting.find(session, row.slug)
    versions.record(session, hosted, note=Text("", ""), at=at)
    return row, add_baselines(session, hosted, definition.baselines, collected.baselines, at=at, sign=sign)


def _labels(collected: Collected, challenge_id: int, at: datetime) -> Labels | None:
    if collected.sealed is None:
        return None
    return Labels(
        challenge_id=challenge_id,
        version=1,
        ciphertext_sha256=collected.sealed.sha256,
        ids_sha256=str(collected.facts["ids_sha256"]),
        secret_sha256=collected.facts.get("secret_sha256"),
        created_at=at,
    )


def add_baselines(
    session: Session,
    hosted: Hosted,
    wanted: Sequence[Baseline],
    baselines: Mapping[str, Prepared],
    *,
    at: datetime,
    sign: Sign,
    counts: bool = True,
) -> list[int]:
    """Record baselines as submissions of teams without members; return the evaluations to ring for."""
    rings: list[int] = []
    # The reference goes first: the others' paired differences are taken from its file.
    for baseline in sorted(wanted, key=lambda one: not one.reference):
        team = Team(
            challenge_id=hosted.id,
            name=baseline.title.en,
            name_key=f"baseline:{baseline.name}",
            baseline=baseline.name,
            is_reference=baseline.reference,
            created_at=at,
        )
        session.add(team)
        session.flush()
        recorded = submissions.record_baseline(
            session,
            hosted=hosted,
            team=team,
            prepared=baselines[baseline.name],
            at=at,
            sign=sign,
            counts=counts,
        )
        if recorded.evaluation_id is not None:
            rings.append(recorded.evaluation_id)
    return rings


def close(session: Session, hosted: Hosted, at: datetime, *, by: int | None = None) -> None:
    """Close a challenge now; what was received before is still scored."""
    row = store.lock(session, hosted.id)
    if hosted.status(at) != "open":
        raise Conflict("not_open", Text("열려 있는 챌린지가 아닙니다.", "This challenge is not open."))
    row.closes_at = at
    session.add(row)
    audit.record(session, "challenge_closed", hosted.id, _said(hosted, by), at)


def _said(hosted: Hosted, by: int | None) -> dict[str, Any]:
    # Nobody is named where the operator acts from the shell.
    return {"slug": hosted.slug} | ({"by": by} if by else {})


def start_reveal(session: Session, hosted: Hosted, at: datetime, *, by: int | None = None) -> list[int]:
    """Add the private evaluation of every final and baseline; return those to ring for. Safe to repeat."""
    if hosted.status(at) == "revealed":
        raise Conflict("revealed", Text("이미 공개했습니다.", "This challenge has been revealed already."))
    if hosted.definition.leaderboard.reveal == "after_reviews":
        raise Conflict(
            "reviews_open",
            Text(
                "심사가 잠긴 뒤에만 결과를 공개할 수 있습니다.",
                "Results can be revealed only after the reviews are locked.",
            ),
        )
    if hosted.status(at) != "closed":
        raise Conflict(
            "not_closed",
            Text("마감한 뒤에만 결과를 공개할 수 있습니다.", "Results can be revealed only after the close."),
        )
    if hosted.labels is None:
        raise Conflict(
            "no_labels", Text("이 챌린지에는 봉인된 결과가 없습니다.", "This challenge has no sealed labels.")
        )
    row = store.lock(session, hosted.id)
    if row.rescoring_started_at is not None:
        raise Conflict(
            "rescoring",
            Text(
                f"다시 채점하는 중입니다. 끝난 뒤에 공개하십시오. 'arena challenge rescore {hosted.slug}'가 어디까지 되었는지 말합니다.",
                f"The challenge is being rescored. Reveal it when that is done: 'arena challenge rescore {hosted.slug}' says how far it is.",
            ),
        )
    if evaluation_store.unfinished(session, hosted.id, "public"):
        raise Conflict(
            "still_scoring",
            Text(
                "마감 전에 받은 제출을 아직 채점하고 있습니다.",
                "Submissions received before the close are still being scored.",
            ),
        )
    if row.reveal_started_at is None:
        row.reveal_started_at = at
        session.add(row)
        audit.record(session, "reveal_started", hosted.id, _said(hosted, by), at)
    return [
        evaluation_store.add(
            session,
            submission_id=submission_id,
            split="private",
            scorer=SCORER_VERSION,
            labels_version=hosted.labels.version,
            at=at,
        )
        for submission_id in sorted(submission_store.finals(session, hosted.id).values())
    ]


def finish_reveal(session: Session, hosted: Hosted, at: datetime) -> bool:
    """Mark a challenge revealed once every private evaluation is finished; true if it is revealed now."""
    if hosted.row.reveal_started_at is None or evaluation_store.unfinished(session, hosted.id, "private"):
        return False
    if hosted.row.revealed_at is None and _late(session, hosted, at):
        return False
    row = store.lock(session, hosted.id)
    if row.revealed_at is None:
        row.revealed_at = at
        session.add(row)
        audit.record(session, "revealed", hosted.id, {"slug": hosted.slug}, at)
        notices.tell_revealed(session, hosted, at)
    return True


def _late(session: Session, hosted: Hosted, at: datetime) -> bool:
    """Whether a file received in time was written down only after the reveal had begun; its evaluation is added now."""
    if evaluation_store.unfinished(session, hosted.id, "public"):
        return True
    return bool(complete_finals(session, hosted, at))


def complete_finals(session: Session, hosted: Hosted, at: datetime) -> list[int]:
    """Add the private evaluation of every final that has none; return those added."""
    finals = sorted(submission_store.finals(session, hosted.id).values())
    known = submission_store.evaluations(session, finals)
    late = [final for final in finals if "private" not in known.get(final, {})]
    if hosted.labels is None:
        return []
    return [
        evaluation_store.add(
            session,
            submission_id=submission_id,
            split="private",
            scorer=SCORER_VERSION,
            labels_version=hosted.labels.version,
            at=at,
        )
        for submission_id in late
    ]
