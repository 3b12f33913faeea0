"""Sealed labels open for their own definition, rows and key, and for nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nacl.public import PrivateKey

from arena import sealing
from challenges import sealed
from challenges.definition import Definition, load
from tests.worker import small
from worker import keys, settings
from worker.labels import LabelsRefused, Vault, open_sealed
from worker.settings import WorkerSettings


@pytest.fixture
def loaded(home: Path) -> WorkerSettings:
    home.mkdir()
    made = settings.load({"ARENA_HOME": str(home)})
    keys.make(made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder", rows=60)
    return tmp_path / "folder"


def seal(folder: Path, definition: Definition, key: bytes) -> bytes:
    return sealing.seal(sealed.pack(definition, (folder / "labels.csv").read_bytes()), key)


def public(loaded: WorkerSettings) -> bytes:
    return sealing.public_key(loaded.site.labels_key_file)


def ids_of(folder: Path) -> list[str]:
    return [line.partition(",")[0] for line in (folder / "test.csv").read_text().splitlines()[1:]]


def test_outcomes_follow_the_order_of_the_test_file(loaded: WorkerSettings, folder: Path):
    definition = load(folder)
    ids = ids_of(folder)
    box = seal(folder, definition, public(loaded))
    straight, turned = open_sealed(box, loaded, definition, ids), open_sealed(box, loaded, definition, ids[::-1])
    assert np.array_equal(straight.truth.time, turned.truth.time[::-1])
    assert np.array_equal(straight.splits["public"], turned.splits["public"][::-1])
    assert straight.splits["public"].sum() == straight.splits["private"].sum() == 30


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gate": "none"}, "other_rules"),
        ({"metrics": small.HARRELL, "columns": small.RISK}, "other_rules"),
        ({"slug": "other-challenge"}, "other_challenge"),
    ],
)
def test_another_definition_is_refused(
    loaded: WorkerSettings, folder: Path, tmp_path: Path, change: dict[str, str], code: str
):
    box = seal(folder, load(folder), public(loaded))
    small.write(tmp_path / "other", rows=60, **change)  # type: ignore[arg-type]
    with pytest.raises(LabelsRefused) as refused:
        open_sealed(box, loaded, load(tmp_path / "other"), ids_of(folder))
    assert refused.value.code == code


def test_other_rows_are_refused(loaded: WorkerSettings, folder: Path):
    definition = load(folder)
    box = seal(folder, definition, public(loaded))
    for ids in (ids_of(folder)[:-1], [*ids_of(folder)[:-1], "stranger"]):
        with pytest.raises(LabelsRefused) as refused:
            open_sealed(box, loaded, definition, ids)
        assert refused.value.code == "other_rows"


def test_a_box_for_another_key_is_refused(loaded: WorkerSettings, folder: Path):
    definition = load(folder)
    box = seal(folder, definition, PrivateKey.generate().public_key.encode())
    with pytest.raises(LabelsRefused) as refused:
        open_sealed(box, loaded, definition, ids_of(folder))
    assert refused.value.code == "not_sealed_for_us"


def test_unreadable_labels_are_refused_without_quoting_them(loaded: WorkerSettings, folder: Path):
    definition = load(folder)
    packed = sealed.pack(definition, (folder / "labels.csv").read_bytes())
    spoilt = packed.replace(b",public\n", b",secret4711\n", 1)
    with pytest.raises(LabelsRefused) as refused:
        open_sealed(sealing.seal(spoilt, public(loaded)), loaded, definition, ids_of(folder))
    assert refused.value.code == "unreadable_labels"
    assert "4711" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_the_vault_opens_once_and_reports_it(loaded: WorkerSettings, folder: Path):
    definition = load(folder)
    box = seal(folder, definition, public(loaded))
    reported: list[tuple[str, int]] = []
    vault = Vault(loaded, lambda digest, challenge: reported.append((digest, challenge)))
    for _ in range(2):
        vault.outcomes("digest", lambda _: box, definition, ids_of(folder), challenge_id=7)
    assert reported == [("digest", 7)]
    # The same box under other rules is another opening, and refused.
    changed = definition.model_copy(update={"version": "2"})
    with pytest.raises(LabelsRefused):
        vault.outcomes("digest", lambda _: box, changed, ids_of(folder), challenge_id=7)
    assert len(reported) == 2


def test_nothing_is_opened_that_could_not_be_reported(loaded: WorkerSettings, folder: Path):
    definition = load(folder)

    def refuse(_digest: str, _challenge: int) -> None:
        raise OSError("the ledger cannot be written")

    vault = Vault(replace(loaded), refuse)
    with pytest.raises(OSError, match="ledger"):
        vault.outcomes("digest", lambda _: b"", definition, ids_of(folder), challenge_id=1)
