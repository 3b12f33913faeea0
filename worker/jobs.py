"""The jobs that the site rings for. RQ only says when; the database says what, and keeps what came of it.

No exception leaves a job: RQ would store its text in Redis, and a text can quote labels or scores. Logs carry ids, digests and
the names of exceptions, never their messages.
"""

import hashlib
import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from arena import analyses, audit, hosting
from arena.errors import Conflict
from arena.hosting import Hosted
from arena.queue import SCORE
from arena.store import companions, evaluations
from arena.store import submissions as submission_store
from arena.store.engine import reading, transaction
from arena.store.evaluations import Claim
from arena.store.models import Comparison, Decision, Evaluation, Score, Submission, Team
from challenges.definition import Definition
from challenges.predictions import PredictionProblems
from challenges.text import Text
from worker import comparing, faults, practising, reports, scoring, trying, verifying
from worker import settings as settings_module
from worker.columns import Outcomes
from worker.effects import floor
from worker.labels import LabelsRefused, Vault
from worker.leases import LEASE_SECONDS, Lease
from worker.settings import WorkerSettings
from worker.station import Station

log = logging.getLogger("worker")

_station: Station | None = None
_vault: Vault | None = None


def open_station(settings: WorkerSettings) -> Station:
    """Open this process's workplace; its children inherit it."""
    global _station, _vault  # noqa: PLW0603 (RQ calls jobs by name with plain arguments: their workplace must be the process's own)
    _station = Station.open(settings)
    _vault = Vault(settings, _note_opening)
    return _station


def score(evaluation_id: int) -> None:
    """Evaluate one submission on one split, once, however often it is rung for."""
    try:
        station, vault = _workplace()
        claim = _claim(station, evaluation_id)
        if claim is None:
            log.info("evaluation %d: nothing to do", evaluation_id)
            return
        following = _score(station, vault, claim)
        # Most often its own ring is still in the queue, and a second one would only be a job with nothing to do.
        if following is not None and not station.queue.unheard()(SCORE, following):
            station.queue.score(following)
    except Exception as fault:  # noqa: BLE001 (see the module's first lines)
        log.error("evaluation %d: %s", evaluation_id, faults.describe(fault))  # noqa: TRY400 (a traceback quotes)


def compare(challenge_id: int) -> None:
    """Store how the finals of a closed challenge differ on its private split."""
    try:
        station, vault = _workplace()
        _compare(station, vault, challenge_id)
    except Exception as fault:  # noqa: BLE001 (see the module's first lines)
        log.error("comparison of challenge %d: %s", challenge_id, faults.describe(fault))  # noqa: TRY400 (a traceback quotes)


def verify(publication_id: int) -> None:
    """Verify an organizer's upload."""
    try:
        station, vault = _workplace()
        verifying.verify(
            station, partial(_opened_for, station, vault), partial(_present, station, vault), publication_id
        )
    except Exception as fault:  # noqa: BLE001 (see the module's first lines)
        log.error("upload %d: %s", publication_id, faults.describe(fault))  # noqa: TRY400 (a traceback quotes)


def dry_run(dry_run_id: int) -> None:
    """Score an organizer's file before the opening; nothing but codes is kept."""
    try:
        station, vault = _workplace()
        trying.dry_run(station, partial(_opened, station, vault), dry_run_id)
    except Exception as fault:  # noqa: BLE001 (see the module's first lines)
        log.error("dry run %d: %s", dry_run_id, faults.describe(fault))  # noqa: TRY400 (a traceback quotes)


def practice(practice_id: int) -> None:
    """Score a practice file on the validation part of a training file; no label is opened for it."""
    try:
        station, _ = _workplace()
        practising.score(station, practice_id)
    except Exception as fault:  # noqa: BLE001 (see the module's first lines)
        log.error("practice %d: %s", practice_id, faults.describe(fault))  # noqa: TRY400 (a traceback quotes)


