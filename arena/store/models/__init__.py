"""The tables. Rows carry no behaviour; states are plain strings so that both databases and migrations agree."""

from arena.store.models.challenges import Challenge, ChallengeFile, Labels
from arena.store.models.companions import Companion
from arena.store.models.ledger import InstanceFact, LedgerEntry, LedgerLink
from arena.store.models.people import ApiToken, Grant, Link, User
from arena.store.models.submissions import Comparison, Decision, Evaluation, Report, Score, Submission
from arena.store.models.teams import Agreement, Invitation, Membership, Team

__all__ = [
    "Agreement",
    "ApiToken",
    "Challenge",
    "ChallengeFile",
    "Companion",
    "Comparison",
    "Decision",
    "Evaluation",
    "Grant",
    "InstanceFact",
    "Invitation",
    "Labels",
    "LedgerEntry",
    "LedgerLink",
    "Link",
    "Membership",
    "Report",
    "Score",
    "Submission",
    "Team",
    "User",
]
