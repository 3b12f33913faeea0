"""What every shipped folder satisfies; what is true of one challenge alone stands in that challenge's own tests."""

import csv
import hashlib
import shutil
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import challenges
from challenges import breast_gbsg2, colon_adjuvant, definition, dictionary, labels
from challenges.breast_gbsg2 import baseline as breast_baseline
from challenges.breast_gbsg2 import split as breast_split
from challenges.breast_gbsg2 import starter as breast_starter
from challenges.colon_adjuvant import baseline as colon_baseline
from challenges.colon_adjuvant import split as colon_split
from challenges.colon_adjuvant import starter as colon_starter
from tests.challenges.folders import ids_of, read, run_starter
from tests.support import texts
from worker import checking

SHIPPED = sorted(path.parent for path in Path(challenges.__path__[0]).glob("*/challenge.toml"))
SPOKEN = [(folder, path.name.removesuffix(".en.md")) for folder in SHIPPED for path in sorted(folder.glob("*.en.md"))]
WHOLE = ("breast_gbsg2", "colon_adjuvant", "fitness_effect", "fitness_report")  # the others draw their patients anew
MADE = ("train.csv", "validation.csv", "test.csv", "labels.csv")


class Public(NamedTuple):
    """A challenge on a public data set: its files are committed and follow from a source."""

    package: ModuleType
    split: ModuleType
    baseline: ModuleType
    starter: ModuleType
    patient: bytes  # a number of the source that stands in it once
    told: str  # how the starter's first line begins

    @property
    def folder(self) -> Path:
        return Path(self.package.__path__[0])


PUBLIC = (
    Public(
        breast_gbsg2,
        breast_split,
        breast_baseline,
        breast_starter,
        b"1814",
        "Uno's C up to 3 years, 5-fold cross-validation: 0.7",
    ),
    Public(
        colon_adjuvant,
        colon_split,
        colon_baseline,
        colon_starter,
        b"1521",
        "Harrell's C, 5-fold cross-validation: 0.6",
    ),
)
each_public = pytest.mark.parametrize("public", PUBLIC, ids=[one.folder.name for one in PUBLIC])


def test_there_are_seven():
    assert len(SHIPPED) == 7
    assert {folder.name for folder in SHIPPED} >= set(WHOLE)


@pytest.mark.parametrize(("folder", "name"), SPOKEN, ids=[f"{folder.name}-{name}" for folder, name in SPOKEN])
def test_both_languages_say_the_same_things(folder, name):
    korean, english = texts.outlines(folder, name)
    assert korean == english


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_pages_have_their_texts_in_both_languages(folder):
    for name in ("overview", "evaluation", "data", "rules"):
        for language in ("ko", "en"):
            assert (folder / f"{name}.{language}.md").is_file()


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_no_text_names_a_file_that_nobody_can_download(folder):
    evidence = {one.train_file for one in definition.load(folder).baselines}
    for path in folder.glob("*.md"):
        told = path.read_text(encoding="utf-8")
        assert "_train.csv" not in told
        assert not [name for name in evidence if name and name in told]


@pytest.mark.parametrize("name", WHOLE)
def test_its_check_finds_nothing(name):
    found, code = checking.check(Path(challenges.__path__[0]) / name)
    assert (code, found["mistakes"], found["warnings"]) == (0, [], [])


@each_public
def test_the_committed_split_is_what_the_script_makes(public, tmp_path):
    shutil.copy(public.folder / public.split.SOURCE, tmp_path)
    public.split.write(tmp_path)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (public.folder / name).read_bytes()


@each_public
def test_a_changed_source_is_refused(public, tmp_path):
    source = (public.folder / public.split.SOURCE).read_bytes()
    changed = source.replace(public.patient, str(int(public.patient) + 1).encode(), 1)
    assert changed != source
    (tmp_path / public.split.SOURCE).write_bytes(changed)
    with pytest.raises(ValueError, match="not the file"):
        public.split.write(tmp_path)


@each_public
def test_provenance_names_the_digest(public):
    digest = hashlib.sha256((public.folder / public.split.SOURCE).read_bytes()).hexdigest()
    assert digest == public.split.SOURCE_SHA256
    assert digest in (public.folder / "README.md").read_text(encoding="utf-8")


@each_public
def test_a_public_data_set_is_practice_in_the_open(public):
    defined = definition.load(public.folder)
    assert (defined.practice, defined.synthetic) == (True, False)
    assert defined.leaderboard.gate == "none"
    assert defined.calendar.closes is None


@each_public
def test_labels_and_dictionary_describe_the_files(public):
    hidden = labels.read_labels((public.folder / "labels.csv").read_bytes(), definition.load(public.folder))
    assert list(hidden.ids) == ids_of(public.folder / "test.csv")
    with (public.folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        assert {row["split"] for row in csv.DictReader(file)} == {"public"}
    described = [one.column for one in dictionary.read(public.folder / "dictionary.csv")]
    assert described == list(pd.read_csv(public.folder / "train.csv", nrows=1))


@each_public
def test_every_committed_prediction_file_is_valid(public):
    defined = definition.load(public.folder)
    for ids, names in (
        ("test.csv", [one.file for one in defined.baselines] + [defined.files.sample]),
        ("train.csv", [one.train_file for one in defined.baselines]),
    ):
        for name in names:
            found = read(public.folder / name, defined, ids_of(public.folder / ids))
            assert set(found.columns) == {"risk", *public.starter.HORIZONS}


@each_public
def test_the_committed_baselines_are_what_the_models_predict(public, tmp_path):
    for name in ("train.csv", "test.csv"):
        shutil.copy(public.folder / name, tmp_path)
    public.baseline.write(tmp_path)
    for name in [*sorted(path.name for path in tmp_path.glob("*baseline*")), "sample_submission.csv"]:
        again, committed = (pd.read_csv(folder / name).set_index("patient_id") for folder in (tmp_path, public.folder))
        assert list(again.index) == list(committed.index)
        assert np.abs(again - committed).to_numpy().max() < 5e-6, name


@each_public
def test_the_starter_writes_a_valid_file(public, tmp_path):
    out = tmp_path / "predictions.csv"
    assert run_starter(public.folder, public.folder, out).startswith(public.told)
    read(out, definition.load(public.folder), ids_of(public.folder / "test.csv"))
