"""Fair folders made from public data of other packages, as an organizer would make them."""

import csv
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

HEAD = """schema = 1
slug = "{slug}"
title.ko = "{slug} 연습"
title.en = "Practice on {slug}"
summary.ko = "공개된 자료로 연습합니다."
summary.en = "Practice on public data."
version = "1.0.0"
license = "BSD-3-Clause"
synthetic = false
practice = {practice}
kind = "{kind}"

[files]
train = "train.csv"
test = "test.csv"
dictionary = "dictionary.csv"
labels = "labels.csv"
sample = "sample_submission.csv"
"""
TIMED = """
[labels]
id = "patient_id"
time = "days"
event = "died"
split = "split"

[[columns]]
name = "p"
is = "event_probability"
horizon = {horizon}

[[metrics]]
name = "ipa"
horizon = {horizon}
primary = true

[[metrics]]
name = "uno_c"
tau = {horizon}
tie_break = true
"""
BINARY = """
[labels]
id = "patient_id"
outcome = "malignant"
split = "split"

[[columns]]
name = "p"
is = "probability"

[[metrics]]
name = "roc_auc"
primary = true

[[metrics]]
name = "brier_binary"
"""
TAIL = """
[leaderboard]
gate = "none"
"""
TEXTS = {
    "ko": "## 자료\n\n자료의 출처는 공개된 꾸러미이며 이용 조건은 BSD-3-Clause입니다. 누구나 쓸 수 있는 공개 자료입니다.\n",
    "en": "## The data\n\nThe data come from a public package; their licence is BSD-3-Clause. Nobody's permission is needed.\n",
}
Dictionary = Mapping[str, tuple[str, str, str]]  # column → type, unit, codes


def lung(folder: Path, seed: int) -> None:
    """Advanced lung cancer (lifelines): days, and codes of which the rare ones are merged."""
    from lifelines.datasets import load_lung

    table = load_lung().drop(columns="inst").rename(columns=lambda name: name.replace(".", "_"))
    table["ph_ecog"] = table["ph_ecog"].clip(upper=2)
    table = table.rename(columns={"time": "days", "status": "died"})
    described = {
        "age": ("integer", "years", ""),
        "sex": ("category", "", "1=male;2=female"),
        "ph_ecog": ("category", "", "0=asymptomatic;1=ambulatory;2=in bed part of the day or worse"),
        "ph_karno": ("integer", "points", ""),
        "pat_karno": ("integer", "points", ""),
        "meal_cal": ("integer", "kcal", ""),
        "wt_loss": ("integer", "lb", ""),
    }
    write(folder, "lung", table, described, seed, horizon=180)


def gbsg2(folder: Path, seed: int) -> None:
    """Node-positive breast cancer (lifelines): words as codes, days."""
    from lifelines.datasets import load_gbsg2

    table = load_gbsg2().rename(columns={"time": "days", "cens": "died", "horTh": "hormone"})
    described = {
        "hormone": ("category", "", "no=no;yes=yes"),
        "age": ("integer", "years", ""),
        "menostat": ("category", "", "Pre=premenopausal;Post=postmenopausal"),
        "tsize": ("integer", "mm", ""),
        "tgrade": ("category", "", "I=1;II=2;III=3"),
        "pnodes": ("integer", "nodes", ""),
        "progrec": ("integer", "fmol", ""),
        "estrec": ("integer", "fmol", ""),
    }
    write(folder, "gbsg2", table, described, seed, horizon=1095)


def larynx(folder: Path, seed: int) -> None:
    """Cancer of the larynx (lifelines): ninety patients, years turned into days, public rows only."""
    from lifelines.datasets import load_larynx

    table = load_larynx()
    stage = 1 + table["Stage_II"] + 2 * table["Stage_III"] + 3 * table["Stage_IV"]
    table = pd.DataFrame(
        {"stage": stage, "age": table["age"], "days": (table["time"] * 365.25).round(), "died": table["death"]}
    ).astype(int)
    described = {"stage": ("category", "", "1=I;2=II;3=III;4=IV"), "age": ("integer", "years", "")}
    write(folder, "larynx", table, described, seed, horizon=1095, parts=(0.5, 0.5, 0.0))


def breast(folder: Path, seed: int) -> None:
    """Breast masses (scikit-learn): thirty measurements, several of which tell the diagnosis nearly alone."""
    from sklearn.datasets import load_breast_cancer

    table = load_breast_cancer(as_frame=True).frame.rename(columns=lambda name: name.replace(" ", "_"))
    table["malignant"] = 1 - table.pop("target")
    described = {name: ("number", "", "") for name in table.columns if name != "malignant"}
    write(folder, "breast", table, described, seed)


CLEAN: dict[str, Callable[[Path, int], None]] = {"lung": lung, "gbsg2": gbsg2, "larynx": larynx, "breast": breast}


def write(
    folder: Path,
    slug: str,
    table: pd.DataFrame,
    described: Dictionary,
    seed: int,
    *,
    horizon: int | None = None,
    parts: Sequence[float] = (0.5, 0.25, 0.25),
) -> None:
    """Write a folder with a random split, stratified by the event, and random ids in random order."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    outcome = ["days", "died"] if horizon else ["malignant"]
    table = table.reset_index(drop=True)
    numbers = rng.permutation(900_000)[: len(table)] + 100_000
    table.insert(0, "patient_id", [f"P{number}" for number in numbers])
    table["split"] = ""
    for rows in table.groupby(outcome[-1]).groups.values():
        order = rng.permutation(np.asarray(rows))
        first, second = (round(share * len(order)) for share in np.cumsum(parts)[:2])
        table.loc[order[:first], "split"] = "train"
        table.loc[order[first:second], "split"] = "public"
        table.loc[order[second:], "split"] = "private"
    table = table.sort_values("patient_id")
    train, test = table[table["split"] == "train"], table[table["split"] != "train"]
    covariates = ["patient_id", *described]
    _save(folder / "train.csv", train[[*covariates, *outcome]])
    _save(folder / "test.csv", test[covariates])
    _save(folder / "labels.csv", test[["patient_id", *outcome, "split"]])
    _save(folder / "sample_submission.csv", test[["patient_id"]].assign(p=0.5))
    _dictionary(folder / "dictionary.csv", described, outcome)
    kind = "survival" if horizon else "binary"
    body = TIMED.format(horizon=horizon) if horizon else BINARY
    toml = HEAD.format(slug=f"{slug}-practice", practice="true", kind=kind) + body + TAIL
    (folder / "challenge.toml").write_text(toml, encoding="utf-8")
    for name in ("overview", "evaluation", "data", "rules"):
        for language, text in TEXTS.items():
            (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")


def _save(path: Path, table: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = table.convert_dtypes()  # whole numbers stay whole where some are missing
    table.to_csv(path, index=False, lineterminator="\n")


def _dictionary(path: Path, described: Dictionary, outcome: Sequence[str]) -> None:
    rows = [("patient_id", "id", "", "")] + [(name, *facts) for name, facts in described.items()]
    rows += [("days", "integer", "days", "")] if "days" in outcome else []
    rows += [(outcome[-1], "category", "", "0=no;1=yes")]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("column", "type", "unit", "codes", "block", "description.ko", "description.en"))
        out.writerows((*row, "main", f"{row[0]} 변수", f"The variable {row[0]}") for row in rows)