def warm(station: Station) -> None:
    """Open the labels and read the reference of every challenge that takes submissions, so that no job waits for them."""
    _, vault = _workplace()
    now = datetime.now(UTC)
    with reading(station.engine) as session:
        hosted = [
            hosting.for_labels(session, one, one.labels.version)
            for one in hosting.every(session)
            if one.labels is not None and one.status(now) in ("open", "closed")
        ]
    for one in hosted:
        _load(station, vault, one)
    station.engine.dispose()


def prepare(evaluation_id: int) -> None:
    """Load what a job will need into the process that is about to fork for it; a job cannot fill its parent's memory."""
    station, vault = _workplace()
    with reading(station.engine) as session:
        hosted = _hosted_of(session, evaluation_id)
    if hosted is not None:
        _load(station, vault, hosted)
    # No connection is carried into the child.
    station.engine.dispose()


def _workplace() -> tuple[Station, Vault]:
    if _station is None or _vault is None:
        open_station(settings_module.load())
    if _station is None or _vault is None:
        raise RuntimeError("no workplace")
    return _station, _vault


def _hosted_of(session: Any, evaluation_id: int) -> Hosted | None:
    evaluation = session.get(Evaluation, evaluation_id)
    submission = session.get(Submission, evaluation.submission_id) if evaluation else None
    if evaluation is None or submission is None:
        return None
    return hosting.for_labels(session, hosting.by_id(session, submission.challenge_id), evaluation.labels_version)


def _load(station: Station, vault: Vault, hosted: Hosted) -> None:
    if hosted.labels is None or hosted.definition.files.test is None:
        return
    try:
        _open(station, vault, hosted, hosted.labels.ciphertext_sha256)
        with reading(station.engine) as session:
            reference = station.reference(session, hosted)
        station.reference_columns(reference, hosted)
    except Exception as fault:  # noqa: BLE001 (the job itself will meet and report the same fault)
        log.warning("challenge %s: not loaded: %s", hosted.slug, faults.describe(fault))


def _open(station: Station, vault: Vault, hosted: Hosted, ciphertext_sha256: str) -> Outcomes:
    ids = hosting.expected_ids(station.blobs, hosted).ids
    return vault.outcomes(ciphertext_sha256, station.sealed, hosted.definition, ids, challenge_id=hosted.id)


def _opened(station: Station, vault: Vault, hosted: Hosted) -> Outcomes:
    """Open a challenge's present labels."""
    if hosted.labels is None:
        raise RuntimeError("no labels")
    return _open(station, vault, hosted, hosted.labels.ciphertext_sha256)


def _opened_for(
    station: Station, vault: Vault, sha256: str, definition: Definition, ids: Sequence[str], challenge_id: int
) -> Outcomes:
    """Open labels that are no challenge's yet."""
    return vault.outcomes(sha256, station.sealed, definition, ids, challenge_id=challenge_id)


def _present(station: Station, vault: Vault, challenge_id: int) -> Outcomes | None:
    """Open the present labels of a challenge that has opened, for a new version to be held against; none before."""
    with reading(station.engine) as session:
        hosted = hosting.by_id(session, challenge_id)
        if hosted.labels is None or hosted.row.state != "published" or hosted.status(datetime.now(UTC)) == "announced":
            return None
        hosted = hosting.for_labels(session, hosted, hosted.labels.version)
    return _opened(station, vault, hosted)


def outcomes_of(hosted: Hosted, labels_version: int) -> Outcomes:
    """Open one version of a hosted challenge's labels, for the workers' own tools; what they hold goes no further."""
    station, vault = _workplace()
    with reading(station.engine) as session:
        hosted = hosting.for_labels(session, hosted, labels_version)
    ciphertext_sha256 = hosted.labels.ciphertext_sha256 if hosted.labels else ""
    with _refusals_told():
        return _open(station, vault, hosted, ciphertext_sha256)


