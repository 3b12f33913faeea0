"""What a team does with itself: members leave and are taken out, the captain hands over, renames and declares."""

from datetime import datetime

from sqlmodel import Session

from arena import audit, names, teams
from arena.errors import Conflict, Forbidden, NotFound
from arena.hosting import Hosted
from arena.store import submissions as submission_store
from arena.store import teams as store
from arena.store.models import Invitation, Membership, Team, User
from challenges.text import Text


def leave(session: Session, user: User, hosted: Hosted, at: datetime) -> Team:
    """Leave a team that has not submitted yet and return it; the next member becomes captain, a team without members is dissolved.

    After the first submission nobody leaves: the record keeps its authors, and nobody who has used up a team's submissions
    and acceptances begins anew with another team.
    """
    team, membership = _own(session, user, hosted)
    teams.require_changeable(session, hosted, team, at)
    _require_no_submissions(session, team)
    session.delete(membership)
    session.flush()
    audit.record(session, "team_left", hosted.id, {"team": team.id, "user": user.id}, at)
    rest = store.members(session, team.id or 0)
    if not rest:
        _dissolve(session, hosted, team, at)
    elif team.captain_id == user.id:
        _make_captain(session, hosted, team, rest[0].id or 0, by=user.id, at=at)
    return team


def _dissolve(session: Session, hosted: Hosted, team: Team, at: datetime) -> None:
    # The row stays, since the ledger names it, and no other team may get its number; a key with blanks is nobody's name.
    team.name_key, team.captain_id, team.dissolved_at = f" dissolved {team.id}", None, at
    session.add(team)
    store.end_invitations(session, team.id or 0, at)
    audit.record(session, "team_dissolved", hosted.id, {"team": team.id}, at)


def remove(session: Session, captain: User, hosted: Hosted, member_id: int, at: datetime) -> None:
    """Take a member out of a team that has not submitted yet."""
    team = _captains(session, captain, hosted)
    membership = store.membership(session, member_id, hosted.id)
    if membership is None or membership.team_id != team.id:
        raise NotFound
    if member_id == captain.id:
        raise Conflict(
            "captain",
            Text("자기 자신은 뺄 수 없습니다. 나가려면 팀 나가기를 쓰십시오.", "To go yourself, leave the team."),
        )
    teams.require_changeable(session, hosted, team, at)
    _require_no_submissions(session, team)
    session.delete(membership)
    session.flush()
    audit.record(session, "team_member_removed", hosted.id, {"team": team.id, "user": member_id, "by": captain.id}, at)


def hand_over(session: Session, captain: User, hosted: Hosted, member_id: int, at: datetime) -> None:
    """Make another member the captain."""
    team = _captains(session, captain, hosted)
    membership = store.membership(session, member_id, hosted.id)
    if membership is None or membership.team_id != team.id:
        raise NotFound
    if team.captain_id != member_id:
        _make_captain(session, hosted, team, member_id, by=captain.id, at=at)


def _make_captain(
    session: Session, hosted: Hosted, team: Team, member_id: int, *, by: int | None, at: datetime
) -> None:
    team.captain_id = member_id
    session.add(team)
    audit.record(session, "captain_changed", hosted.id, {"team": team.id, "user": member_id, "by": by}, at)


def describe(
    session: Session, captain: User, hosted: Hosted, *, name: str | None, affiliation: str | None, at: datetime
) -> Team:
    """Give the team another name or affiliation; the name until teams freeze, or until the first submission if that is later."""
    team = _captains(session, captain, hosted)
    teams.require_not_disqualified(session, team)
    _require_not_over(hosted, at)
    shown = team.name if name is None else names.clean(name, field="name", longest=40)
    if affiliation is not None:
        team.affiliation = names.clean(affiliation, field="affiliation", longest=120, empty_allowed=True)
    if shown != team.name:
        _rename(session, hosted, team, shown, by=captain.id, at=at)
    session.add(team)
    session.flush()
    return team


