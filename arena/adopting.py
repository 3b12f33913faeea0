"""Making a verified upload the next version of a published challenge."""

from datetime import datetime

from sqlmodel import Session

from arena import hosting, publications, replacing
from arena.errors import Conflict
from arena.hosting import Hosted
from arena.publishing import Collected
from arena.replacing import Replaced
from arena.store import challenges as challenge_store
from arena.store import publications as store
from arena.store.blobs import Blob
from arena.store.models import Publication, User
from arena.submissions import Sign
from challenges.definition import Definition
from challenges.text import Text


def adopt(session: Session, user: User, hosted: Hosted, *, version: str, at: datetime, sign: Sign) -> Replaced:
    """Let the verified new version take the place of the present one, with its public note; return what came of it.

    Labels that a worker has found to be the same stay as they are; others are a new version of the labels, and every submission
    is evaluated again.
    """
    row = challenge_store.lock(session, hosted.id)
    hosting.require_run_by(session, user, row)
    waiting = store.newest(session, hosted.id)
    if waiting is None or (waiting.state, waiting.version) != ("verified", version) or row.state != "published":
        raise Conflict(
            "no_version", Text("검증을 마친 새 판이 없습니다.", "There is no verified new version of this challenge.")
        )
    told = {str(one["code"]) for one in waiting.findings}
    collected = _collected(waiting)
    done = replacing.replace_with(
        session,
        hosted,
        collected,
        note=Text(waiting.note_ko, waiting.note_en),
        keep_labels=waiting.sealed_sha256 is None
        or ("same_labels" in told and replacing.may_keep_labels(session, hosted, collected)),
        same_splits="other_splits" not in told,
        user_id=user.id,
        at=at,
        sign=sign,
    )
    waiting.state = "installed"
    session.add(waiting)
    return done


def _collected(waiting: Publication) -> Collected:
    return Collected(
        definition=Definition.model_validate(waiting.definition),
        facts=waiting.facts,
        files={file["name"]: (file["role"], Blob(file["sha256"], file["size"])) for file in waiting.files},
        sealed=Blob(waiting.sealed_sha256, 0) if waiting.sealed_sha256 else None,
        baselines=publications.prepared(waiting),
    )