def outcomes_under(definition: Definition, ciphertext: bytes, ids: Sequence[str], challenge_id: int) -> Outcomes:
    """Open labels that are sealed for another definition of a hosted challenge, and not kept by the site yet."""
    _, vault = _workplace()
    sha256 = hashlib.sha256(ciphertext).hexdigest()
    with _refusals_told():
        return vault.outcomes(sha256, lambda _: ciphertext, definition, ids, challenge_id=challenge_id)


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except LabelsRefused as refused:
        raise Conflict(
            refused.code,
            Text(
                f"봉인한 결과를 쓸 수 없습니다({refused.code}).", f"The sealed labels cannot be used ({refused.code})."
            ),
        ) from None


def _note_opening(ciphertext_sha256: str, challenge_id: int) -> None:
    station, _ = _workplace()
    with transaction(station.engine) as session:
        audit.record(session, "labels_opened", challenge_id, {"labels_sha256": ciphertext_sha256}, datetime.now(UTC))


def _claim(station: Station, evaluation_id: int) -> Claim | None:
    with transaction(station.engine) as session:
        return evaluations.claim(
            session,
            evaluation_id,
            token=uuid.uuid4().hex,
            at=datetime.now(UTC),
            lease_seconds=LEASE_SECONDS,
        )


def _score(station: Station, vault: Vault, claim: Claim) -> int | None:
    """Evaluate a claimed submission; return the evaluation of the team to ring for next."""
    try:
        with Lease(station, lambda session, at: _renew(session, claim, at), f"evaluation {claim.evaluation_id}"):
            outcome = _evaluate(station, vault, claim)
        now = datetime.now(UTC)
        with transaction(station.engine) as session:
            done = evaluations.finish(
                session,
                claim,
                scores=[_row(claim, one) for one in outcome.scores],
                decision=_decision(claim, outcome, now),
                report=outcome.report,
                at=now,
            )
            following = evaluations.next_of_team(session, claim.submission.team_id)
        log.info("evaluation %d: %s", claim.evaluation_id, "scored" if done else "lost its claim")
    except Exception as fault:  # noqa: BLE001 (as in `score`: nothing of ours may quote labels)
        code = faults.code(fault)
        log.error("evaluation %d: %s: %s", claim.evaluation_id, code, faults.describe(fault))  # noqa: TRY400
        with transaction(station.engine) as session:
            state = evaluations.give_back(session, claim, code=code, at=datetime.now(UTC))
            # One that waits for another attempt goes before the team's later ones; the sweeper rings for it.
            return evaluations.next_of_team(session, claim.submission.team_id) if state == "failed" else None
    return following


def _renew(session: Session, claim: Claim, at: datetime) -> bool:
    return evaluations.renew(session, claim, at=at, lease_seconds=LEASE_SECONDS)


def _evaluate(station: Station, vault: Vault, claim: Claim) -> scoring.Outcome:
    with reading(station.engine) as session:
        hosted = hosting.for_labels(session, hosting.by_id(session, claim.challenge.id or 0), claim.labels_version)
        reference = station.reference(session, hosted)
        accepted = evaluations.accepted_before(session, claim.submission)
        told = evaluations.decision_of(session, claim.submission.id or 0)
        beside = companions.newest(session, [claim.submission.id or 0]) if claim.split == "private" else {}
        # Where a gate hides scores, a difference from another of the team's files would tell that file's.
        before = None if hosted.gated else evaluations.before(session, claim.submission)
    if claim.split == "public" and hosted.gated and told is not None:
        # Evaluated again before the reveal: the decision stands, and nothing else is ever shown of a gated public split.
        return scoring.Outcome()
    hidden = _open(station, vault, hosted, claim.labels.ciphertext_sha256)
    file = station.file(claim.submission, hosted)
    if claim.split == "public" and hosted.gated:
        return _judge(station, claim, hosted, hidden, reference, accepted)
    splits = ("public", "private") if claim.split == "private" else ("public",)
    compared = None if claim.team.is_reference else station.reference_columns(reference, hosted)
    scores = scoring.full(hosted.definition, hidden, file, compared, splits)
    ids = hosting.expected_ids(station.blobs, hosted).ids
    report = reports.report(hosted.definition, hidden, file, station.covariates(hosted), splits[-1], ids)
    for companion in beside.values():
        other = station.file(companion, hosted)
        found = comparing.beside(hosted.definition, hidden, file, other, splits[-1])
        report["companion"] = {"file_sha256": companion.file_sha256, "differences": found}
    if before is not None:
        # A file for an earlier version of the challenge need not fit this one.
        with suppress(PredictionProblems):
            found = comparing.beside(hosted.definition, hidden, file, station.file(before, hosted), "public")
            report["previous"] = {"submission": before.public_id, "number": before.number, "differences": found}
    return scoring.Outcome(scores=scores, report=report)


