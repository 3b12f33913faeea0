"""Whatever a folder holds, the examination ends with lines and never with an exception."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.worker.examination.sound import Sound, found, sound
from worker import checking

Spoil = Callable[[Sound, Path], None]


def only_the_definition(_: Sound, folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "challenge.toml":
            path.unlink()


def old_korean(_: Sound, folder: Path) -> None:
    text = (folder / "train.csv").read_text().replace("hb", "혈색소", 1)
    (folder / "train.csv").write_bytes(text.encode("cp949"))


def binary(_: Sound, folder: Path) -> None:
    (folder / "test.csv").write_bytes(bytes(range(256)) * 40)


def empty_files(_: Sound, folder: Path) -> None:
    for name in ("train.csv", "test.csv", "labels.csv", "sample_submission.csv", "dictionary.csv"):
        (folder / name).write_bytes(b"")


def headers_alone(_: Sound, folder: Path) -> None:
    for name in ("train.csv", "test.csv", "labels.csv", "sample_submission.csv"):
        (folder / name).write_text((folder / name).read_text().partition("\n")[0] + "\n")


def one_row(it: Sound, folder: Path) -> None:
    it.train, it.test, it.labels, it.sample = (table.iloc[:1] for table in (it.train, it.test, it.labels, it.sample))
    it.write(folder)


def open_quote(_: Sound, folder: Path) -> None:
    text = (folder / "train.csv").read_text().splitlines()
    text[5] = '"' + text[5]
    (folder / "train.csv").write_text("\n".join(text) + "\n")


def short_row(_: Sound, folder: Path) -> None:
    text = (folder / "labels.csv").read_text().splitlines()
    text[7] = text[7].rpartition(",")[0]
    (folder / "labels.csv").write_text("\n".join(text) + "\n")


def doubled_header(_: Sound, folder: Path) -> None:
    text = (folder / "test.csv").read_text()
    (folder / "test.csv").write_text(text.replace("bmi", "hb", 1))


def nobody_dies(it: Sound, folder: Path) -> None:
    it.labels["died"] = it.train["died"] = 0
    it.write(folder)


def everybody_dies_at_once(it: Sound, folder: Path) -> None:
    for table in (it.labels, it.train):
        table["died"], table["days"] = 1, 10
    it.write(folder)


def time_zero(it: Sound, folder: Path) -> None:
    it.labels["days"] = it.train["days"] = 0
    it.write(folder)


def nothing_known(it: Sound, folder: Path) -> None:
    for table in (it.train, it.test):
        for name in ("age", "sex", "stage", "bmi", "hb", "sbp", "marker"):
            table[name] = np.nan
    it.write(folder)


def endless(it: Sound, folder: Path) -> None:
    it.train["marker"] = it.train["marker"].astype(object)
    it.train.loc[it.train.index[:3], "marker"] = ["inf", "1e999", "nan"]
    it.write(folder)


def one_id(it: Sound, folder: Path) -> None:
    it.test["patient_id"] = it.labels["patient_id"] = "P1"
    it.write(folder)


def hostile_names(it: Sound, folder: Path) -> None:
    for table in (it.train, it.test):
        table["=HYPERLINK(1)\x1b[31m"] = RNG.integers(0, 3, len(table))
    it.write(folder)


def packed(_: Sound, folder: Path) -> None:
    text = (folder / "challenge.toml").read_text().replace('"train.csv"', '"train.csv.gz"')
    (folder / "challenge.toml").write_text(text)
    (folder / "train.csv.gz").write_bytes(gzip.compress((folder / "train.csv").read_bytes()))


def torn(_: Sound, folder: Path) -> None:
    text = (folder / "challenge.toml").read_text().replace('"train.csv"', '"train.csv.gz"')
    (folder / "challenge.toml").write_text(text)
    (folder / "train.csv.gz").write_bytes(gzip.compress((folder / "train.csv").read_bytes())[:-500])


def no_toml(_: Sound, folder: Path) -> None:
    (folder / "challenge.toml").write_text("[[metrics\n")


def wide(it: Sound, folder: Path) -> None:
    more = pd.DataFrame(RNG.integers(0, 4, (len(it.train), 300)), columns=[f"c{n}" for n in range(300)])
    it.train = pd.concat([it.train.reset_index(drop=True), more], axis=1)
    it.write(folder)


RNG = np.random.default_rng(2)
EXPECTED: list[tuple[Spoil, str | None]] = [
    (only_the_definition, "missing_file"),
    (old_korean, "not_utf8"),
    (binary, "not_utf8"),
    (empty_files, "empty_file"),
    (headers_alone, "empty_file"),
    (one_row, "too_few_at_risk"),
    (open_quote, "wrong_field_count"),
    (short_row, "wrong_field_count"),
    (doubled_header, "duplicate_column"),
    (nobody_dies, "too_few_events"),
    (everybody_dies_at_once, "wrong_units"),
    (time_zero, "too_censored"),
    (nothing_known, "constant_column"),
    (endless, "not_a_number"),
    (one_id, "duplicate_id"),
    (hostile_names, "undescribed_column"),
    (packed, None),
    (torn, "not_csv"),
    (no_toml, "definition"),
    (wide, "other_columns"),
]


@pytest.mark.parametrize(("spoil", "code"), EXPECTED, ids=[one[0].__name__ for one in EXPECTED])
def test_a_hostile_folder_is_examined_to_the_end(spoil: Spoil, code: str | None, tmp_path: Path):
    it = sound()
    folder = it.write(tmp_path / "folder")
    spoil(it, folder)
    checking.check(folder, report_to=tmp_path / "sheet.html")
    codes = {line["code"] for line in found(folder)}
    assert (code in codes) if code else codes == set(), codes