def _rename(session: Session, hosted: Hosted, team: Team, name: str, *, by: int | None, at: datetime) -> None:
    if not may_rename(session, hosted, team, at):
        message = Text(
            "팀 구성이 굳은 뒤에는 이미 제출한 팀의 이름을 바꿀 수 없습니다.",
            "Now that teams are fixed, a team that has submitted keeps its name.",
        )
        raise Conflict("teams_frozen", message, fields={"name": message})
    other = store.by_name_key(session, hosted.id, names.key(name))
    if other is not None and other.id != team.id:
        message = Text("같은 이름의 팀이 있습니다.", "There is a team of this name.")
        raise Conflict("name_taken", message, fields={"name": message})
    data = {"team": team.id, "by": by, "before": team.name, "after": name}
    team.name, team.name_key = name, names.key(name)
    audit.record(session, "team_renamed", hosted.id, data, at)


def may_rename(session: Session, hosted: Hosted, team: Team, at: datetime) -> bool:
    """Whether the team may still take another name."""
    frozen = teams.frozen_from(hosted)
    return frozen is None or at < frozen or not has_submitted(session, team)


def show_name(session: Session, user: User, hosted: Hosted, *, public: bool) -> None:
    """Let the team's public page name this member, or no longer."""
    _, membership = _own(session, user, hosted)
    membership.name_public = public
    session.add(membership)


def shows_name(session: Session, user: User, hosted: Hosted) -> bool:
    """Whether the team's public page names this member."""
    membership = store.membership(session, user.id or 0, hosted.id)
    return membership is not None and membership.name_public


def invitations(session: Session, team: Team, at: datetime) -> list[tuple[Invitation, User]]:
    """Return the invitations that can still be used, the newest first, each with who made it."""
    return store.open_invitations(session, team.id or 0, at)


def revoke(session: Session, user: User, invitation_id: int, at: datetime) -> None:
    """End an outstanding invitation of the user's own team; another team's looks like none."""
    row = store.invitation(session, invitation_id)
    if row is None:
        raise NotFound
    teams.own_team(session, user, row.team_id)
    if row.used_at is not None or row.revoked_at is not None:
        raise Conflict("used", Text("이미 쓰였거나 거둔 초대입니다.", "This invitation has been used or revoked."))
    row.revoked_at = at
    session.add(row)


def _own(session: Session, user: User, hosted: Hosted) -> tuple[Team, Membership]:
    """Return the user's team under its lock, and the user's place in it."""
    found = store.membership(session, user.id or 0, hosted.id)
    if found is None:
        raise NotFound
    team = store.lock(session, found.team_id)
    # Asked again under the lock: the captain may have been quicker.
    found = store.membership(session, user.id or 0, hosted.id)
    if found is None or found.team_id != team.id:
        raise NotFound
    return team, found


def _captains(session: Session, user: User, hosted: Hosted) -> Team:
    team, _ = _own(session, user, hosted)
    if team.captain_id != user.id:
        raise Forbidden("captain_only", Text("팀의 대표만 할 수 있습니다.", "Only the team’s captain can do this."))
    return team


def has_submitted(session: Session, team: Team) -> bool:
    """Whether the team has sent anything, also what was refunded: it is on record."""
    return submission_store.count(session, team.id or 0) > 0


def _require_no_submissions(session: Session, team: Team) -> None:
    if has_submitted(session, team):
        raise Conflict(
            "has_submissions",
            Text(
                "제출한 팀은 떠날 수 없고 팀원을 뺄 수도 없습니다. 제출에는 낸 사람들이 남아야 합니다.",
                "Once a team has submitted nobody leaves it or is taken out: its submissions keep their authors.",
            ),
        )


def _require_not_over(hosted: Hosted, at: datetime) -> None:
    if hosted.status(at) not in ("open", "announced"):
        raise Conflict("closed", Text("이 챌린지는 마감되었습니다.", "This challenge has closed."))
