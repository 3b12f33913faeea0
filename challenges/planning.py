"""What is done with an organizer's table on its way into a challenge's folder."""

from dataclasses import dataclass

from challenges.answers import Answers
from challenges.lines import TableError
from challenges.text import Text

SHARES = (50.0, 25.0, 25.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """The organizer's choices.

    Attributes
    ----------
    answers : Answers
        It names the columns as the source has them; ``id`` may be empty where each row is a patient of its own.
    seed : str
        It decides who is where and which id is whose: it stays with the organizer.
    keep : tuple of (str, str)
        Only rows with this value in this column are used.
    drop : tuple of str
        Columns that are not released.
    stratify : tuple of str
        Columns whose values are divided alike, beside the event.
    shares : tuple of float
        Of training, public and private rows.
    time_unit : str
        days, weeks, months or years.
    event_value, competing_value : str
        The values that mean the event, and the competing one.
    """

    answers: Answers
    seed: str
    keep: tuple[tuple[str, str], ...] = ()
    drop: tuple[str, ...] = ()
    stratify: tuple[str, ...] = ()
    shares: tuple[float, ...] = SHARES
    time_unit: str = "days"
    event_value: str = ""
    competing_value: str = ""


class Repeated(TableError):
    """Patients with several rows: which columns tell the rows apart, and by which values."""

    def __init__(self, message: Text, choices: dict[str, list[str]]) -> None:
        super().__init__("several_rows", message)
        self.choices = choices


def needed(kind: str) -> tuple[str, ...]:
    """Return which columns of the source a kind of challenge needs."""
    return {
        "survival": ("time", "event"),
        "competing": ("time", "event"),
        "binary": ("outcome",),
        "effect": ("id", "truth"),
    }.get(kind, ())
