"""A letter: what goes by mail to one person, as plain text."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, ready to be handed to a mail server."""

    ident: str
    address: str
    subject: str
    text: str
    language: str
    at: datetime
