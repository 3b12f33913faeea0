"""From rows to what an organizer reads: uploads, verifications, dry runs."""

from datetime import datetime

from arena import wire_organizer as wire
from arena.api.describing import FACTS, link
from arena.api.parts import language
from arena.hosting import Hosted
from arena.store.models import DryRun, Publication
from arena.wire import Score
from challenges.findings import sentence


def challenge_state(hosted: Hosted, at: datetime) -> wire.ChallengeState:
    return wire.ChallengeState.model_validate(
        {
            "slug": hosted.slug,
            "version": hosted.row.version,
            "state": hosted.row.state,
            "status": hosted.status(at),
            "opens_at": hosted.row.opens_at,
            "closes_at": hosted.row.closes_at,
            "paused": hosted.row.pause_reason,
            "stopped": hosted.row.stop_reason,
            "definition_sha256": hosted.row.definition_sha256,
            "url": link("challenges", hosted.slug),
        },
    )


def upload(hosted: Hosted, publication: Publication, at: datetime, *, created: bool) -> wire.Upload:
    return wire.Upload.model_validate(
        {
            "slug": hosted.slug,
            "version": publication.version,
            "state": publication.state,
            "challenge": challenge_state(hosted, at),
            "definition_sha256": publication.definition_sha256,
            "labels_sha256": publication.sealed_sha256,
            "received_at": publication.created_at,
            "created": created,
            "url": link("challenges", hosted.slug),
            "verification_url": link("challenges", hosted.slug, "verification"),
        },
    )


def verification(hosted: Hosted, publication: Publication, at: datetime) -> wire.Verification:
    chosen = language()
    findings = [
        {**one, "message": sentence(str(one["code"]), one["about"]).pick(chosen)} for one in publication.findings
    ]
    return wire.Verification.model_validate(
        {
            "slug": hosted.slug,
            "version": publication.version,
            "state": publication.state,
            "challenge": challenge_state(hosted, at),
            "received_at": publication.created_at,
            "finished_at": publication.finished_at,
            "findings": findings,
            "facts": {name: publication.facts[name] for name in FACTS if name in publication.facts},
        },
    )


def dry_run(hosted: Hosted, row: DryRun) -> wire.DryRun:
    outcome = row.outcome
    return wire.DryRun.model_validate(
        {
            "slug": hosted.slug,
            "state": row.state,
            "filename": row.filename,
            "rows": row.rows,
            "ok": outcome.get("ok"),
            "codes": outcome.get("codes", []),
            "seconds": outcome.get("seconds"),
            "scores": {key: Score(**one) for key, one in outcome.get("scores", {}).items()},
            "sent_at": row.created_at,
            "finished_at": row.finished_at,
        },
    )
