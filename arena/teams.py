"""Teams: joining a challenge, agreements, invitations and the quota."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from arena import admission, audit, codes, hosting, names
from arena.errors import Conflict, Forbidden, NotFound
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import marks
from arena.store import notices as notice_store
from arena.store import submissions as submission_store
from arena.store import teams as store
from arena.store.models import Agreement, Invitation, Mark, Membership, Submission, Team, User
from challenges.text import Text

INVITATION_DAYS = 14
MOST_INVITATIONS = 20


@dataclass(frozen=True, slots=True)
class Quota:
    """What a team has used and has left. A day is a calendar day in the challenge's zone."""

    used_today: int
    per_day: int
    used_total: int
    total: int
    renews_at: datetime

    @property
    def left_today(self) -> int:
        return max(0, min(self.per_day - self.used_today, self.left_total))

    @property
    def left_total(self) -> int:
        return max(0, self.total - self.used_total)


def accept_agreement(session: Session, user: User, hosted: Hosted, *, version: str, at: datetime) -> None:
    """Record that this person accepts this version; only the present version can be accepted."""
    agreement = hosted.definition.agreement
    if agreement is None:
        return
    if version != agreement.version:
        raise Conflict(
            "agreement_version",
            Text(
                f"지금 약관은 {agreement.version}판입니다. 다시 읽고 받아들이십시오.",
                f"The agreement now stands at version {agreement.version}. Read and accept that one.",
            ),
        )
    if store.agreement(session, user.id or 0, hosted.id, version) is None:
        session.add(Agreement(user_id=user.id or 0, challenge_id=hosted.id, version=version, accepted_at=at))
        audit.record(session, "agreement_accepted", hosted.id, {"user": user.id, "version": version}, at)


def agreement_of(session: Session, user: User | None, hosted: Hosted) -> Agreement | None:
    """Return the person's acceptance of the present version, or none."""
    if user is None or hosted.definition.agreement is None:
        return None
    return store.agreement(session, user.id or 0, hosted.id, hosted.definition.agreement.version)


def must_agree(session: Session, user: User | None, hosted: Hosted) -> bool:
    """Whether the person still has to accept the present agreement."""
    return hosted.definition.agreement is not None and agreement_of(session, user, hosted) is None


def acceptances(session: Session, team: Team, hosted: Hosted) -> dict[int, list[Agreement]]:
    """Return which versions of the agreement each member has accepted, and when, the newest first."""
    people = [one.id or 0 for one in store.members(session, team.id or 0)]
    return store.agreements(session, people, hosted.id)


def missing_agreements(session: Session, team: Team, hosted: Hosted) -> list[User]:
    """Return the members who have not accepted the present agreement."""
    if hosted.definition.agreement is None:
        return []
    people = store.members(session, team.id or 0)
    version = hosted.definition.agreement.version
    without = store.without_agreement(session, [person.id or 0 for person in people], hosted.id, version)
    # Who has deleted their account agrees to nothing any more, and must not keep the others from submitting.
    return [person for person in people if person.id in without and person.deleted_at is None]


