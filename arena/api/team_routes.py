"""Teams: making one, inviting, joining, and what is left of its quota."""

from datetime import timedelta

from apiflask import APIBlueprint
from sqlmodel import Session

from arena import admission, hosting, teams, viewing, wire, wire_participation
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
@blueprint.doc(security="BearerAuth")
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


def _described(session: Session, team: Team, hosted: Hosted) -> wire.Team:
    return describing.team(
        team,
        hosted,
        teams.members(session, team),
        teams.missing_agreements(session, team, hosted),
        teams.quota(session, hosted, team, now()),
        viewing.told(teams.marks_on(session, team)),
    )
