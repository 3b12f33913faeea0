"""Publishing a folder from the organizer's machine: checked, sealed and packed here, verified by a worker there."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from arena import sealing
from arena import wire_organizer as wire
from arena.cli import login as logins
from arena.cli import pins
from arena.cli.bars import bar
from arena.cli.commands import REFUSED, challenge, command
from arena.cli.conduct import Closes, Opens, moment, show_state
from arena.cli.folders import Folder
from arena.cli.over_http import AsJson
from arena.cli.tools import run_worker, show_finding
from arena.cli.verified import followed, show_next, show_verification
from arena.cli.words import said, show, show_json, tell
from arena.errors import Invalid
from arena.organizer import Organizer
from challenges import bundle, gaps, published, sealed
from challenges.definition import FILE, Definition, DefinitionError, load
from challenges.labels import LabelsError
from challenges.lines import TableError
from challenges.published import Flaw
from challenges.tables import read_ids
from challenges.text import Text

GENERATOR, BASELINES = "cohort.py", "baseline.py"


@command(
    challenge,
    "publish",
    "폴더를 사이트로 보냅니다. 결과는 이 컴퓨터에서 봉인하며, 봉인하지 않은 결과는 보내지 않습니다.",
    "Send a folder to the site. The labels are sealed on this computer; unsealed ones never leave it.",
    example='arena challenge publish mine/ --opens "2026-11-01T00:00+09:00" --closes "2026-12-31T18:00+09:00"',
)
def challenge_publish(
    folder: Folder,
    opens: Opens = "",
    closes: Closes = "",
    accept_key: Annotated[
        str,
        typer.Option(
            "--accept-key", help=said("바뀐 열쇠의 지문을 받아들입니다", "accept a changed key by its fingerprint")
        ),
    ] = "",
    note_ko: Annotated[
        str, typer.Option("--note-ko", help=said("새 판의 공개 글(한국어)", "public note of a new version, in Korean"))
    ] = "",
    note_en: Annotated[
        str, typer.Option("--note-en", help=said("새 판의 공개 글(영어)", "public note of a new version, in English"))
    ] = "",
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help=said("검증이 끝날 때까지 기다립니다", "wait for the verification"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    opens_at, closes_at = moment(opens), moment(closes)
    logins.login()  # a missing login is learnt now, not after the checks
    definition = _definition(folder)
    with tempfile.TemporaryDirectory(prefix="arena-publish-") as name, _made(folder, definition, Path(name)) as made:
        labels = _checked(made, definition)
        _tell_gaps(made, definition)
        with logins.organizer() as arena:
            key = pins.trusted(arena.url, bytes.fromhex(arena.labels_key().key), accept_key)
            upload = _send(arena, made, definition, labels, key, Path(name), Text(note_ko, note_en))
            if not (wait or opens or closes):
                _show(upload, as_json)
                tell(
                    Text(
                        f"받았습니다. 검증이 끝나면 'arena challenge verification {upload.slug}'에 나옵니다.",
                        f"Received. 'arena challenge verification {upload.slug}' tells what a worker finds.",
                    ),
                )
                return
            found = followed(arena, upload.slug)
            show_verification(found)
            if found.state == "refused":
                _show(found, as_json)
                raise typer.Exit(REFUSED)
            if (opens_at or closes_at) and found.challenge.state == "ready":
                state = arena.schedule(upload.slug, opens_at=opens_at, closes_at=closes_at)
                if as_json:
                    show_json(found.model_copy(update={"challenge": state}).model_dump(mode="json"))
                else:
                    show_state(state, as_json=False)
                return
            _show(found, as_json)
            show_next(arena.url, found)


def _definition(folder: Path) -> Definition:
    try:
        return load(folder)
    except DefinitionError as error:
        _refuse([Flaw(one.file, one.line, one.where, "definition", one.message, one.found) for one in error.mistakes])
        raise typer.Exit(REFUSED) from None


@contextmanager
def _made(folder: Path, definition: Definition, temporary: Path) -> Iterator[Path]:
    """Yield the folder with everything that it names: as it is, or made whole by the worker's tools where those are there."""
    absent = published.missing(folder, definition)
    labels = definition.files.labels
    if labels and not (folder / labels).is_file():
        absent.append(labels)
    if absent and (folder / GENERATOR).is_file():
        raise Invalid(
            "not_made",
            Text(
                f"이 폴더의 자료는 {GENERATOR}가 뽑습니다. 남에게 주지 않는 비밀로 먼저 뽑은 뒤 그 폴더를 보내십시오: "
                f"python -m worker make {folder} OUT --secret-file FILE",
                f"{GENERATOR} draws this folder's data. Draw them first, with a secret that nobody else gets, and publish "
                f"what comes of it: python -m worker make {folder} OUT --secret-file FILE",
            ),
        )
    written = {one.file for one in definition.baselines} | set(published.evidence(definition))
    if absent and set(absent) <= written and (folder / BASELINES).is_file():
        tell(Text("기준 모형의 파일을 만듭니다 …", "Making the baselines' files …"))
        out = temporary / "made"
        made, code = run_worker("make", str(folder), str(out))
        if code:
            for item in (*made.get("errors", ()), *made.get("mistakes", ()), *made.get("problems", ())):
                show_finding(item)
            raise typer.Exit(code)
        yield out
        return
    yield folder


