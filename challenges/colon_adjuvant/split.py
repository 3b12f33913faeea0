"""Makes train.csv, validation.csv, test.csv and labels.csv from the trial's data, the same way every time.

    python -m challenges.colon_adjuvant.split

Takes one row a patient (`etype` 2, death), checks the source's digest, and puts the first 60 % of each stratum (treatment ×
death), ordered by a hash of the patient's number and the published seed, into the training file.
"""

import csv
import hashlib
from collections import defaultdict
from pathlib import Path

from challenges import validation

SEED = "arena/colon-adjuvant/1.0.0"
SOURCE = "source_colon.csv"
SOURCE_SHA256 = "05baa4e37d8d2596decb0a704f8a5a486ff83022152ef9f9c6fc525e3fe03f20"
TRAIN_SHARE = 0.6
ARMS = {"Obs": "1", "Lev": "2", "Lev+5FU": "3"}
UNCHANGED = ("sex", "age", "obstruct", "perfor", "adhere", "nodes", "differ", "extent", "surg", "node4")
Row = dict[str, str]


def write(folder: Path) -> None:
    """Read the source in `folder` and write the files beside it."""
    patients = read(folder / SOURCE)
    train = {row["patient_id"] for row in training(patients)}
    covariates = ["patient_id", "rx", *UNCHANGED]
    known = [row for row in patients if row["patient_id"] in train]
    asked = [row | {"split": "public"} for row in patients if row["patient_id"] not in train]
    _save(folder / "train.csv", [*covariates, "days", "died"], known)
    validation.write(folder, "patient_id")
    _save(folder / "test.csv", covariates, asked)
    _save(folder / "labels.csv", ["patient_id", "days", "died", "split"], asked)


def read(source: Path) -> list[Row]:
    """One row a patient, in the source's order, with our names."""
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256:
        raise ValueError(f"{source} is not the file whose digest is recorded here.")
    rows = csv.DictReader(content.decode("utf-8").splitlines())
    return [
        {
            "patient_id": f"C{int(row['id']):04d}",
            "rx": ARMS[row["rx"]],
            **{name: "" if row[name] == "NA" else row[name] for name in UNCHANGED},
            "days": row["time"],
            "died": row["status"],
        }
        for row in rows
        if row["etype"] == "2"
    ]


def training(patients: list[Row]) -> list[Row]:
    """The training patients: 60 % of every stratum of treatment and death."""
    strata: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in patients:
        strata[row["rx"], row["died"]].append(row)
    chosen: list[Row] = []
    for rows in strata.values():
        rows.sort(key=lambda row: hashlib.sha256(f"{SEED}|{row['patient_id']}".encode()).digest())
        chosen += rows[: round(TRAIN_SHARE * len(rows))]
    return chosen


def _save(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    write(Path(__file__).parent)
