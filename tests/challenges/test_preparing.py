"""From a table to a folder's files: one row a patient, outcomes as labels, nothing of the source left in what is sent."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

import challenges
from challenges import authoring, definition, dictionary, labels, predictions, preparing, source_table
from challenges.answers import Answers
from challenges.lines import TableError
from challenges.planning import Plan, Repeated

COLON = Path(challenges.__path__[0]) / "colon_adjuvant" / "source_colon.csv"
ANSWERS = Answers(
    "recurrence", "재발", "Recurrence", "누가?", "Who?", "survival", id="id", time="time", event="status",
    license="LGPL-2.0-or-later", practice=True, subgroups=("sex",),
)  # fmt: skip
PLAN = Plan(ANSWERS, "a seed", keep=(("etype", "1"),), stratify=("extent",))


@pytest.fixture(scope="module")
def colon():
    return source_table.read(COLON.read_bytes())


@pytest.fixture(scope="module")
def made(colon):
    return preparing.prepare(source_table.read(COLON.read_bytes()), PLAN)


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def small(text, **given):
    kind = given.pop("kind", "survival")
    columns = {"time": "t", "event": "e"} if kind in ("survival", "competing") else {}
    answers = Answers("small-one", "가", "A", "가", "A", kind, **{"id": "", **columns}, license="x").but(
        **{name: given.pop(name) for name in list(given) if name in Answers.__slots__}
    )
    return preparing.prepare(source_table.read(text.encode()), Plan(answers, "s", **given))


def rows(count=60, cells="{n},{t},{e}", head="x,t,e"):
    lines = [cells.format(n=n % 7, t=100 + 37 * n % 1000, e=n % 2, i=n) for n in range(count)]
    return head + "\n" + "\n".join(lines) + "\n"


def test_the_files_agree_with_the_definition_and_with_each_other(made):
    defined = definition.parse(made.files["challenge.toml"])
    assert authoring.problems(made.answers) == {}
    train, test = table(made.files["train.csv"]), table(made.files["test.csv"])
    hidden = labels.read_labels(made.files["labels.csv"].encode(), defined)
    assert (len(train), len(test)) == (made.rows["train"], made.rows["public"] + made.rows["private"]) == (465, 464)
    assert [row["patient_id"] for row in test] == list(hidden.ids)
    assert not {"time", "status", "etype", "id", "study"} & set(test[0])
    assert {"time", "status"} < set(train[0])
    described = {one.column for one in dictionary.read(made.files["dictionary.csv"])}
    assert described == set(train[0])
    expected = predictions.ExpectedIds(hidden.ids)
    read = predictions.read(
        io.BytesIO(made.files["sample_submission.csv"].encode()), definition=defined, expected=expected
    )
    assert 0.2 < read.columns["p_1y"][0] < read.columns["p_3y"][0] < read.columns["p_5y"][0] < 0.55


def test_events_and_strata_are_divided_alike(made):
    shares = {part: made.events[part] / made.rows[part] for part in made.rows}
    assert max(shares.values()) - min(shares.values()) < 0.01
    assert sum(made.rows.values()) == 929
    assert sum(made.events.values()) == 468  # the recurrences that the source's own documentation counts


def test_every_patient_is_once_where_the_key_says_and_with_the_right_outcome(made, colon):
    key = {row["id"]: row for row in table(made.files["private/ids.csv"])}
    source = {row["id"]: row for row in table(COLON.read_text(encoding="utf-8")) if row["etype"] == "1"}
    seen = set()
    for name in ("train.csv", "labels.csv"):
        for row in table(made.files[name]):
            entry = key[row["patient_id"]]
            patient = source[entry["source_id"]]
            assert (row["time"], row["status"]) == (patient["time"], patient["status"])
            assert entry["part"] == row.get("split", "train")
            assert colon.rows[int(entry["source_row"]) - 1][0] == entry["source_id"]
            seen.add(entry["source_id"])
    assert len(seen) == 929


def test_the_same_seed_gives_the_same_files_and_another_gives_others(made, colon):
    again = preparing.prepare(colon, PLAN)
    assert again.files == made.files
    other = preparing.prepare(colon, replace(PLAN, seed="another"))
    assert other.files["labels.csv"] != made.files["labels.csv"]


def test_the_seed_and_the_source_stay_in_the_private_folder(made):
    assert json.loads(made.files["private/split.json"])["seed"] == "a seed"
    sent = "".join(text for name, text in made.files.items() if not name.startswith("private/"))
    assert "a seed" not in sent


def test_patients_with_several_rows_are_refused_with_the_choices(colon):
    with pytest.raises(Repeated) as caught:
        preparing.prepare(colon, replace(PLAN, keep=()))
    assert caught.value.choices == {"etype": ["1", "2"]}
    assert "--keep etype=1 / --keep etype=2" in caught.value.message.en
    assert "929" in caught.value.message.en


def test_rows_that_stand_twice_are_taken_out_where_there_is_an_id():
    text = rows(cells="{i},{n},{t},{e}", head="id,x,t,e")
    doubled = text + text.split("\n", 1)[1]
    made = small(doubled, id="id", horizons=(365.0,))
    assert sum(made.rows.values()) == 60
    assert any("60 row(s) were there twice" in note.en for note in made.notes)
    without = small(doubled.replace("id,", "zz,"), horizons=(365.0,))
    assert any("repeat another in every value" in note.en for note in without.notes)


def test_rows_without_an_outcome_are_taken_out_and_said():
    made = small(rows() + "1,,1\n2,300,\n", horizons=(365.0,))
    assert sum(made.rows.values()) == 60
    assert any("2 row(s) without an outcome" in note.en for note in made.notes)


def test_twelve_months_become_the_days_of_a_year():
    made = small(rows(cells="{n},12,1").replace("12,1\n", "18.5,0\n", 20), time_unit="months", horizons=(365.0,))
    days = {row["days"] for row in table(made.files["train.csv"])}
    assert days == {"365.25", "563.09"}
    assert made.answers.time == "days"


@pytest.mark.parametrize(
    ("values", "given", "codes"),
    [
        ("dead alive", {}, {"dead": "1", "alive": "0"}),
        ("True False", {}, {"True": "1", "False": "0"}),
        ("1 2", {"event_value": "2"}, {"1": "0", "2": "1"}),
        ("a b c", {"event_value": "b"}, {"a": "0", "b": "1", "c": "0"}),
    ],
)
def test_events_are_coded_and_said(values, given, codes):
    words = values.split()
    text = "x,t,e\n" + "".join(f"{n % 7},{100 + n},{words[n % len(words)]}\n" for n in range(60))
    made = small(text, horizons=(130.0,), **given)
    key = {row["id"]: int(row["source_row"]) for row in table(made.files["private/ids.csv"])}
    for name in ("train.csv", "labels.csv"):
        for row in table(made.files[name]):
            assert row["e"] == codes[words[(key[row["patient_id"]] - 1) % len(words)]]
    assert any("was recoded" in note.en for note in made.notes)


def test_competing_events_are_told_apart():
    text = "x,t,e\n" + "".join(f"{n % 7},{100 + n},{n % 3}\n" for n in range(90))
    assert sum(small(text, kind="competing", horizons=(150.0,)).events.values()) == 30
    floats = text.replace(",0\n", ",0.0\n").replace(",1\n", ",1.0\n").replace(",2\n", ",2.0\n")
    assert sum(small(floats, kind="competing", horizons=(150.0,)).events.values()) == 30
    named = text.replace(",0\n", ",censored\n").replace(",1\n", ",cancer\n").replace(",2\n", ",other\n")
    made = small(named, kind="competing", horizons=(150.0,), event_value="cancer", competing_value="other")
    assert {row["e"] for row in table(made.files["train.csv"])} == {"0", "1", "2"}


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        (rows(), {"event_value": "9"}, "unknown_value"),
        (rows().replace(",1\n", ",2\n"), {}, "unclear_events"),
        (rows().replace("x,t,e", "x,t,z"), {}, "unknown_column"),
        (rows(), {"time": ""}, "missing_column"),
        (rows().replace("100,0", "-3,0"), {}, "bad_time"),
        (rows().replace("100,0", "2019-01-01,0"), {}, "bad_time"),
        (rows().replace("100,0", "3e999,0"), {"time_unit": "months"}, "bad_time"),
        (rows(), {"keep": (("x", "99"),)}, "nothing_kept"),
        (rows(), {"drop": ("x",)}, "no_variable"),
        (rows(2), {"horizons": (365.0,)}, "too_few_rows"),
        (rows().replace(",1\n", ",0\n"), {}, "no_event"),
        (rows(cells="{n},{n},{e}"), {}, "no_horizon"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_sentence(text, given, code):
    with pytest.raises(TableError) as caught:
        small(text, **given)
    assert caught.value.code == code
    assert caught.value.message.ko != caught.value.message.en


def test_effects_keep_their_names_and_have_no_training_file():
    text = "estimand,arm,truth\n" + "".join(f"effect {n},{'ab'[n % 2]},{n / 100}\n" for n in range(20))
    made = small(text, kind="effect", id="estimand", truth="truth", practice=True)
    assert "train.csv" not in made.files
    assert {row["estimand"] for row in table(made.files["test.csv"])} == {f"effect {n}" for n in range(20)}
    assert "truth" not in made.files["test.csv"]
    assert made.rows == {"train": 0, "public": 10, "private": 10}


def test_a_table_for_reports_is_released_as_it_is_with_new_ids():
    made = small(rows(cells="{i},{n},{t},{e}", head="id,x,t,e"), kind="report", id="id")
    assert set(table(made.files["train.csv"])[0]) == {"patient_id", "x", "t", "e"}
    assert "labels.csv" not in made.files
    assert definition.parse(made.files["challenge.toml"]).kind == "report"
