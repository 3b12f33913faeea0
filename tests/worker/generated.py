"""A small challenge whose hidden rows a generator draws from a secret, as the shipped ones are."""

from pathlib import Path

from tests.worker import small

COHORT = '''"""Draws test rows, labels and split from a secret; the training file is the folder's own."""
import csv
import hashlib

import numpy as np

ROWS = 300


def make(out, *, secret):
    rng = np.random.default_rng(list(hashlib.sha256(b"patients" + secret).digest()))
    x, z = rng.normal(size=ROWS), rng.normal(size=ROWS)
    sex = rng.integers(1, 3, ROWS)
    death = rng.exponential(1 / np.exp(-8.0 + 0.8 * x + 0.7 * z))
    seen = rng.uniform(1100, 2500, ROWS)
    split = np.where(rng.permutation(ROWS) % 2 == 0, "public", "private")
    ids = [f"P{number:06d}" for number in rng.permutation(ROWS)]
    days, died = np.ceil(np.minimum(death, seen)).astype(int), (death <= seen).astype(int)
    for name, header, columns in (
        ("test.csv", ("patient_id", "x", "sex"), (x.round(4), sex)),
        ("labels.csv", ("patient_id", "days", "died", "split"), (days, died, split)),
    ):
        with open(out / name, "w", newline="") as file:
            rows = csv.writer(file, lineterminator="\\n")
            rows.writerow(header)
            rows.writerows(sorted(zip(ids, *columns)))
'''
BASELINE = '''"""Writes the reference: one risk for everybody."""


def write(folder):
    lines = (folder / "test.csv").read_text().splitlines()[1:]
    rows = ["patient_id,p_3y", *(line.split(",")[0] + ",0.3" for line in lines)]
    (folder / "baseline_reference.csv").write_text("\\n".join(rows) + "\\n")
'''


def write(folder: Path, **given: str) -> None:
    """Write the folder as it is shipped: code, texts and the training file, and nothing that is hidden."""
    small.write(folder, **given)  # type: ignore[arg-type]
    for name in ("test.csv", "labels.csv", "baseline_reference.csv"):
        (folder / name).unlink()
    (folder / "cohort.py").write_text(COHORT, encoding="utf-8")
    (folder / "baseline.py").write_text(BASELINE, encoding="utf-8")
