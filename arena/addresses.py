"""What may stand in an address: whatever cannot name anything is a 404 before a database hears of it."""

from werkzeug.routing import BaseConverter, IntegerConverter, Map, UnicodeConverter, ValidationError

NOBODY = 0  # no row has this number


class Word(UnicodeConverter):
    """Any other name or code: what holds a sign that nobody could type names nothing, and PostgreSQL takes no NUL."""

    def to_python(self, value: str) -> str:
        if not value.isprintable():
            raise ValidationError
        return value


class Slug(BaseConverter):
    """A challenge's name."""

    regex = "[a-z0-9][a-z0-9-]{0,62}"


class SubmissionId(BaseConverter):
    """A submission's public name."""

    regex = "[0-9a-f]{16}"


class RowId(IntegerConverter):
    """A number that fits both databases."""

    LARGEST = 2**31 - 1

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map)

    def to_python(self, value: str) -> int:
        # Refused here, a number that is too large would leave an address of several methods to the next of them: a 405.
        return int(value) if len(value) <= len(str(self.LARGEST)) and int(value) <= self.LARGEST else NOBODY


# Werkzeug's own names are taken over too, so that no rule can forget what its database minds.
CONVERTERS: dict[str, type[BaseConverter]] = {
    "default": Word,
    "string": Word,
    "int": RowId,
    "slug": Slug,
    "submission": SubmissionId,
    "id": RowId,
}
