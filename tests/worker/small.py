"""A small survival challenge drawn for tests, with labels that follow a known risk."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOML = """
schema = 1
slug = "{slug}"
title.ko = "작은 챌린지"
title.en = "A small challenge"
summary.ko = "시험용"
summary.en = "For tests"
version = "1.0.0"
license = "CC0-1.0"
synthetic = true
practice = {practice}
admission = "open"
kind = "survival"

[calendar]
opens = 2026-01-01T00:00:00+09:00
closes = {closes}
timezone = "Asia/Seoul"

[files]
train = "train.csv"
test = "test.csv"
dictionary = "dictionary.csv"
labels = "labels.csv"
sample = "sample_submission.csv"

[labels]
id = "patient_id"
time = "days"
event = "died"
split = "split"

{columns}

{metrics}

[leaderboard]
gate = "{gate}"
reveal = "after_close"

[limits]
per_day = 1000
total = 100000
team_size = 5
max_bytes = 5000000

[subgroups]
columns = ["sex"]

[[baselines]]
name = "reference"
title.ko = "기준"
title.en = "Reference"
file = "baseline_reference.csv"
train_file = "baseline_reference_train.csv"
reference = true

[agreement]
version = "1"
file = "agreement"
before = "submission"
"""
PROBABILITY = '[[columns]]\nname = "p_3y"\nis = "event_probability"\nhorizon = 1095\n'
RISK = '[[columns]]\nname = "risk"\nis = "risk"\n'
IPA = '[[metrics]]\nname = "ipa"\nhorizon = 1095\nprimary = true\n\n[[metrics]]\nname = "harrell_c"\n'
HARRELL = '[[metrics]]\nname = "harrell_c"\nprimary = true\n'


@dataclass(frozen=True)
class Cohort:
    """Rows with what is known of them (x, sex) and what is not (days, died)."""

    ids: tuple[str, ...]
    x: np.ndarray
    z: np.ndarray
    sex: np.ndarray
    days: np.ndarray
    died: np.ndarray

    def probability(self, own: float = 1.0, noise: float = 0.0, seed: int = 0) -> np.ndarray:
        """The three-year risk by x and a share `own` of z, optionally with noise on its logit."""
        rate = np.exp(-8.0 + 0.8 * self.x + 0.7 * own * self.z) * np.exp(0.7**2 * (1 - own**2) / 2)
        risk = 1 - np.exp(-rate * 1095)
        shaken = np.log(risk / (1 - risk)) + noise * np.random.default_rng(seed).normal(size=len(risk))
        return 1 / (1 + np.exp(-shaken))


def draw(n: int, seed: int, prefix: str) -> Cohort:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n), rng.normal(size=n)
    sex = rng.integers(1, 3, n)
    death = rng.exponential(1 / np.exp(-8.0 + 0.8 * x + 0.7 * z))
    seen = rng.uniform(1100, 2500, n)
    days = np.ceil(np.minimum(death, seen)).astype(int)
    return Cohort(tuple(f"{prefix}{number:06d}" for number in range(n)), x, z, sex, days, (death <= seen).astype(int))


def predictions(ids: Iterable[str], values: Sequence[float] | np.ndarray, column: str = "p_3y") -> bytes:
    rows = [f"patient_id,{column}", *(f"{row_id},{value:.6f}" for row_id, value in zip(ids, values, strict=True))]
    return ("\n".join(rows) + "\n").encode()


def write(
    folder: Path,
    *,
    slug: str = "small-challenge",
    gate: str = "significant",
    rows: int = 300,
    seed: int = 1,
    metrics: str = IPA,
    columns: str = PROBABILITY,
    closes: str = "2099-01-01T00:00:00+09:00",
    days: np.ndarray | None = None,
    died: np.ndarray | None = None,
    added: str = "",
) -> Cohort:
    """Write a folder as an organizer would hold it; return its test rows. Half of the rows are public.

    `added` is appended to the definition.
    """
    folder.mkdir(parents=True, exist_ok=True)
    train, test = draw(rows, seed + 1000, "T"), draw(rows, seed, "P")
    practice = "true" if gate == "none" else "false"
    (folder / "challenge.toml").write_text(
        TOML.format(slug=slug, gate=gate, metrics=metrics, columns=columns, closes=closes, practice=practice) + added,
        encoding="utf-8",
    )
    for name in ("overview", "evaluation", "data", "rules", "agreement"):
        (folder / f"{name}.ko.md").write_text("시험용입니다.\n", encoding="utf-8")
        (folder / f"{name}.en.md").write_text("For tests.\n", encoding="utf-8")
    (folder / "dictionary.csv").write_text(
        "column,type,unit,codes,block,description.ko,description.en\n"
        "patient_id,id,,,id,번호,Id\nx,number,,,main,설명 변수,A covariate\nsex,category,,1=male;2=female,main,성별,Sex\n",
        encoding="utf-8",
    )
    days = test.days if days is None else days
    died = test.died if died is None else died
    split = np.where(np.random.default_rng(seed + 5).permutation(rows) % 2 == 0, "public", "private")
    column = "risk" if columns == RISK else "p_3y"
    _table(
        folder / "train.csv",
        ("patient_id", "x", "sex", "days", "died"),
        train.ids,
        train.x,
        train.sex,
        train.days,
        train.died,
    )
    _table(folder / "test.csv", ("patient_id", "x", "sex"), test.ids, test.x, test.sex)
    _table(folder / "labels.csv", ("patient_id", "days", "died", "split"), test.ids, days, died, split)
    (folder / "sample_submission.csv").write_bytes(predictions(test.ids, np.full(rows, 0.3), column))
    (folder / "baseline_reference.csv").write_bytes(predictions(test.ids, test.probability(0.0), column))
    (folder / "baseline_reference_train.csv").write_bytes(predictions(train.ids, train.probability(0.0), column))
    return test


def _table(path: Path, header: Sequence[str], *columns: Sequence[object] | np.ndarray) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(header)
        rows.writerows(zip(*columns, strict=True))
