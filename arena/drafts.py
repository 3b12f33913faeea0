"""What a browser asks while it prepares a challenge: texts from answers, a definition read, the header to seal under.

Outcomes of test patients never come here: the browser keeps them and seals them under the header that this returns.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from arena.errors import Conflict, Invalid
from challenges import authoring, gaps, sealed
from challenges.answers import Answers
from challenges.definition import Column, Definition, DefinitionError, Mistake, parse
from challenges.text import Text

# Addresses of the site that stand where a challenge's own would.
RESERVED = ("new",)


@dataclass(frozen=True, slots=True)
class Described:
    """What a browser must know of a definition to seal the labels and to check the files."""

    slug: str
    version: str
    kind: str
    labels: dict[str, str]
    files: dict[str, str]
    baselines: tuple[str, ...]
    columns: tuple[Column, ...]
    header: str | None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The written files of a challenge, how many gaps each text has, and what the browser must know of it."""

    files: dict[str, str]
    gaps: dict[str, int]
    definition: Described


def describe(text: str, ids_sha256: str | None) -> Described:
    """Read a definition; raise DefinitionError with every mistake. The header needs the digest of the labels' ids."""
    definition = parse(text)
    if definition.slug in RESERVED:
        raise DefinitionError([_reserved(text, definition)])
    return described(definition, ids_sha256)


def require_free_name(slug: str) -> None:
    """Refuse a name under which the site has pages of its own."""
    if slug in RESERVED:
        raise Conflict("slug_taken", TAKEN)


def _reserved(text: str, definition: Definition) -> Mistake:
    line = next((n for n, one in enumerate(text.splitlines(), start=1) if one.lstrip().startswith("slug")), 1)
    return Mistake("challenge.toml", line, "slug", f'"{definition.slug}"', TAKEN)


TAKEN = Text("이 이름은 사이트가 씁니다. 다른 이름을 고르십시오.", "The site itself uses this name. Choose another.")


def described(definition: Definition, ids_sha256: str | None) -> Described:
    files: Mapping[str, str | None] = definition.files.model_dump()
    baselines = [name for one in definition.baselines for name in (one.file, one.train_file) if name]
    return Described(
        slug=definition.slug,
        version=definition.version,
        kind=definition.kind,
        labels={name: value for name, value in definition.labels.model_dump().items() if value},
        files={role: name for role, name in files.items() if name},
        baselines=tuple(baselines),
        columns=definition.columns,
        header=None if ids_sha256 is None else sealed.header_line(definition, ids_sha256),
    )


def write(answers: Answers, ids_sha256: str) -> Drafted:
    """Return a challenge's texts; raise Invalid with a sentence for each answer that must be mended."""
    found = authoring.problems(answers)
    if answers.slug in RESERVED:
        found = {"slug": TAKEN, **found}
    if found:
        raise Invalid(
            "invalid_answers",
            Text("답에 고칠 것이 있습니다.", "Some answers must be mended."),
            fields=found,
        )
    files = authoring.write(answers)
    counted = {name: sum(1 for _ in gaps.find(text)) for name, text in files.items()}
    return Drafted(files, counted, described(parse(files["challenge.toml"]), ids_sha256))


def as_json(described: Described) -> dict[str, object]:
    """Return the description as the page's script reads it."""
    columns = [column.model_dump(by_alias=True) for column in described.columns]
    return asdict(described) | {"columns": columns}
