"""What travels over the JSON API when a person asks to take part in a challenge."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from arena.wire import Answered, Asked, Words


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
