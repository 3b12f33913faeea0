"""The programs of a drafted folder: they run as they stand, write valid files, and beat knowing nothing."""

import contextlib
import io
import runpy
import sys

import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter

from challenges import definition, predictions, preparing, source_table, validation
from challenges.answers import Answers
from challenges.planning import Plan

COUNT = 400


def drawn(kind):
    """Patients whose risk depends on a number and a category, with missing values and a level that is rare."""
    draw = np.random.default_rng(11)
    marker = draw.normal(size=COUNT).round(3)
    grade = draw.choice(["I", "II", "III", "IV"], COUNT, p=[0.4, 0.3, 0.29, 0.01])
    risk = np.exp(0.8 * marker + 0.7 * (grade == "III"))
    frame = pd.DataFrame({"marker": marker, "grade": grade, "sex": draw.integers(1, 3, COUNT)})
    if kind == "binary":
        frame["outcome"] = (draw.random(COUNT) < risk / (2 + risk)).astype(int)
    else:
        first, second = draw.exponential(900 / risk), draw.exponential(2500, COUNT)
        lost = draw.uniform(400, 2500, COUNT)
        frame["time"] = np.ceil(np.minimum(np.minimum(first, second if kind == "competing" else lost), lost))
        other = 2 if kind == "competing" else 0
        frame["event"] = np.where(first <= frame["time"], 1, np.where(second <= frame["time"], other, 0))
    frame.loc[draw.random(COUNT) < 0.1, "marker"] = np.nan
    frame.loc[draw.random(COUNT) < 0.1, "grade"] = None
    return frame.to_csv(index=False).encode()


@pytest.fixture(scope="module", params=["survival", "competing", "binary", "rank"])
def folder(request, tmp_path_factory):
    """A folder of each kind, and one of survival whose primary asks for a risk."""
    kind = "survival" if request.param == "rank" else request.param
    columns = {"outcome": "outcome"} if kind == "binary" else {"time": "time", "event": "event"}
    primary = "harrell_c" if request.param == "rank" else ""
    answers = Answers("drawn-one", "가", "A", "가", "A", kind, id="", **columns, license="x", primary=primary)
    made = preparing.prepare(source_table.read(drawn(kind)), Plan(answers, "seed"))
    path = tmp_path_factory.mktemp(request.param)
    for name, content in made.files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(content, encoding="utf-8")
    run(path, "baseline.py")
    return path


def run(path, program, *arguments):
    """Run a program in its folder as a shell would, in this process: numerics take seconds to load."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as told:
        patch.chdir(path)
        patch.setattr(sys, "argv", [program, *arguments])
        runpy.run_path(program, run_name="__main__")
    return told.getvalue()


def read(path, name, ids):
    defined = definition.load(path)
    expected = predictions.ExpectedIds(pd.read_csv(path / ids, dtype=str)[defined.labels.id].tolist())
    return predictions.read(io.BytesIO((path / name).read_bytes()), definition=defined, expected=expected)


def test_baselines_write_every_file_that_the_definition_names(folder):
    for baseline in definition.load(folder).baselines:
        read(folder, baseline.file, "test.csv")
        read(folder, baseline.train_file, "train.csv")


def test_the_null_is_the_sample(folder):
    null = next(one for one in definition.load(folder).baselines if not one.reference)
    columns = read(folder, null.file, "test.csv").columns
    sample = read(folder, "sample_submission.csv", "test.csv").columns
    assert {name: values[0] for name, values in columns.items()} == {name: values[0] for name, values in sample.items()}


def test_the_null_says_the_same_of_every_training_patient(folder):
    null = next(one for one in definition.load(folder).baselines if not one.reference)
    assert {len(set(values)) for values in read(folder, null.train_file, "train.csv").columns.values()} == {1}


def test_the_model_tells_who_is_at_risk(folder):
    defined = definition.load(folder)
    model = next(one for one in defined.baselines if one.reference)
    found = read(folder, model.file, "test.csv").columns[defined.columns[-1].name]
    test = pd.read_csv(folder / "test.csv")
    assert np.corrcoef(np.array(found), test["marker"].fillna(0))[0, 1] > 0.5


def test_the_starter_writes_a_valid_file(folder, tmp_path):
    told = run(folder, "starter.py", "train.csv", "test.csv", str(tmp_path / "mine.csv"))
    assert "cross-validation" in told
    expected = pd.read_csv(folder / "test.csv", dtype=str)["patient_id"].tolist()
    predictions.read(
        io.BytesIO((tmp_path / "mine.csv").read_bytes()),
        definition=definition.load(folder),
        expected=predictions.ExpectedIds(expected),
    )
    assert "practice" not in told
    train = pd.read_csv(folder / "train.csv", dtype=str)["patient_id"].tolist()
    part = tmp_path / "part.csv"
    part.write_text(validation.written("patient_id", validation.chosen(train)), encoding="utf-8")
    out = tmp_path / "practice.csv"
    run(folder, "starter.py", "train.csv", "test.csv", str(tmp_path / "again.csv"), "--validation", str(part), str(out))
    predictions.read(
        io.BytesIO(out.read_bytes()),
        definition=definition.load(folder),
        expected=predictions.ExpectedIds(validation.chosen(train)),
    )
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "mine.csv").read_bytes()
    assert "# names" not in (folder / "starter.py").read_text(encoding="utf-8")


def test_the_competing_null_is_the_aalen_johansen_curve():
    frame = pd.read_csv(io.BytesIO(drawn("competing")))
    # lifelines moves tied times apart at random, so the times are made different first.
    frame["time"] += np.arange(len(frame)) / 1e6
    made = preparing.prepare(
        source_table.read(frame.to_csv(index=False).encode()),
        Plan(
            Answers(
                "a-b-c",
                "가",
                "A",
                "가",
                "A",
                "competing",
                id="",
                time="time",
                event="event",
                license="x",
                horizons=(365.0, 730.0),
            ),
            "s",
        ),
    )
    train = pd.read_csv(io.StringIO(made.files["train.csv"]))
    curve = AalenJohansenFitter(calculate_variance=False).fit(train["time"], train["event"], event_of_interest=1)
    sample = pd.read_csv(io.StringIO(made.files["sample_submission.csv"])).iloc[0]
    for name, horizon in (("p_1y", 365), ("p_2y", 730)):
        assert sample[name] == pytest.approx(curve.cumulative_density_.loc[:horizon].iloc[-1, 0], abs=2e-6)
