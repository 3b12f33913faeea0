"""A sound folder as tables in memory: a test spoils one thing, writes it and looks at what the examination says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from worker import checking

TOML = """schema = 1
slug = "sound-challenge"
title.ko = "흠 없는 챌린지"
title.en = "A sound challenge"
summary.ko = "무엇이 새는지 봅니다."
summary.en = "To see what leaks."
version = "1.0.0"
license = "CC0-1.0"
synthetic = true
admission = "open"
kind = "survival"

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

[[columns]]
name = "p_1y"
is = "event_probability"
horizon = 365

[[columns]]
name = "p_3y"
is = "event_probability"
horizon = 1095

[[metrics]]
name = "ipa"
horizon = 1095
primary = true

[[metrics]]
name = "uno_c"
tau = 1095
tie_break = true

[leaderboard]
gate = "none"

[subgroups]
columns = ["sex", "stage"]

[[baselines]]
name = "age"
title.ko = "나이"
title.en = "Age"
file = "baseline_age.csv"
train_file = "baseline_age_train.csv"
reference = true

[[baselines]]
name = "more"
title.ko = "나이와 병기"
title.en = "Age and stage"
file = "baseline_more.csv"
train_file = "baseline_more_train.csv"

[agreement]
version = "1"
file = "agreement"
before = "submission"
"""
DICTIONARY = """column,type,unit,codes,block,description.ko,description.en
patient_id,id,,,identifier,번호,Identifier
age,integer,years,,demography,나이,Age
sex,category,,1=male;2=female,demography,성별,Sex
stage,category,,1=I;2=II;3=III,tumour,병기,Stage
bmi,number,kg/m²,,screening,체질량지수,Body-mass index
hb,number,g/dL,,screening,혈색소,Haemoglobin
sbp,integer,mmHg,,screening,혈압,Blood pressure
marker,number,ng/mL,,tumour,표지자,Marker
days,integer,days,,outcome,시간,Time
died,category,,0=no;1=yes,outcome,사망,Died
"""
COVARIATES = ["age", "sex", "stage", "bmi", "hb", "sbp", "marker"]
TEXTS = ("overview", "evaluation", "data", "rules", "agreement")
KO = "이 글은 시험을 위한 것이며 자료는 생성한 것입니다. 실제 환자의 기록을 쓰지 않았습니다.\n"
EN = "This text is for tests; the data are generated. No real patient's record was used.\n"
Spoil = Callable[["Sound"], None]


@dataclass
class Sound:
    """The parts of a folder; `files` holds what is written as text."""

    train: pd.DataFrame
    test: pd.DataFrame
    labels: pd.DataFrame
    sample: pd.DataFrame
    files: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for name in ("train", "test", "labels"):
            getattr(self, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        self.sample.to_csv(folder / "sample_submission.csv", index=False, lineterminator="\n")
        return folder

    def change(self, file: str, old: str, new: str) -> None:
        assert old in self.files[file], (file, old)
        self.files[file] = self.files[file].replace(old, new, 1)

    def rows(self, name: str) -> dict[str, int]:
        """Return the line of each id in a file."""
        return {one: number for number, one in enumerate(getattr(self, name)["patient_id"], start=2)}

    def both(self, column: str, values: Callable[[pd.DataFrame], Any]) -> None:
        """Give the training and the test file a column, made from all that is known of their rows; describe it."""
        known = {"train": self.train, "test": self.test.merge(self.labels, on="patient_id", how="left")}
        for name, table in known.items():
            getattr(self, name)[column] = np.asarray(values(table))
        if column not in DICTIONARY:
            self.files["dictionary.csv"] += f"{column},category,,,main,변수,A variable\n"


def sound(rows: int = 1200) -> Sound:
    """Return a sound folder: half of its rows for training, a quarter public, a quarter private."""
    made = _drawn(rows)
    return Sound(made.train.copy(), made.test.copy(), made.labels.copy(), made.sample.copy(), dict(made.files))


@cache
def _drawn(n: int) -> Sound:
    rng = np.random.default_rng(11)
    table = pd.DataFrame(
        {
            "age": rng.integers(40, 86, n),
            "sex": rng.integers(1, 3, n),
            "stage": rng.choice([1, 2, 3], n, p=[0.3, 0.4, 0.3]),
            "bmi": np.round(rng.normal(24, 3, n), 1),
            "hb": np.round(rng.normal(13, 1.5, n), 1),
            "sbp": rng.integers(95, 180, n),
            "marker": np.round(np.exp(rng.normal(1, 1, n)), 2),
        }
    )
    linear = 0.04 * (table["age"] - 62) + 0.6 * (table["stage"] - 2)
    death = rng.exponential(1 / (0.00035 * np.exp(linear)))
    seen = rng.uniform(900, 2500, n)
    table["days"] = np.ceil(np.minimum(death, seen)).astype(int)
    table["died"] = (death <= seen).astype(int)
    table.insert(0, "patient_id", [f"P{number}" for number in rng.permutation(900_000)[:n] + 100_000])
    # In no regular order: which rows are public could be told from it.
    part = np.array(["train", "train", "public", "private"])[rng.permutation(n) % 4]
    train, rest = table[part == "train"], table[part != "train"]
    labels = rest[["patient_id", "days", "died"]].assign(split=part[part != "train"])
    files = {"challenge.toml": TOML, "dictionary.csv": DICTIONARY}
    files |= {f"{name}.ko.md": KO for name in TEXTS} | {f"{name}.en.md": EN for name in TEXTS}
    for name, own in (("age", 0.04 * (table["age"] - 62)), ("more", linear)):
        for suffix, which in (("", part != "train"), ("_train", part == "train")):
            rate = 0.00035 * np.exp(own[which])
            predicted = pd.DataFrame(
                {
                    "patient_id": table["patient_id"][which],
                    "p_1y": 1 - np.exp(-365 * rate),
                    "p_3y": 1 - np.exp(-1095 * rate),
                }
            )
            files[f"baseline_{name}{suffix}.csv"] = predicted.to_csv(index=False, float_format="%.5f")
    sample = rest[["patient_id"]].assign(p_1y=0.1, p_3y=0.3)
    return Sound(train, rest[["patient_id", *COVARIATES]], labels, sample, files)


def found(folder: Path, state: str | None = None) -> list[dict[str, Any]]:
    """Return the examination's lines, without passes unless they are asked for."""
    result, _ = checking.check(folder)
    return [line for line in result["lines"] if (line["state"] != "pass" if state is None else line["state"] == state)]


def brief(lines: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str | None]]:
    """Return state, code, file and column of each line."""
    return [(one["state"], one["code"], one["file"], one["column"]) for one in lines]