def _may_join(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    if hosted.row.state not in hosting.PUBLIC:
        raise NotFound
    if hosted.status(at) not in ("open", "announced"):
        raise Conflict("closed", Text("이 챌린지는 마감되었습니다.", "This challenge has closed."))
    # Being given a role takes the same lock, so that nobody becomes judge and competitor at once.
    account_store.lock(session, user.id or 0)
    admission.require_no_role(session, user, hosted)
    if store.membership(session, user.id or 0, hosted.id):
        raise Conflict(
            "in_a_team", Text("이미 이 챌린지의 팀에 들어 있습니다.", "You are in a team of this challenge already.")
        )
    if must_agree(session, user, hosted):
        raise Forbidden(
            "agreement_needed",
            Text("먼저 참가 약관을 읽고 받아들이십시오.", "First read and accept the agreement."),
            mend=f"/challenges/{hosted.slug}/agreement",
        )
    admission.require_admitted(session, user, hosted, at)
    _require_unfrozen(hosted, at)


def frozen_from(hosted: Hosted) -> datetime | None:
    """Return from when on nobody joins or leaves a team; none where the challenge never closes.

    A challenge that is shorter than its freeze has none: its teams may change until the close.
    """
    closes = hosted.row.closes_at
    if closes is None:
        return None
    freeze = closes - timedelta(days=hosted.definition.calendar.team_freeze_days)
    return freeze if freeze > hosted.row.created_at else closes


def _require_unfrozen(hosted: Hosted, at: datetime) -> None:
    frozen = frozen_from(hosted)
    if frozen is not None and at >= frozen:
        raise Conflict(
            "teams_frozen",
            Text("마감이 가까워 팀 구성이 굳었습니다.", "The close is near: teams can no longer change."),
        )


def require_changeable(session: Session, hosted: Hosted, team: Team, at: datetime) -> None:
    """Refuse what changes who is in a team, once the challenge is over, teams are frozen or this one is disqualified."""
    require_not_disqualified(session, team)
    if hosted.status(at) not in ("open", "announced"):
        raise Conflict("closed", Text("이 챌린지는 마감되었습니다.", "This challenge has closed."))
    _require_unfrozen(hosted, at)


def create_team(session: Session, user: User, hosted: Hosted, *, name: str, at: datetime) -> Team:
    """Make a team with the caller as its captain."""
    shown = names.clean(name, field="name", longest=40)
    _may_join(session, user, hosted, at)
    if store.by_name_key(session, hosted.id, names.key(shown)):
        message = Text("같은 이름의 팀이 있습니다.", "There is a team of this name.")
        raise Conflict("name_taken", message, fields={"name": message})
    team = Team(challenge_id=hosted.id, name=shown, name_key=names.key(shown), captain_id=user.id, created_at=at)
    session.add(team)
    session.flush()
    session.add(Membership(user_id=user.id or 0, challenge_id=hosted.id, team_id=team.id or 0, joined_at=at))
    session.flush()
    audit.record(session, "team_made", hosted.id, {"team": team.id, "user": user.id}, at)
    return team


def team_of(session: Session, user: User | None, hosted: Hosted) -> Team | None:
    return store.of_user(session, user.id or 0, hosted.id) if user else None


def members(session: Session, team: Team) -> list[User]:
    return store.members(session, team.id or 0)


def own_team(session: Session, user: User, team_id: int) -> Team:
    """Return the team if the user is in it; another team looks like no team."""
    team = session.get(Team, team_id)
    found = store.membership(session, user.id or 0, team.challenge_id) if team else None
    if team is None or found is None or found.team_id != team.id:
        raise NotFound
    return team


def invite(session: Session, user: User, team: Team, *, at: datetime) -> str:
    """Return a code that lets one person join, for two weeks: to be sent as a link, or read out and typed."""
    own_team(session, user, team.id or 0)
    store.lock(session, team.id or 0)
    if len(store.open_invitations(session, team.id or 0, at)) >= MOST_INVITATIONS:
        raise Conflict(
            "too_many_invitations",
            Text(
                f"쓰지 않은 초대가 {MOST_INVITATIONS}개 있습니다. 먼저 몇 개를 거두십시오.",
                f"{MOST_INVITATIONS} invitations are outstanding. Revoke some of them first.",
            ),
        )
    code = codes.make()
    session.add(
        Invitation(
            team_id=team.id or 0,
            code_hash=codes.digest(code),
            created_by=user.id or 0,
            created_at=at,
            expires_at=at + timedelta(days=INVITATION_DAYS),
        ),
    )
    session.flush()
    return code


def _invitation(session: Session, code: str, at: datetime, *, lock: bool = False) -> Invitation:
    found = store.invitation_by_hash(session, codes.digests(code), lock=lock)
    if found is None or found.used_at is not None or found.revoked_at is not None or found.expires_at <= at:
        raise NotFound(
            Text(
                "그런 초대가 없습니다. 이미 쓰였거나 거두었거나 두 주가 지났을 수 있습니다. 팀에 새 초대를 부탁하십시오.",
                "There is no such invitation: it may have been used or revoked, or its two weeks are over. Ask the team for a new one.",
            )
        )
    return found


def invited_team(session: Session, code: str, at: datetime) -> Team:
    """Return the team that an open invitation is for."""
    team = session.get(Team, _invitation(session, code, at).team_id)
    # A challenge that was withdrawn is nobody's to join, whoever still has a code.
    if team is None or hosting.by_id(session, team.challenge_id).row.state not in hosting.PUBLIC:
        raise NotFound
    return team


def accept_invitation(session: Session, user: User, hosted: Hosted, code: str, at: datetime) -> Team:
    """Join the team that the invitation is for; the code works once."""
    team = store.lock(session, invited_team(session, code, at).id or 0)
    invitation = _invitation(session, code, at, lock=True)
    require_not_disqualified(session, team)
    _may_join(session, user, hosted, at)
    if store.member_count(session, team.id or 0) >= hosted.definition.limits.team_size:
        raise Conflict("team_full", Text("팀의 자리가 찼습니다.", "The team is full."))
    invitation.used_at, invitation.used_by = at, user.id
    session.add(invitation)
    others = [one.id or 0 for one in store.members(session, team.id or 0)]
    session.add(Membership(user_id=user.id or 0, challenge_id=hosted.id, team_id=team.id or 0, joined_at=at))
    session.flush()
    audit.record(session, "team_joined", hosted.id, {"team": team.id, "user": user.id}, at)
    notice_store.tell(session, others, challenge_id=hosted.id, kind="joined", subject=str(invitation.id), at=at)
    return team


def require_not_disqualified(session: Session, team: Team) -> None:
    """Refuse a disqualified team, and say why it is one."""
    reasons = [mark.reason for mark in marks.standing(session, team.id or 0) if mark.kind == "disqualified"]
    if reasons:
        raise Forbidden(
            "disqualified",
            Text(
                f"이 팀은 주최자가 실격시켰습니다. 까닭: {reasons[0]}",
                f"The organizers have disqualified this team. Their reason: {reasons[0]}",
            ),
        )


def marks_on(session: Session, team: Team) -> list[Mark]:
    """Return what its members are told of: that the team is hidden or disqualified; a flag is the organizers' own."""
    return [mark for mark in marks.standing(session, team.id or 0) if mark.kind != "flagged"]


def final(session: Session, team: Team) -> tuple[Submission | None, bool]:
    """Return the submission that is the team's final now, and whether the team chose it."""
    found, chosen = submission_store.final_of(session, team)
    return (session.get(Submission, found) if found is not None else None), chosen


def quota(session: Session, hosted: Hosted, team: Team, at: datetime) -> Quota:
    """Return what the team has used today and in all; refunded submissions do not count."""
    zone = ZoneInfo(hosted.definition.calendar.timezone)
    local = at.astimezone(zone)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (today + timedelta(days=1)).replace(hour=0)
    limits = hosted.definition.limits
    return Quota(
        used_today=submission_store.count(session, team.id or 0, since=today, refunded=False),
        per_day=limits.per_day,
        used_total=submission_store.count(session, team.id or 0, refunded=False),
        total=limits.total,
        renews_at=tomorrow,
    )


def require_open_team(session: Session, user: User, hosted: Hosted) -> Team:
    """Return the user's team in this challenge; say how to get one if there is none."""
    team = team_of(session, user, hosted)
    if team is None:
        raise Forbidden(
            "no_team",
            Text("먼저 팀을 만들거나 초대를 받아 들어가십시오.", "First make a team, or join one by invitation."),
        )
    require_not_disqualified(session, team)
    missing = missing_agreements(session, team, hosted)
    if missing:
        people = ", ".join(person.name for person in missing)
        raise Forbidden(
            "agreement_needed",
            Text(
                f"참가 약관의 지금 판을 아직 받아들이지 않은 팀원이 있습니다: {people}. 모두 받아들이면 낼 수 있습니다.",
                f"Not every member has accepted the present version of the agreement: {people}. Once all have, the team can submit.",
            ),
            mend=f"/challenges/{hosted.slug}/agreement",
        )
    return team
