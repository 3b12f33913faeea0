"""The figure beside a challenge's question: the groups, their curves and shares, and what cannot be drawn."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from challenges.definition import load, parse
from tests.challenges.conftest import BINARY, SURVIVAL
from worker import figures

FIGURE = '\n[figure]\ntitle.ko = "가"\ntitle.en = "A"\n'
COUNT = 900


def drawn() -> pd.DataFrame:
    draw = np.random.default_rng(5)
    sex, marker = draw.integers(1, 3, COUNT), draw.normal(size=COUNT)
    time, lost = draw.exponential(900 * np.exp(marker)), draw.uniform(200, 2500, COUNT)
    return pd.DataFrame(
        {
            "patient_id": [f"T{number}" for number in range(COUNT)],
            "sex": sex,
            "marker": (marker + 10 * (sex == 2)).round(4),  # far apart: only within a sex is a third a third
            "days": np.ceil(np.minimum(time, lost)),
            "died": (time <= lost).astype(int),
            "y": (time <= 500).astype(int),
        }
    )


def folder(path: Path, text: str, figure: str, frame: pd.DataFrame):
    if "train =" not in text:
        text = text.replace("[files]\n", '[files]\ntrain = "train.csv"\n')
    (path / "challenge.toml").write_text(text.rstrip() + "\n" + FIGURE + figure, encoding="utf-8")
    frame.to_csv(path / "train.csv", index=False)
    return figures.of(path, load(path))


def test_thirds_are_taken_among_those_alike(tmp_path):
    frame = drawn()
    frame.loc[:20, "marker"] = np.nan
    found = folder(tmp_path, SURVIVAL, 'column = "marker"\nwithin = ["sex"]\n', frame)
    figure = found["figure"]
    assert (figure["kind"], figure["thirds"]) == ("curves", True)
    assert [group["name"] for group in figure["groups"]] == ["0", "1", "2"]
    assert sum(group["n"] for group in figure["groups"]) == COUNT - 21
    assert max(group["n"] for group in figure["groups"]) - min(group["n"] for group in figure["groups"]) <= 4
    assert found["train_events"] == {"1": int(frame["died"].sum())}
    # The same groups by pandas, the curve by lifelines.
    third = frame.groupby("sex")["marker"].transform(lambda one: pd.qcut(one, 3, labels=False))
    for group in figure["groups"]:
        own = frame[third == int(group["name"])]
        peer = KaplanMeierFitter().fit(own["days"], own["died"])
        for time, share, *_ in group["steps"][1:]:
            assert share == pytest.approx(1 - float(peer.predict(time)), abs=1e-5)
        assert len(group["steps"]) <= figures.POINTS + 2
        assert group["steps"][-1][4] >= figures.FEW
    assert figure["groups"][0]["steps"][-1][1] > figure["groups"][2]["steps"][-1][1]
    assert len(json.dumps(found)) < 8000


def test_many_codes_are_given_as_shares_at_the_horizon(tmp_path):
    frame = drawn()
    frame["grade"] = pd.qcut(frame["marker"], 5, labels=False)
    figure = folder(tmp_path, SURVIVAL, 'column = "grade"\n', frame)["figure"]
    assert (figure["kind"], figure["thirds"], len(figure["groups"])) == ("shares", False, 5)
    for group in figure["groups"]:
        own = frame[frame["grade"] == int(group["name"])]
        peer = KaplanMeierFitter().fit(own["days"], own["died"])
        assert group["share"] == pytest.approx(1 - float(peer.predict(figure["horizon"])), abs=0.02)
        assert group["low"] < group["share"] < group["high"]


def test_binary_outcomes_have_wilsons_interval(tmp_path):
    frame = drawn()
    label = parse(BINARY).labels.outcome
    frame[label] = frame["y"]
    figure = folder(tmp_path, BINARY, 'column = "sex"\n', frame)["figure"]
    assert figure["kind"] == "shares"
    for group in figure["groups"]:
        own = frame[frame["sex"] == int(group["name"])][label]
        assert group["share"] == pytest.approx(own.mean(), abs=1e-5)
        assert group["events"] == own.sum()
        reach = 1.96 * np.sqrt(own.mean() * (1 - own.mean()) / len(own))
        assert group["high"] - group["low"] == pytest.approx(2 * reach, rel=0.05)


@pytest.mark.parametrize("figure", ['column = "nowhere"\n', 'column = "patient_id"\n', 'column = "one"\n'])
def test_what_cannot_be_drawn_is_left_out(tmp_path, figure):
    frame = drawn().assign(one=1)
    assert "figure" not in folder(tmp_path, SURVIVAL, figure, frame)


def test_a_broken_training_file_is_for_others_to_tell(tmp_path):
    frame = drawn().astype({"died": object})
    frame.loc[3, "died"] = "perhaps"
    assert folder(tmp_path, SURVIVAL, 'column = "sex"\n', frame) == {}
