"""Whether any row names a stored file."""

from sqlmodel import Session, select

from arena.store.models import ChallengeFile, Labels, Submission


def is_named(session: Session, sha256: str) -> bool:
    """Whether a challenge's file, a sealed file of labels or a submission is this one."""
    return any(
        session.exec(wanted.limit(1)).first() is not None
        for wanted in (
            select(ChallengeFile.id).where(ChallengeFile.sha256 == sha256),
            select(Labels.id).where(Labels.ciphertext_sha256 == sha256),
            select(Submission.id).where(Submission.file_sha256 == sha256),
        )
    )
