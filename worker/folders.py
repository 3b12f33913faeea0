"""Making a challenge's folder whole: draw what a generator draws, write what baselines are missing, compute the facts."""

import hashlib
import importlib
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import challenges
from arena import sealing
from arena.errors import Invalid
from challenges import sealed
from challenges.datasheet import FILE as DATASHEET
from challenges.definition import Definition, load
from challenges.labels import read_labels
from challenges.tables import read_ids
from challenges.text import Text
from worker import facts as facts_module
from worker import figures, keys
from worker.examination import datasheet
from worker.examination.examining import examine
from worker.examination.finding import Findings
from worker.examination.material import gather
from worker.settings import WorkerSettings

SEALED = "labels.sealed"
FACTS = "facts.json"
DEFINITION = "challenge.toml"
GENERATOR, BASELINES = "cohort", "baseline"
# Anybody can draw this cohort: published figures come from it, never an instance's test rows.
DEMO = b"arena/demo/"


def make(folder: Path, out: Path, *, settings: WorkerSettings | None, secret: bytes | None = None) -> dict[str, Any]:
    """Make `out` the complete folder as it is published.

    With settings it is drawn from this instance's secret and sealed; with a secret, drawn from that one; else from the demo seed. From
    a secret that was disclosed, the digests of what is written are those that were published.
    """
    definition = load(folder)
    if secret is not None and not _has(folder, GENERATOR):
        raise Invalid(
            "no_generator",
            Text(
                f"{folder}의 자료는 비밀에서 만드는 것이 아닙니다({GENERATOR}.py가 없습니다).",
                f"The data of {folder} are not drawn from a secret: it has no {GENERATOR}.py.",
            ),
        )
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise Invalid("not_empty", Text(f"{out}이(가) 비어 있지 않습니다.", f"{out} is not empty."))
    _copy(folder, out, definition)
    given = secret is not None
    secret = _secret(folder, definition, settings, secret)
    labels = _draw(folder, out, definition, secret, settings)
    # The baselines are written from what participants get: no hidden label lies beside them.
    _write_baselines(folder, out, definition)
    facts = {} if labels is None else _facts(out, definition, labels)
    if secret is not None:
        facts["generator_version"] = str(getattr(_module(folder, GENERATOR), "VERSION", definition.version))
    (out / DATASHEET).write_text(_datasheet(folder, out, definition, labels), encoding="utf-8")
    if secret is not None and (given or settings is not None) and not definition.practice:
        facts["secret_sha256"] = hashlib.sha256(secret).hexdigest()
    if labels is not None:
        _leave(out, definition, labels, settings)
        (out / FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return {
        "slug": definition.slug,
        "folder": str(out),
        "sealed": settings is not None,
        "facts": facts,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.iterdir())},
    }


@contextmanager
def whole(folder: Path, definition: Definition, *, baselines: bool = False) -> Iterator[Path]:
    """Yield the folder, or, where a generator draws its data, a temporary one drawn from the demo seed.

    With `baselines` the organizer's program writes its prediction files there too, which takes as long as its models do.
    """
    names = (definition.files.train, definition.files.test, definition.files.labels)
    if all(name is None or (folder / name).is_file() for name in names) or not _has(folder, GENERATOR):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="arena-demo-") as name:
        drawn = Path(name)
        _copy(folder, drawn, definition)
        _module(folder, GENERATOR).make(drawn, secret=demo_secret(definition.slug))
        if baselines:
            _write_baselines(folder, drawn, definition)
        yield drawn


@contextmanager
def copied(place: Path, definition: Definition) -> Iterator[Path]:
    """Yield a temporary copy of a folder's data, labels and all, for what has to be written beside it."""
    with tempfile.TemporaryDirectory(prefix="arena-check-") as name:
        copy = Path(name)
        _copy(place, copy, definition)
        if definition.files.labels and (place / definition.files.labels).is_file():
            shutil.copyfile(place / definition.files.labels, copy / definition.files.labels)
        yield copy


def baselines(folder: Path, place: Path, definition: Definition) -> None:
    """Let a folder's program write its baselines' files into `place`; it sees what participants get, and no labels."""
    with tempfile.TemporaryDirectory(prefix="arena-baselines-") as name:
        seen = Path(name)
        _copy(place, seen, definition)
        _module(folder, BASELINES).write(seen)
        for path in seen.iterdir():
            if not (place / path.name).exists():
                shutil.copyfile(path, place / path.name)


