"""Teams: making one, inviting, joining, running and leaving it, and what is left of its quota."""

from datetime import timedelta

from apiflask import APIBlueprint
from sqlmodel import Session

from arena import admission, hosting, team_acts, teams, viewing, wire, wire_participation
from arena.api import describing
from arena.api.parts import caller, now, reading, signed_in, writing
from arena.errors import NotFound
from arena.hosting import Hosted
from arena.store.models import Team
from challenges.text import Text

blueprint = APIBlueprint("teams", __name__, tag="Teams")


@blueprint.get("/challenges/<slug:slug>/participation")
@signed_in
@blueprint.output(wire_participation.Participation)
@blueprint.doc(security="BearerAuth")
def standing(slug: str) -> wire_participation.Participation:
    """Say whether the caller is admitted, waits, was refused or has yet to ask, and what the organizers ask."""
    with reading() as session:
        hosted = hosting.find(session, slug)
        return describing.participation(hosted, admission.standing(session, caller(), hosted))


@blueprint.post("/challenges/<slug:slug>/participation")
@signed_in
@blueprint.input(wire_participation.ParticipationRequest)
@blueprint.output(wire_participation.Participation)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "By invitation only, refused before, or the caller runs the challenge.", 409: "Closed."},
)
def ask(slug: str, json_data: wire_participation.ParticipationRequest) -> wire_participation.Participation:
    """Ask to take part; while nobody has decided, the answers can be sent anew."""
    answers = {int(question): answer for question, answer in json_data.answers.items()}
    with writing() as session:
        hosted = hosting.find(session, slug)
        admission.ask(session, caller(), hosted, answers=answers, at=now())
        session.flush()
        return describing.participation(hosted, admission.standing(session, caller(), hosted))


@blueprint.post("/challenges/<slug:slug>/teams")
@signed_in
@blueprint.input(wire.NewTeam)
@blueprint.output(wire.Team, status_code=201)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "Not admitted, or the agreement comes first.", 409: "Closed, frozen, or the name is taken."},
)
def create(slug: str, json_data: wire.NewTeam) -> wire.Team:
    """Make a team with the caller as its captain."""
    with writing() as session:
        hosted = hosting.find(session, slug)
        team = teams.create_team(session, caller(), hosted, name=json_data.name, at=now())
        return _described(session, team, hosted)


@blueprint.get("/challenges/<slug:slug>/team")
@signed_in
@blueprint.output(wire.Team)
@blueprint.doc(security="BearerAuth")
def own(slug: str) -> wire.Team:
    """Show the caller's team: its members, what is left of its quota and when that renews."""
    with reading() as session:
        hosted = hosting.find(session, slug)
        team = teams.team_of(session, caller(), hosted)
        if team is None:
            raise NotFound(
                Text("이 챌린지에 아직 팀이 없습니다.", "You have no team in this challenge yet."),
            )
        return _described(session, team, hosted)


@blueprint.post("/teams/<id:team_id>/invitations")
@signed_in
@blueprint.output(wire.Invitation, status_code=201)
@blueprint.doc(security="BearerAuth", responses={409: "Too many invitations are outstanding."})
def invite(team_id: int) -> wire.Invitation:
    """Make a code that lets one person join the caller's own team."""
    at = now()
    with writing() as session:
        team = teams.own_team(session, caller(), team_id)
        code = teams.invite(session, caller(), team, at=at)
    return wire.Invitation(
        code=code,
        accept_url=describing.link("invitations", code, "accept"),
        expires_at=at + timedelta(days=teams.INVITATION_DAYS),
    )


@blueprint.get("/teams/<id:team_id>/invitations")
@signed_in
@blueprint.output(wire_participation.InvitationList)
@blueprint.doc(security="BearerAuth")
def invitations(team_id: int) -> wire_participation.InvitationList:
    """List the outstanding invitations of the caller's own team: who made them and until when they can be used."""
    with reading() as session:
        return _outstanding(session, teams.own_team(session, caller(), team_id))


@blueprint.delete("/teams/<id:team_id>/invitations/<int:number>")
@signed_in
@blueprint.output(wire_participation.InvitationList)
@blueprint.doc(security="BearerAuth", responses={409: "It has been used or revoked already."})
def revoke(team_id: int, number: int) -> wire_participation.InvitationList:
    """Revoke an outstanding invitation of the caller's own team; what is left is answered."""
    with writing() as session:
        team = teams.own_team(session, caller(), team_id)
        team_acts.revoke(session, caller(), number, now())
        session.flush()
        return _outstanding(session, team)


@blueprint.patch("/teams/<id:team_id>")
@signed_in
@blueprint.input(wire_participation.TeamChange)
@blueprint.output(wire.Team)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "Only the captain can do this.", 409: "Closed, frozen, or the name is taken."},
)
def describe(team_id: int, json_data: wire_participation.TeamChange) -> wire.Team:
    """Give the caller's own team another name or affiliation, as its captain."""
    with writing() as session:
        hosted = hosting.by_id(session, teams.own_team(session, caller(), team_id).challenge_id)
        name, affiliation = json_data.name, json_data.affiliation
        team = team_acts.describe(session, caller(), hosted, name=name, affiliation=affiliation, at=now())
        return _described(session, team, hosted)


@blueprint.post("/challenges/<slug:slug>/team/leave")
@signed_in
@blueprint.output(wire_participation.Left)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "The team is disqualified.", 409: "The team has submitted, or teams are frozen, or it has closed."},
)
def leave(slug: str) -> wire_participation.Left:
    """Leave the caller's own team, which must not have submitted; the next member becomes captain."""
    with writing() as session:
        hosted = hosting.find(session, slug)
        team = team_acts.leave(session, caller(), hosted, now())
        return wire_participation.Left(challenge=slug, team=team.name, dissolved=team.dissolved_at is not None)


@blueprint.post("/invitations/<string:code>/accept")
@signed_in
@blueprint.output(wire.Team)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "The agreement comes first.", 409: "The team is full or frozen, or you are in one already."},
)
def accept(code: str) -> wire.Team:
    """Join the team that an invitation is for; the code works once."""
    with writing() as session:
        hosted = hosting.by_id(session, teams.invited_team(session, code, now()).challenge_id)
        team = teams.accept_invitation(session, caller(), hosted, code, now())
        return _described(session, team, hosted)


def _outstanding(session: Session, team: Team) -> wire_participation.InvitationList:
    return wire_participation.InvitationList(
        invitations=[
            wire_participation.OutstandingInvitation(
                id=one.id or 0, made_by=maker.name, created_at=one.created_at, expires_at=one.expires_at
            )
            for one, maker in team_acts.invitations(session, team, now())
        ]
    )


def _described(session: Session, team: Team, hosted: Hosted) -> wire.Team:
    return describing.team(
        team,
        hosted,
        teams.members(session, team),
        teams.missing_agreements(session, team, hosted),
        teams.acceptances(session, team, hosted),
        teams.quota(session, hosted, team, now()),
        viewing.told(teams.marks_on(session, team)),
        teams.frozen_from(hosted),
    )
