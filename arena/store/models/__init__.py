"""The tables. Rows carry no behaviour; states are plain strings so that both databases and migrations agree."""

from arena.store.models.announcements import Announcement, Reading
from arena.store.models.boards import BoardTeam, BoardVersion
from arena.store.models.challenges import Challenge, ChallengeFile, Labels
from arena.store.models.companions import Companion
from arena.store.models.ledger import ImportedLink, InstanceFact, LedgerEntry, LedgerLink
from arena.store.models.mail import Mail
from arena.store.models.moderation import Mark
from arena.store.models.notices import Notice
from arena.store.models.participants import AllowedAddress, Answer, ChallengeInvitation, Participation, Question
from arena.store.models.people import ApiToken, Grant, Link, SignIn, User
from arena.store.models.practice import Practice
from arena.store.models.publications import DryRun, Publication
from arena.store.models.submissions import Comparison, Decision, Evaluation, FileRefusal, Report, Score, Submission
from arena.store.models.teams import Agreement, Invitation, Membership, Team
from arena.store.models.versions import ChallengeVersion, Disclosure

__all__ = [
    "Agreement",
    "AllowedAddress",
    "Announcement",
    "Answer",
    "ApiToken",
    "BoardTeam",
    "BoardVersion",
    "Challenge",
    "ChallengeFile",
    "ChallengeInvitation",
    "ChallengeVersion",
    "Companion",
    "Comparison",
    "Decision",
    "Disclosure",
    "DryRun",
    "Evaluation",
    "FileRefusal",
    "Grant",
    "ImportedLink",
    "InstanceFact",
    "Invitation",
    "Labels",
    "LedgerEntry",
    "LedgerLink",
    "Link",
    "Mail",
    "Mark",
    "Membership",
    "Notice",
    "Participation",
    "Practice",
    "Publication",
    "Question",
    "Reading",
    "Report",
    "Score",
    "SignIn",
    "Submission",
    "Team",
    "User",
]
