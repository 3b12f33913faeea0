"""What travels over the JSON API when a person asks to take part in a challenge, and runs a team in it."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from arena.wire import Answered, Asked, Line, Words


class ParticipationRequest(Asked):
    """Answers by the question's id; to a choice the place of the chosen option, counted from 0."""

    answers: dict[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")], Annotated[str, Field(max_length=1000)]]


class RegistrationQuestion(Answered):
    """Something that the organizers ask of whoever wants to take part."""

    id: int
    kind: Literal["text", "choice"]
    text: Words
    required: bool
    options: list[Words] = Field(default_factory=list)


class Participation(Answered):
    """Whether the caller may make or join a team: admitted, waiting, refused, not_asked or by_invitation."""

    challenge: str
    state: str
    reason: str | None = None
    asked_at: datetime | None = None
    decided_at: datetime | None = None
    questions: list[RegistrationQuestion] = Field(default_factory=list)


class TeamChange(Asked):
    """Another name or affiliation of the caller's own team; what is left out stays as it is, and one of them is there."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, json_schema_extra={"minProperties": 1})

    name: Line | None = None
    affiliation: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("missing", "a name or an affiliation is needed")
        return self


class OutstandingInvitation(Answered):
    """An invitation that nobody has used yet; its code is not kept and cannot be shown again."""

    id: int
    made_by: str
    created_at: datetime
    expires_at: datetime


class InvitationList(Answered):
    """The outstanding invitations of the caller's own team, the newest first."""

    invitations: list[OutstandingInvitation]


class Left(Answered):
    """The team that the caller has left; its last member dissolves it by leaving."""

    challenge: str
    team: str
    dissolved: bool