def _checked(folder: Path, definition: Definition) -> bytes | None:
    """Check everything that needs no numerics; return the labels' bytes, or end with every flaw."""
    tell(Text("검사합니다 …", "Checking …"))
    found = published.flaws(folder, definition)
    name = definition.files.labels
    plaintext: bytes | None = None
    if name and not (folder / name).is_file():
        message = Text(f"{name} 파일이 없습니다.", f"The file {name} is missing.")
        found.append(Flaw(name, None, None, "missing_file", message))
    elif name:
        content = (folder / name).read_bytes()
        try:
            plaintext = sealed.pack(definition, content)
        except LabelsError as error:
            found.append(Flaw(name, error.line, error.column, error.code, error.message))
        else:
            found += _other_rows(folder, definition, plaintext)
    if found:
        _refuse(found)
        raise typer.Exit(REFUSED)
    return plaintext


def _tell_gaps(folder: Path, definition: Definition) -> None:
    """Say that gaps are left: it can be sent so, but everybody would read them on its pages."""
    named = [
        FILE,
        *(name for name, role in published.roles(folder, definition).items() if role in ("text", "dictionary")),
    ]
    texts = [
        (folder / name).read_text(encoding="utf-8-sig", errors="replace") for name in named if (folder / name).is_file()
    ]
    left = sum(1 for text in texts for _ in gaps.find(text))
    if left:
        tell(
            Text(
                f"채울 곳이 {left}군데 남았습니다. 'arena challenge check {folder}'가 자리를 알려 줍니다. 여는 날까지 고쳐 다시 보낼 수 있습니다.",
                f"{left} gap{' is' if left == 1 else 's are'} still to be filled in; 'arena challenge check {folder}' names them. Until the opening the folder can be sent again.",
            ),
        )


def _other_rows(folder: Path, definition: Definition, plaintext: bytes) -> list[Flaw]:
    test = definition.files.test
    if test is None or not (folder / test).is_file():
        return []
    try:
        ids = read_ids(folder / test, definition.labels.id)
    except TableError:
        return []  # told already
    header, _ = sealed.unpack(plaintext)
    if header.ids_sha256 == sealed.ids_digest(ids):
        return []
    held = set(read_ids(folder / str(definition.files.labels), definition.labels.id))
    lacking, many = len(set(ids) - held), len(held - set(ids))
    message = Text(
        f"시험 자료와 번호가 다릅니다. 결과에 없는 번호 {lacking}개, 남는 번호 {many}개입니다.",
        f"The ids differ from the test file's: {lacking} are missing here, {many} are too many.",
    )
    return [Flaw(str(definition.files.labels), None, definition.labels.id, "other_rows", message)]


def _send(
    arena: Organizer,
    folder: Path,
    definition: Definition,
    plaintext: bytes | None,
    key: bytes,
    temporary: Path,
    note: Text,
) -> wire.Upload:
    tell(Text("봉인하고 묶습니다 …", "Sealing and packing …"))
    box = None
    if plaintext is not None:
        box = temporary / "labels.sealed"
        box.write_bytes(sealing.seal(plaintext, key))
    packed = temporary / f"{definition.slug}.zip"
    packed.write_bytes(_packed(folder, definition, temporary))
    with bar(said("보내는 중", "Sending")) as progress:
        return arena.send_challenge(packed, box, note_ko=note.ko, note_en=note.en, progress=progress)


def _packed(folder: Path, definition: Definition, temporary: Path) -> bytes:
    """Return the bundle of what is published and nothing else, tried as the site will try it."""
    wanted = {FILE, *published.roles(folder, definition), *published.evidence(definition)}
    packed = bundle.pack(folder, without={path.name for path in folder.iterdir()} - wanted)
    tried = temporary / "tried"
    tried.mkdir()
    try:
        bundle.unpack(io.BytesIO(packed), tried)
    except bundle.BundleError as refusal:
        raise Invalid(refusal.code, refusal.message) from None
    return packed


def _refuse(found: list[Flaw]) -> None:
    for one in found:
        item = {"file": one.file, "line": one.line, "column": one.column, "code": one.code}
        show_finding({**item, "message": one.message._asdict()})
    tell(
        Text(
            f"고칠 것이 {len(found)}건 있습니다. 아무것도 보내지 않았습니다.",
            f"There are {len(found)} things to mend. Nothing was sent.",
        ),
    )


def _show(found: wire.Upload | wire.Verification, as_json: bool) -> None:
    shown: dict[str, Any] = found.model_dump(mode="json")
    if as_json:
        show_json(shown)
    else:
        show(f"{found.slug}  {found.version}  {found.challenge.state}")