def _write_baselines(folder: Path, out: Path, definition: Definition) -> None:
    """Have the folder's program write what is missing of its baselines."""
    if any(not (out / one.file).is_file() for one in definition.baselines):
        _module(folder, BASELINES).write(out)


def demo_secret(slug: str) -> bytes:
    """Return the published seed from which figures in texts and tests are drawn."""
    return hashlib.sha256(DEMO + slug.encode()).digest()


def _copy(folder: Path, out: Path, definition: Definition) -> None:
    files = definition.files
    named = [files.train, files.validation, files.test, files.dictionary, files.sample]
    named += [name for one in definition.baselines for name in (one.file, one.train_file)]
    present = {folder / name for name in (DEFINITION, *named) if name and (folder / name).is_file()}
    present |= {*folder.glob("*.md"), *folder.glob("starter.*")}
    for path in sorted(present):
        shutil.copyfile(path, out / path.name)


def _secret(folder: Path, definition: Definition, settings: WorkerSettings | None, given: bytes | None) -> bytes | None:
    if not _has(folder, GENERATOR):
        return None
    if given is not None:
        return given
    # What is practised on is public as a whole, so nothing of it hangs on a secret of this instance.
    if settings is None or definition.practice:
        return demo_secret(definition.slug)
    return keys.secret(settings.seed(definition.slug))


def _draw(
    folder: Path,
    out: Path,
    definition: Definition,
    secret: bytes | None,
    settings: WorkerSettings | None,
) -> bytes | None:
    """Return the labels' bytes; what a generator draws besides them is moved into `out`."""
    if definition.files.labels is None:
        return None
    if secret is None:
        return (folder / definition.files.labels).read_bytes()
    # Drawn where only the workers may look: the folder that is published lies where the site can read.
    private = None if settings is None else settings.private_folder
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=private) as name:
        drawn = Path(name)
        _module(folder, GENERATOR).make(drawn, secret=secret)
        labels = (drawn / definition.files.labels).read_bytes()
        (drawn / definition.files.labels).unlink()
        for path in drawn.iterdir():
            shutil.move(path, out / path.name)
    return labels


def _facts(out: Path, definition: Definition, labels_csv: bytes) -> dict[str, Any]:
    labels = read_labels(labels_csv, definition)
    test = definition.files.test
    if test is not None:
        with (out / test).open("rb") as stream:
            ids = read_ids(stream, definition.labels.id)
        if sorted(ids) != sorted(labels.ids):
            raise Invalid(
                "other_rows",
                Text(
                    "시험 자료와 결과 파일의 번호가 서로 다릅니다.",
                    "The test file and the labels do not name the same ids.",
                ),
            )
    sizes = {"test": len(labels.ids), "public": labels.split.count("public"), "private": labels.split.count("private")}
    facts = facts_module.compute(
        definition,
        facts_module.training(out, definition),
        ids_sha256=sealed.ids_digest(labels.ids),
        sizes=sizes,
    )
    return facts | figures.of(out, definition)


def _datasheet(folder: Path, out: Path, definition: Definition, labels: bytes | None) -> str:
    """Return the text of datasheet.json: the examination of the folder as far as everybody may read it."""
    findings = Findings()
    text = (out / DEFINITION).read_text(encoding="utf-8-sig")
    material = gather(folder, out, definition, text, findings, labels=labels)
    return datasheet.make(material, findings, examine(material, findings, lambda _: None)).written()


def _leave(out: Path, definition: Definition, labels: bytes, settings: WorkerSettings | None) -> None:
    if settings is None:
        (out / str(definition.files.labels)).write_bytes(labels)
        return
    key = sealing.public_key(settings.site.labels_key_file)
    (out / SEALED).write_bytes(sealing.seal(sealed.pack(definition, labels), key))


def _has(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file()


def _module(folder: Path, name: str) -> ModuleType:
    """Return a folder's own module: a shipped one by its name, an organizer's by its path."""
    if folder.resolve().parent == Path(challenges.__path__[0]).resolve():
        return importlib.import_module(f"challenges.{folder.resolve().name}.{name}")
    if not _has(folder, name):
        raise Invalid(
            "missing_file",
            Text(
                f"{folder}에 {name}.py나 그것이 만들 파일이 없습니다.",
                f"{folder} has neither {name}.py nor the files it would write.",
            ),
        )
    spec = importlib.util.spec_from_file_location(f"{folder.name}_{name}", folder / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
