"""Disclosing the secret that a challenge's hidden rows were drawn from: after the reveal, once and for good."""

import hashlib
from datetime import datetime

from sqlmodel import Session

from arena import audit
from arena.errors import Conflict, Invalid
from arena.hosting import Hosted
from arena.store import challenges as challenge_store
from arena.store import disclosures as store
from arena.store.models import Disclosure, Labels
from challenges.text import Text


def disclosed(session: Session, hosted: Hosted) -> Disclosure | None:
    """Return what has been disclosed, or none."""
    return store.of_challenge(session, hosted.id)


def command(hosted: Hosted, found: Disclosure) -> str:
    """Return what anybody may type to draw the hidden rows again and compare the digests."""
    return f"python -m worker make challenges/{hosted.slug.replace('-', '_')} rebuilt --secret {found.secret}"


def require_due(session: Session, hosted: Hosted, at: datetime) -> Labels:
    """Return the labels that committed to a secret; refuse where there is none, or where it must still be kept."""
    if hosted.definition.practice:
        raise Conflict(
            "practice",
            Text(
                "연습 챌린지의 결과는 공개 자료에서 왔으므로 밝힐 비밀이 없습니다.",
                "The outcomes of practice come from public data: there is no secret to disclose.",
            ),
        )
    labels = store.committed(session, hosted.id)
    if labels is None:
        raise Conflict(
            "no_secret",
            Text(
                "이 챌린지의 환자는 비밀에서 만든 것이 아니므로 밝힐 것이 없습니다.",
                "The patients of this challenge were not drawn from a secret: there is nothing to disclose.",
            ),
        )
    if hosted.status(at) != "revealed":
        raise Conflict(
            "not_revealed",
            Text(
                "결과를 공개한 뒤에만 비밀을 밝힐 수 있습니다. 그 전에 밝히면 누구나 숨긴 결과를 알게 됩니다.",
                "The secret can be disclosed only after the reveal: before it, everybody would know the hidden outcomes.",
            ),
        )
    return labels


def record(session: Session, hosted: Hosted, *, secret: bytes, labels_sha256: str, at: datetime) -> Disclosure:
    """Publish a secret that is the one committed to; of two at once the first one's stands."""
    challenge_store.lock(session, hosted.id)
    known = disclosed(session, hosted)
    if known is not None:
        return known
    labels = require_due(session, hosted, at)
    digest = hashlib.sha256(secret).hexdigest()
    if digest != labels.secret_sha256:
        raise Invalid(
            "other_secret",
            Text(
                "이 비밀의 해시가 열 때 공표한 것과 다릅니다. 밝히지 않았습니다.",
                "The digest of this secret is not the one that was published at the opening. Nothing was disclosed.",
            ),
        )
    row = Disclosure(
        challenge_id=hosted.id,
        labels_version=labels.version,
        secret=secret.hex(),
        secret_sha256=digest,
        labels_sha256=labels_sha256,
        at=at,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "secret_disclosed",
        hosted.id,
        {"slug": hosted.slug, "secret": row.secret, "secret_sha256": digest, "labels_sha256": labels_sha256},
        at,
    )
    return row
