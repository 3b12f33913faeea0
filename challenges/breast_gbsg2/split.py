"""Makes train.csv, validation.csv, test.csv and labels.csv from the study's data, the same way every time.

    python -m challenges.breast_gbsg2.split

The source has no identifiers, and the order of its rows tells a little of the outcome. So every row gets an identifier from a
hash of its number and the published seed, and the files are in the order of the identifiers. The first 60 % of each stratum
(hormonal therapy × event), in that order, are for training.
"""

import csv
import hashlib
from collections import defaultdict
from pathlib import Path

from challenges import validation

SEED = "arena/breast-gbsg2/1.0.0"
SOURCE = "source_gbsg2.csv"
SOURCE_SHA256 = "695954dbed9eaa619f9854f6c945bdccf5b21b12ea3fb46bd28797b9e8284d49"
TRAIN_SHARE = 0.6
CODES = {
    "horTh": {"no": "0", "yes": "1"},
    "menostat": {"Pre": "1", "Post": "2"},
    "tgrade": {"I": "1", "II": "2", "III": "3"},
}
COVARIATES = ("horTh", "age", "menostat", "tsize", "tgrade", "pnodes", "progrec", "estrec")
Row = dict[str, str]


def write(folder: Path) -> None:
    """Read the source in `folder` and write the files beside it."""
    patients = read(folder / SOURCE)
    train = {row["patient_id"] for row in training(patients)}
    covariates = ["patient_id", *COVARIATES]
    known = [row for row in patients if row["patient_id"] in train]
    asked = [row | {"split": "public"} for row in patients if row["patient_id"] not in train]
    _save(folder / "train.csv", [*covariates, "days", "event"], known)
    validation.write(folder, "patient_id")
    _save(folder / "test.csv", covariates, asked)
    _save(folder / "labels.csv", ["patient_id", "days", "event", "split"], asked)


def read(source: Path) -> list[Row]:
    """The patients in the order of their identifiers, with our names and codes."""
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256:
        raise ValueError(f"{source} is not the file whose digest is recorded here.")
    rows = csv.DictReader(content.decode("utf-8").splitlines())
    patients = [
        {
            "patient_id": identifier(number),
            **{name: CODES[name][row[name]] if name in CODES else row[name] for name in COVARIATES},
            "days": row["time"],
            "event": row["cens"],
        }
        for number, row in enumerate(rows, 1)
    ]
    return sorted(patients, key=lambda row: row["patient_id"])


def identifier(number: int) -> str:
    """G and eight hexadecimal digits, from the row's number in the source, counted from 1."""
    return "G" + hashlib.sha256(f"{SEED}|{number}".encode()).hexdigest()[:8]


def training(patients: list[Row]) -> list[Row]:
    """The training patients: 60 % of every stratum of hormonal therapy and event."""
    strata: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in patients:
        strata[row["horTh"], row["event"]].append(row)
    return [row for rows in strata.values() for row in rows[: round(TRAIN_SHARE * len(rows))]]


def _save(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    write(Path(__file__).parent)
