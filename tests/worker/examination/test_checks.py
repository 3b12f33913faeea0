"""Each check seen green on a sound folder, and red when one thing in it is spoiled: code, state and place."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.worker.examination.sound import Sound, brief, found, sound
from worker.examination.questions import QUESTIONS

RNG = np.random.default_rng(3)


def test_a_sound_folder_passes_every_check(tmp_path: Path):
    lines = found(sound().write(tmp_path), "pass")
    assert found(tmp_path) == []
    assert {
        "definition", "missing_text", "file", "dictionary", "values", "wrong_units", "follow_up", "split_balance",
        "duplicates", "row_order", "id_order", "id_content", "single_column", "missing_tells", "constant_column",
        "after_time_zero", "identifiers", "small_cell", "provenance", "precision", "beats_null", "undefined_metric", "baselines",
    } == {line["code"] for line in lines}  # fmt: skip
    assert all(line["question"]["en"] == QUESTIONS[line["code"]].en for line in lines)


# ---- what is spoiled, by what it does -----------------------------------------------------------------------------------


def no_korean_overview(it: Sound) -> None:
    del it.files["overview.ko.md"]


def no_agreement(it: Sound) -> None:
    del it.files["agreement.en.md"]


def gap(it: Sound) -> None:
    it.files["rules.ko.md"] += "\n> 채울 곳: 연락처\n"


def english_gap(it: Sound) -> None:
    it.files["data.en.md"] += "\n\n  > To fill in: where the data come from\n"


def untitled(it: Sound) -> None:
    it.change("challenge.toml", '"A sound challenge"', '"To fill in: the title"')


def meaningless(it: Sound) -> None:
    it.change("dictionary.csv", "성별,Sex", "채울 곳: 이 열의 뜻을 적으십시오.,Sex")


def nameless_code(it: Sound) -> None:
    it.change("dictionary.csv", "2=female", "2=?")


def untranslated(it: Sound) -> None:
    it.files["evaluation.ko.md"] = it.files["evaluation.en.md"]


def no_such_metric(it: Sound) -> None:
    it.change("challenge.toml", 'name = "uno_c"', 'name = "unos_c"')


def no_train(it: Sound) -> None:
    it.change("challenge.toml", 'train = "train.csv"', 'train = "training.csv"')


def other_ids(it: Sound) -> None:
    it.labels.loc[it.labels.index[5], "patient_id"] = "P000001"


def shared_id(it: Sound) -> None:
    it.train.loc[it.train.index[7], "patient_id"] = it.test["patient_id"].iloc[3]


def id_twice(it: Sound) -> None:
    it.test.loc[it.test.index[9], "patient_id"] = it.test["patient_id"].iloc[4]


def label_column(it: Sound) -> None:
    it.test["Died"] = it.labels["died"].to_numpy()


def one_sided(it: Sound) -> None:
    it.train["ldh"] = RNG.integers(100, 400, len(it.train))
    it.files["dictionary.csv"] += "ldh,integer,U/L,,,효소,Enzyme\n"


def unknown_subgroup(it: Sound) -> None:
    it.change("challenge.toml", 'columns = ["sex", "stage"]', 'columns = ["sex", "region"]')


def undescribed(it: Sound) -> None:
    it.both("site", lambda rows: RNG.integers(1, 4, len(rows)))
    it.change("dictionary.csv", "site,category,,,main,변수,A variable\n", "")


def described_nowhere(it: Sound) -> None:
    it.files["dictionary.csv"] += "waist,number,cm,,,허리둘레,Waist\n"


def bad_dictionary(it: Sound) -> None:
    it.change("dictionary.csv", "sex,category,", "sex,words,")


def no_private(it: Sound) -> None:
    it.labels["split"] = "public"


def bad_split(it: Sound) -> None:
    it.labels.loc[it.labels.index[0], "split"] = "hidden"


def bad_event(it: Sound) -> None:
    it.labels.loc[it.labels.index[3], "died"] = 3


def bad_train_time(it: Sound) -> None:
    it.train.loc[it.train.index[6], "days"] = -4


def no_train_outcome(it: Sound) -> None:
    del it.train["died"]


def unknown_code(it: Sound) -> None:
    it.test.loc[it.test.index[10], "stage"] = 4


def words_for_numbers(it: Sound) -> None:
    it.train["hb"] = it.train["hb"].astype(object)
    it.train.loc[it.train.index[2], "hb"] = "low"


def halves(it: Sound) -> None:
    it.test["sbp"] = it.test["sbp"].astype(float)
    it.test.loc[it.test.index[1], "sbp"] = 120.5


def dots(it: Sound) -> None:
    it.test["bmi"] = it.test["bmi"].astype(object)
    it.test.loc[it.test.index[4], "bmi"] = "."


def sentinel(it: Sound) -> None:
    it.train.loc[it.train.index[:6], "marker"] = 9999


def impossible(it: Sound) -> None:
    it.train.loc[it.train.index[8], "age"] = 190


def fractions(it: Sound) -> None:
    it.both("grade4", lambda rows: np.round(RNG.uniform(0, 1, len(rows)), 3))
    it.change("dictionary.csv", "grade4,category,", "grade4,number,%")


def age_in_months(it: Sound) -> None:
    it.test["age"] *= 12


def marker_thousandfold(it: Sound) -> None:
    it.test["marker"] = np.round(it.test["marker"] * 1000, 1)


def months(it: Sound) -> None:
    for table in (it.train, it.labels):
        table["days"] = np.round(table["days"] / 30.4375, 1)


def train_in_years(it: Sound) -> None:
    it.train["days"] = np.round(it.train["days"] / 365.25, 3)


def said_in_months(it: Sound) -> None:
    it.change("dictionary.csv", "days,integer,days", "days,integer,months")


def too_late(it: Sound) -> None:
    it.change("challenge.toml", "horizon = 1095\nprimary", "horizon = 2480\nprimary")
    it.change(
        "challenge.toml",
        'name = "p_3y"\nis = "event_probability"\nhorizon = 1095',
        'name = "p_3y"\nis = "event_probability"\nhorizon = 2480',
    )
    it.change("challenge.toml", "tau = 1095", "tau = 365")


def too_early(it: Sound) -> None:
    for name in ("horizon = 365", "horizon = 1095", "horizon = 1095", "tau = 1095"):
        it.change("challenge.toml", name, name.replace("365", "4").replace("1095", "5"))


def unequal_events(it: Sound) -> None:
    private = (it.labels["split"] == "private").to_numpy()
    dead = it.labels["died"] == 1
    order = RNG.permutation(np.flatnonzero(private & dead.to_numpy()))[:90]
    it.labels.loc[it.labels.index[order], "split"] = "public"
    order = RNG.permutation(np.flatnonzero(~private & ~dead.to_numpy()))[:90]
    it.labels.loc[it.labels.index[order], "split"] = "private"


def older_test(it: Sound) -> None:
    it.test["sbp"] += 9


def more_missing(it: Sound) -> None:
    it.test.loc[it.test.index[RNG.permutation(len(it.test))[:90]], "hb"] = np.nan


def copies(it: Sound) -> None:
    covariates = [name for name in it.test.columns if name != "patient_id"]
    it.test.loc[it.test.index[20:25], covariates] = it.train[covariates].iloc[40:45].to_numpy()


def copies_within(it: Sound) -> None:
    covariates = [name for name in it.train.columns if name != "patient_id"]
    it.train.loc[it.train.index[20:25], covariates] = it.train[covariates].iloc[40:45].to_numpy()


def nearly_copies(it: Sound) -> None:
    covariates = [name for name in it.test.columns if name != "patient_id"]
    it.test.loc[it.test.index[20:26], covariates] = it.train[covariates].iloc[40:46].to_numpy()
    it.test.loc[it.test.index[20:26], "sbp"] += 3


def jittered_copies(it: Sound) -> None:
    covariates = [name for name in it.test.columns if name != "patient_id"]
    it.test.loc[it.test.index[20:28], covariates] = it.train[covariates].iloc[40:48].to_numpy()
    for name in ("marker", "hb", "bmi"):
        it.test.loc[it.test.index[20:28], name] += 0.01


def sorted_train(it: Sound) -> None:
    it.train = it.train.sort_values(["died", "days"], kind="stable")


def sorted_test(it: Sound) -> None:
    order = np.argsort(-it.labels["died"].to_numpy(), kind="stable")
    it.test, it.labels, it.sample = (table.iloc[order] for table in (it.test, it.labels, it.sample))


def sorted_sample(it: Sound) -> None:
    it.sample = it.sample.iloc[np.argsort(it.labels["days"].to_numpy(), kind="stable")]


def sorted_labels(it: Sound) -> None:
    it.labels = it.labels.sort_values("days")


def blocks(it: Sound) -> None:
    order = np.argsort(it.labels["split"].to_numpy(), kind="stable")
    it.test, it.labels, it.sample = (table.iloc[order] for table in (it.test, it.labels, it.sample))


def _renamed(it: Sound, named: Callable[[pd.DataFrame], list[str]]) -> None:
    known = it.test.merge(it.labels, on="patient_id")
    names = dict(zip(known["patient_id"], named(known), strict=True))
    for table in (it.test, it.labels, it.sample):
        table["patient_id"] = table["patient_id"].map(names)
    for name in ("age", "more"):
        text = it.files[f"baseline_{name}.csv"]
        for old, new in names.items():
            text = text.replace(old + ",", new + ",")
        it.files[f"baseline_{name}.csv"] = text


def ids_by_time(it: Sound) -> None:
    _renamed(it, lambda known: [f"Q{place:05d}" for place in known["days"].rank(method="first").astype(int)])


def ids_with_event(it: Sound) -> None:
    numbers = RNG.permutation(900_000)
    _renamed(it, lambda known: [f"Q{numbers[row]:06d}{'AB'[died]}" for row, died in enumerate(known["died"])])


def sample_of_answers(it: Sound) -> None:
    it.sample["p_1y"] = it.sample["p_3y"] = 0.1 + 0.8 * it.labels["died"].to_numpy()


def cause(it: Sound) -> None:
    it.both("cause", lambda rows: np.where(rows["died"] == 1, RNG.choice([1, 2], len(rows)), 0))


def telling(it: Sound) -> None:
    # Right for nineteen of twenty patients, whether they die or not.
    it.both("ward", lambda rows: np.where(RNG.uniform(size=len(rows)) < 0.96, rows["died"], 1 - rows["died"]))


def months_alive(it: Sound) -> None:
    it.both("visits", lambda rows: 3 + 2 * rows["days"])
    it.change("dictionary.csv", "visits,category,", "visits,integer,")


def filled_after_death(it: Sound) -> None:
    it.both("autopsy", lambda rows: np.where(rows["died"] == 1, RNG.integers(1, 4, len(rows)).astype(float), np.nan))


def constant(it: Sound) -> None:
    it.both("country", lambda rows: np.ones(len(rows), dtype=int))


def blank_in_test(it: Sound) -> None:
    it.both("grade", lambda rows: RNG.integers(1, 3, len(rows)))
    it.test["grade"] = 1


def _dates(rows: pd.DataFrame, after: pd.Series | int) -> list[str]:
    start = pd.Timestamp("2015-01-01") + pd.to_timedelta(rows.index.to_series().mod(1400).to_numpy(), unit="D")
    return list((start + pd.to_timedelta(np.asarray(after), unit="D")).strftime("%Y-%m-%d"))


def last_contact(it: Sound) -> None:
    it.both("dx_date", lambda rows: _dates(rows, 0))
    it.both("seen_on", lambda rows: _dates(rows, rows["days"]))


def later_date(it: Sound) -> None:
    it.both("surgery_date", lambda rows: _dates(rows, 0))
    it.both("discharge_date", lambda rows: _dates(rows, RNG.integers(3, 30, len(rows))))


def a_date(it: Sound) -> None:
    it.both("referral", lambda rows: _dates(rows, 0))


def after_by_name(it: Sound) -> None:
    it.both("recurrence", lambda rows: RNG.integers(0, 2, len(rows)))


def resident_numbers(it: Sound) -> None:
    it.both("code", lambda rows: [f"{rng_date(row)}-{1 + row % 4}{row:06d}" for row in range(len(rows))])


def bare_resident_numbers(it: Sound) -> None:
    it.both("code", lambda rows: [checked(f"{rng_date(row)}{1 + row % 4}{row:05d}") for row in range(len(rows))])


def masked_resident_number(it: Sound) -> None:
    it.both("code", lambda rows: ["X1"] * (len(rows) - 1) + ["690412-2******"])


def rng_date(row: int) -> str:
    return f"{40 + row % 50:02d}{1 + row % 12:02d}{1 + row % 28:02d}"


def checked(twelve: str) -> str:
    total = sum(int(one) * weight for one, weight in zip(twelve, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
    return f"{twelve}{(11 - total % 11) % 10}"


def phones(it: Sound) -> None:
    it.both("reach", lambda rows: [f"010-{1000 + row}-{2000 + row}" for row in range(len(rows))])


def emails(it: Sound) -> None:
    it.both("reach", lambda rows: [f"person{row}@example.org" for row in range(len(rows))])


def addresses(it: Sound) -> None:
    it.both("reach", lambda rows: [f"서울시 종로구 세종로 {row}" for row in range(len(rows))])


def korean_names(it: Sound) -> None:
    given = "민서지윤하준도현수빈예은우진서연"
    it.both("who", lambda rows: ["김이박최정"[r % 5] + given[r % 13] + given[(r // 5) % 14] for r in range(len(rows))])


def latin_names(it: Sound) -> None:
    first = ("Anna", "Ben", "Clara", "David", "Eva", "Finn", "Greta")
    it.both(
        "who",
        lambda rows: [
            f"{first[r % 7]} {chr(65 + r % 26)}{'aeiou'[r % 5]}{'lmnrst'[r % 6] * 2}{'o' * (r // 26)}"
            for r in range(len(rows))
        ],
    )


def identifying_by_name(it: Sound) -> None:
    it.both("mrn", lambda rows: RNG.permutation(len(rows)))
    it.change("dictionary.csv", "mrn,category,", "mrn,integer,")


def birth_dates(it: Sound) -> None:
    it.both("birth_date", lambda rows: _dates(rows, -20000))


def notes(it: Sound) -> None:
    it.both(
        "note",
        lambda rows: [f"Patient {row} walked to the ward and felt rather well today" for row in range(len(rows))],
    )


def rare_stage(it: Sound) -> None:
    it.train.loc[it.train.index[10:14], "stage"] = 4
    it.change("dictionary.csv", "3=III", "3=III;4=IV")
    it.change("challenge.toml", 'columns = ["sex", "stage"]', 'columns = ["sex"]')


def rare_subgroup(it: Sound) -> None:
    it.test.loc[it.test.index[10:30], "stage"] = 4
    it.train.loc[it.train.index[10:30], "stage"] = 4
    it.change("dictionary.csv", "3=III", "3=III;4=IV")


def singled_out(it: Sound) -> None:
    it.files["datasheet.toml"] = '\nquasi_identifiers = ["age", "sex", "stage"]\n'


def quasi_identifier_unknown(it: Sound) -> None:
    it.files["datasheet.toml"] = 'quasi_identifiers = ["sex", "region"]\n'


def real_people(it: Sound) -> None:
    it.change("challenge.toml", "synthetic = true", "synthetic = false")


def no_train_predictions(it: Sound) -> None:
    it.change("challenge.toml", 'train_file = "baseline_age_train.csv"\n', "")
    it.change("challenge.toml", 'gate = "none"', 'gate = "significant"')


def narrow_gate(it: Sound) -> None:
    it.change("challenge.toml", 'gate = "none"', 'gate = "significant"')


def turned_around(it: Sound) -> None:
    lines = it.files["baseline_more_train.csv"].splitlines()
    values = sorted((line.split(",")[1:] for line in lines[1:]), key=lambda row: float(row[1]))
    known = (
        pd.Series([float(line.split(",")[2]) for line in lines[1:]]).rank(method="first", ascending=False).astype(int)
    )
    turned = [",".join([line.split(",")[0], *values[place - 1]]) for line, place in zip(lines[1:], known, strict=True)]
    it.files["baseline_more_train.csv"] = "\n".join([lines[0], *turned]) + "\n"


def missing_baseline(it: Sound) -> None:
    del it.files["baseline_more.csv"]


def broken_program(it: Sound) -> None:
    del it.files["baseline_more.csv"]
    it.files["baseline.py"] = "def write(folder):\n    print('hello')\n    raise KeyError('days')\n"


def bad_sample(it: Sound) -> None:
    it.sample.loc[it.sample.index[4], "p_3y"] = 1.7


def bad_datasheet(it: Sound) -> None:
    it.files["datasheet.toml"] = '[[accepted]]\ncode = "small_cell"\nreasons.ko = "x"\n'


def stale_reason(it: Sound) -> None:
    it.files["datasheet.toml"] = '[[accepted]]\ncode = "small_cell"\nreason.ko = "까닭"\nreason.en = "Why"\n'


RED = [
    (no_korean_overview, "warn", "missing_text", "overview.ko.md", None),
    (no_agreement, "fail", "missing_text", "agreement.en.md", None),
    (gap, "warn", "text_gap", "rules.ko.md", None),
    (english_gap, "warn", "text_gap", "data.en.md", None),
    (untitled, "warn", "text_gap", "challenge.toml", None),
    (meaningless, "warn", "text_gap", "dictionary.csv", None),
    (nameless_code, "warn", "text_gap", "dictionary.csv", None),
    (untranslated, "warn", "text_language", "evaluation.ko.md", None),
    (no_such_metric, "fail", "definition", "challenge.toml", "metrics#2.name"),
    (no_train, "fail", "missing_file", "training.csv", None),
    (other_ids, "fail", "other_rows", "labels.csv", "patient_id"),
    (shared_id, "fail", "same_patient", "train.csv", "patient_id"),
    (id_twice, "fail", "duplicate_id", "test.csv", "patient_id"),
    (label_column, "fail", "label_in_test", "test.csv", "Died"),
    (one_sided, "warn", "other_columns", "train.csv", "ldh"),
    (unknown_subgroup, "fail", "unknown_subgroup", "test.csv", "region"),
    (undescribed, "warn", "undescribed_column", "dictionary.csv", "site"),
    (described_nowhere, "warn", "undescribed_column", "dictionary.csv", "waist"),
    (bad_dictionary, "fail", "bad_dictionary", "dictionary.csv", None),
    (no_private, "fail", "missing_split", "labels.csv", "split"),
    (bad_split, "fail", "bad_split", "labels.csv", "split"),
    (bad_event, "fail", "bad_value", "labels.csv", "died"),
    (bad_train_time, "fail", "bad_value", "train.csv", "days"),
    (no_train_outcome, "warn", "train_without_outcome", "train.csv", "died"),
    (unknown_code, "fail", "unknown_code", "test.csv", "stage"),
    (words_for_numbers, "fail", "not_a_number", "train.csv", "hb"),
    (halves, "fail", "not_a_number", "test.csv", "sbp"),
    (dots, "warn", "missing_mark", "test.csv", "bmi"),
    (sentinel, "warn", "missing_mark", "train.csv", "marker"),
    (impossible, "warn", "implausible_value", "train.csv", "age"),
    (fractions, "fail", "wrong_units", "train.csv", "grade4"),
    (age_in_months, "fail", "wrong_units", "test.csv", "age"),
    (marker_thousandfold, "fail", "wrong_units", "test.csv", "marker"),
    (months, "fail", "wrong_units", "labels.csv", "days"),
    (train_in_years, "fail", "wrong_units", "train.csv", "days"),
    (said_in_months, "warn", "wrong_units", "dictionary.csv", "days"),
    (too_late, "fail", "too_censored", "challenge.toml", "ipa@2480"),
    (too_early, "fail", "too_few_events", "challenge.toml", "ipa@5"),
    (unequal_events, "warn", "split_events", "labels.csv", None),
    (older_test, "warn", "split_columns", "test.csv", "sbp"),
    (more_missing, "warn", "split_columns", "test.csv", "hb"),
    (copies, "fail", "duplicates", "test.csv", None),
    (copies_within, "warn", "duplicates_within", "train.csv", None),
    (nearly_copies, "warn", "near_duplicates", "test.csv", "sbp"),
    (jittered_copies, "warn", "near_duplicates", "test.csv", None),
    (sorted_train, "fail", "row_order", "train.csv", None),
    (sorted_test, "fail", "row_order", "test.csv", None),
    (sorted_sample, "fail", "row_order", "sample_submission.csv", None),
    (sorted_labels, "fail", "row_order", "labels.csv", None),
    (blocks, "fail", "row_order", "test.csv", None),
    (ids_by_time, "fail", "id_order", "test.csv", "patient_id"),
    (ids_with_event, "fail", "id_content", "test.csv", "patient_id"),
    (sample_of_answers, "fail", "sample_tells", "sample_submission.csv", "p_3y"),
    (cause, "fail", "label_function", "train.csv", "cause"),
    (telling, "warn", "single_column", "test.csv", "ward"),
    (months_alive, "fail", "label_function", "train.csv", "visits"),
    (filled_after_death, "fail", "missing_tells", "train.csv", "autopsy"),
    (constant, "warn", "constant_column", "train.csv", "country"),
    (blank_in_test, "warn", "constant_column", "test.csv", "grade"),
    (last_contact, "fail", "after_time_zero", "train.csv", "seen_on"),
    (later_date, "fail", "after_time_zero", "train.csv", "discharge_date"),
    (a_date, "warn", "exact_date", "train.csv", "referral"),
    (after_by_name, "warn", "after_time_zero", "train.csv", "recurrence"),
    (resident_numbers, "fail", "direct_identifier", "train.csv", "code"),
    (bare_resident_numbers, "fail", "direct_identifier", "train.csv", "code"),
    (masked_resident_number, "fail", "direct_identifier", "train.csv", "code"),
    (phones, "fail", "direct_identifier", "train.csv", "reach"),
    (emails, "fail", "direct_identifier", "train.csv", "reach"),
    (addresses, "fail", "direct_identifier", "train.csv", "reach"),
    (korean_names, "fail", "direct_identifier", "train.csv", "who"),
    (latin_names, "fail", "direct_identifier", "train.csv", "who"),
    (identifying_by_name, "warn", "identifying_name", "train.csv", "mrn"),
    (birth_dates, "fail", "direct_identifier", "train.csv", "birth_date"),
    (notes, "warn", "free_text", "train.csv", "note"),
    (rare_stage, "warn", "small_cell", "train.csv", "stage"),
    (rare_subgroup, "warn", "small_subgroup", "test.csv", "stage"),
    (singled_out, "warn", "k_anonymity", "datasheet.toml", "age"),
    (quasi_identifier_unknown, "fail", "bad_datasheet", "datasheet.toml", "region"),
    (real_people, "warn", "provenance", "datasheet.toml", None),
    (no_train_predictions, "warn", "gate_untried", "challenge.toml", None),
    (narrow_gate, "warn", "gate_too_narrow", "challenge.toml", None),
    (turned_around, "warn", "beats_null", "baseline_more_train.csv", "more"),
    (missing_baseline, "fail", "missing_baseline", "challenge.toml", "baseline_more.csv"),
    (broken_program, "fail", "baseline_failed", "baseline.py", None),
    (bad_sample, "fail", "out_of_range", "sample_submission.csv", "p_3y"),
    (bad_datasheet, "fail", "bad_datasheet", "datasheet.toml", "accepted#1.reason"),
    (stale_reason, "warn", "stale_reason", "datasheet.toml", "small_cell"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "state", "code", "file", "column"), RED, ids=[one[0].__name__ for one in RED])
def test_a_spoiled_folder_is_told_of(
    spoil: Callable[[Sound], None], state: str, code: str, file: str, column: str | None, tmp_path: Path
):
    it = sound()
    spoil(it)
    lines = found(it.write(tmp_path))
    assert (state, code, file, column) in brief(lines), brief(lines)
    for line in lines:
        assert line["message"]["ko"] != line["message"]["en"]
        assert all(line["message"].values())
        assert line["file"]
