"""What a column is, and which columns should not be released."""

import pytest

from challenges import dictionary, guessing
from challenges.answers import Answers


@pytest.mark.parametrize(
    ("values", "kind", "codes"),
    [
        (["1", "2", "", "2"], "category", "1=?;2=?"),
        ([str(n) for n in range(40, 60)], "integer", ""),
        (["0.5", "1", ""], "number", ""),
        (["II", "I", "III"], "category", "I=I;II=II;III=III"),
        (["10", "9", "2", "10"], "category", "2=?;9=?;10=?"),
        (["a;b", "c=d"], "category", ""),
    ],
)
def test_a_column_is_guessed_from_its_values(values, kind, codes):
    found = guessing.column("x", values)
    assert (found.type, found.codes) == (kind, codes)
    text = ",".join(dictionary.COLUMNS) + f'\nx,{kind},,"{codes}",,,\n'
    assert dictionary.read(text)[0].type == kind


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("etype", ["1"] * 50, "one value only"),
        ("empty", [""] * 50, "one value only"),
        ("seen", [f"2019-03-{day:02d}" for day in range(1, 29)] * 2, "dates"),
        ("seen", ["20190301", "20190412", "20200101"] * 9, "dates"),
        ("phone", [f"010-1234-56{n:02d}" for n in range(50)], "names a person"),
        ("rrn", [f"8001{n:02d}-1234567" for n in range(10, 60)], "names a person"),
        ("mail", [f"a{n}@example.org" for n in range(50)], "names a person"),
        ("note", [f"text {n}" for n in range(50)], "50 different texts"),
        ("chart_no", [str(7 * n) for n in range(50)], "numbers the rows"),
        ("x", [str(n) for n in range(100, 150)], "numbers the rows"),
    ],
)
def test_a_column_that_tells_who_or_nothing_is_left_out(name, values, why):
    found = guessing.why_left_out(name, values)
    assert found is not None
    assert why in found.en


@pytest.mark.parametrize(
    "values",
    [
        [str(40 + n % 50) for n in range(200)],
        [f"{n / 7:.3f}" for n in range(200)],
        [str(n * n) for n in range(200)],
        ["I", "II", "", "III"] * 20,
    ],
)
def test_a_variable_stays(values):
    assert guessing.why_left_out("marker", values) is None


def test_the_outcome_is_found_by_its_name():
    def found(names, **given):
        answers = guessing.outcome(Answers("s", "", "", "", "", given.pop("kind", ""), **{"id": "", **given}), names)
        return answers.kind, answers.id, answers.time, answers.event, answers.outcome

    assert found(["id", "age", "time", "status"]) == ("survival", "id", "time", "status", "")
    assert found(["age", "rectime", "cens"]) == ("survival", "", "rectime", "cens", "")
    assert found(["환자번호", "나이", "관찰기간", "사망"]) == ("survival", "환자번호", "관찰기간", "사망", "")
    assert found(["mean_radius", "target"]) == ("binary", "", "", "", "target")
    assert found(["age", "os_time", "death"], kind="competing") == ("competing", "", "os_time", "death", "")
    assert found(["a", "b", "time"], outcome="b") == ("binary", "", "", "", "b")
    assert found(["a", "time", "days", "event"], time="days") == ("survival", "", "days", "event", "")