def _judge(
    station: Station,
    claim: Claim,
    hosted: Hosted,
    hidden: Outcomes,
    reference: Submission | None,
    accepted: list[Submission],
) -> scoring.Outcome:
    if claim.team.baseline is not None:
        # What is shown of a baseline before the reveal comes from the training file.
        return scoring.Outcome()
    compared = station.reference_columns(reference, hosted)
    row = hosted.facts.get("row")
    least = floor(hosted.definition.primary, int(hidden.splits["public"].sum())) if "public" in hidden.splits else 0.0
    return scoring.decide(
        hosted.definition,
        hidden,
        row=None if row is None else max(float(row), least),
        noise=station.noise(hosted, claim.labels_version, hidden.sha256),
        team=claim.submission.team_id,
        canonical_sha256=claim.submission.canonical_sha256,
        file=station.file(claim.submission, hosted),
        incumbent=station.file(accepted[-1], hosted) if accepted else compared,
        reference=compared,
        acceptances=len(accepted),
    )


def _row(claim: Claim, one: scoring.Scored) -> Score:
    low, high = one.score.ci or (None, None)
    return Score(
        evaluation_id=claim.evaluation_id,
        split=one.split,
        key=one.key,
        value=one.score.value,
        se=one.score.se,
        low=low,
        high=high,
        reason=one.score.reason,
        difference=one.difference.value if one.difference else None,
        difference_se=one.difference.se if one.difference else None,
    )


def _decision(claim: Claim, outcome: scoring.Outcome, at: datetime) -> Decision | None:
    told = outcome.decision
    if told is None and outcome.scores and claim.split == "public":
        told = ("shown", None)
    if told is None:
        return None
    return Decision(
        submission_id=claim.submission.id or 0,
        outcome=told[0],
        shown_gain=told[1],
        labels_version=claim.labels_version,
        decided_at=at,
    )


def _compare(station: Station, vault: Vault, challenge_id: int) -> None:
    with reading(station.engine) as session:
        hosted = hosting.by_id(session, challenge_id)
        by_team = analyses.finals(session, hosted)
        finals = [session.get_one(Submission, final) for final in sorted(by_team.values())]
        aside = {final.public_id for final in finals if session.get_one(Team, final.team_id).baseline is not None}
        scores = submission_store.values(session, sorted(by_team.values()), "private")
        if hosted.labels is not None:
            hosted = hosting.for_labels(session, hosted, hosted.labels.version)
    if hosted.labels is None or not finals or hosted.row.reveal_started_at is None:
        # Before the reveal a comparison would tell what the gate hides.
        log.info("challenge %s: nothing to compare", hosted.slug)
        return
    hidden = _open(station, vault, hosted, hosted.labels.ciphertext_sha256)
    files = {final.public_id: station.file(final, hosted) for final in finals}
    named = {final.public_id: scores.get(final.id or 0, {}) for final in finals}
    content = comparing.comparison(hosted.definition, hidden, files, "private", baselines=aside, scores=named)
    row = Comparison(
        challenge_id=hosted.id,
        split="private",
        labels_version=hosted.labels.version,
        content=content,
        created_at=datetime.now(UTC),
    )
    with transaction(station.engine) as session:
        session.add(row)
    log.info("challenge %s: %d finals compared", hosted.slug, len(finals))
