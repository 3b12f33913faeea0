"""Drafting a folder's texts: valid for every kind, the same in both languages, gaps marked, hostile answers harmless."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from challenges import authoring, definition, dictionary, gaps
from challenges.authoring import Answers, BaselineAnswer, ColumnAnswer
from scorers.catalogue import METRICS

ANSWERS = Answers(
    slug="small-draft",
    title_ko="작은 초안",
    title_en="A small draft",
    summary_ko="누가 더 일찍 사망합니까?",
    summary_en="Who dies earlier?",
    kind="survival",
    id="patient_id",
    time="days",
    event="died",
    horizons=(365.0, 1095.0, 1825.0),
    license="CC0-1.0",
    columns=(
        ColumnAnswer("age", "integer", "years", "", "나이.", "Age.", "demography"),
        ColumnAnswer("sex", "category", codes="1=male;2=female"),
    ),
    subgroups=("sex",),
    agreement="submission",
    baselines=(BaselineAnswer("cox", "Cox", "Cox", "baseline_cox.csv", "baseline_cox_train.csv", reference=True),),
)
KINDS = {
    "survival": ANSWERS,
    "competing": replace(ANSWERS, kind="competing"),
    "binary": replace(ANSWERS, kind="binary", time="", event="", outcome="died_1y", horizons=()),
    "effect": replace(
        ANSWERS, kind="effect", id="estimand", time="", event="", truth="truth", horizons=(), practice=True, columns=(),
        subgroups=(), baselines=(),
    ),
    "report": replace(ANSWERS, kind="report", time="", event="", horizons=(), baselines=(), subgroups=()),
}  # fmt: skip
TEXTS = ("overview", "evaluation", "data", "rules", "agreement")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_a_valid_definition_and_every_text(kind):
    answers = KINDS[kind]
    assert authoring.problems(answers) == {}
    written = authoring.write(answers)
    defined = definition.parse(written["challenge.toml"])
    assert (defined.kind, defined.slug, defined.labels.id) == (kind, "small-draft", defined.labels.id)
    assert {f"{name}.{language}.md" for name in TEXTS for language in ("ko", "en")} < set(written)
    dictionary.read(written["dictionary.csv"])
    assert all(text.endswith("\n") and "\n\n\n" not in text for text in written.values())
    assert not re.search(r"\b(task|phase|None)\b", "".join(written[f"{name}.en.md"] for name in TEXTS))


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_have_the_same_outline(kind):
    written = authoring.write(KINDS[kind])
    for name in TEXTS:
        outlines = [
            re.findall(r"^(#+|-|\d+\.|>)", written[f"{name}.{language}.md"], re.MULTILINE) for language in ("ko", "en")
        ]
        assert outlines[0] == outlines[1], name
        assert re.search("[가-힣]", written[f"{name}.ko.md"])
        assert not re.search("[가-힣]", written[f"{name}.en.md"].replace("누가", ""))


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.may_be_primary])
def test_every_primary_metric_has_companions_that_the_definition_takes(name):
    metric = METRICS[name]
    answers = replace(KINDS[metric.kinds[0]], primary=name, gate="none")
    assert authoring.problems(answers) == {}
    defined = definition.parse(authoring.write(answers)["challenge.toml"])
    assert defined.primary.name == name
    assert defined.tie_break is not None
    assert len(defined.metrics) >= 3
    order = {"harrell_c", "uno_c", "auc_t", "wolbers_c", "auc_cr", "roc_auc", "average_precision"}
    # Order alone or size alone never stands alone.
    assert {one.name in order for one in defined.metrics} == {True, False} or metric.kinds == ("effect",)


def test_a_key_gives_a_metric_its_own_time_and_threshold():
    answers = replace(ANSWERS, primary="uno_c@1825", metrics=("net_benefit@365:0.2", "ibs@365-1095"), tie_break="none")
    keys = [one.key for one in definition.parse(authoring.write(answers)["challenge.toml"]).metrics]
    assert keys == ["uno_c@1825", "net_benefit@365:0.20", "ibs@365-1095"]


def test_a_rank_metric_without_a_probability_at_its_time_asks_for_a_risk():
    def columns(primary, horizons=ANSWERS.horizons):
        text = authoring.write(replace(ANSWERS, primary=primary, horizons=horizons))["challenge.toml"]
        return [one.name for one in definition.parse(text).columns]

    assert columns("uno_c@1095") == ["p_1y", "p_3y", "p_5y"]
    assert columns("uno_c@1000") == ["risk", "p_1y", "p_3y", "p_5y"]
    assert columns("uno_c@1000", ()) == ["risk"]
    assert columns("harrell_c", ()) == ["risk"]
    assert columns("ipa", (90.0, 182.5, 730.0)) == ["p_90d", "p_182_5d", "p_2y"]


def test_every_mistake_is_told_at_its_answer():
    wrong = replace(
        ANSWERS, slug="Not A Slug", title_en="", license="", primary="ipaa", metrics=("auc_t@100",), per_day=99,
        opens=datetime(2026, 11, 1),  # noqa: DTZ001 - the mistake to find
        closes=datetime(2026, 10, 1, tzinfo=UTC), gate="maybe", subgroups=("smoking",),
        columns=(ColumnAnswer("age", "float"),), time="two words",
    )  # fmt: skip
    found = authoring.problems(wrong)
    assert set(found) == {
        "slug", "title_en", "license", "primary", "metrics", "per_day", "opens", "gate", "subgroups", "columns", "time",
    }  # fmt: skip
    assert "Did you mean ipa?" in found["primary"].en
    assert authoring.problems(replace(ANSWERS, horizons=()))["horizons"]
    assert authoring.problems(replace(ANSWERS, kind="what"))["kind"]
    assert authoring.problems(replace(ANSWERS, subgroups=("died",)))["subgroups"]


def test_what_only_the_organizer_knows_is_marked():
    written = authoring.write(ANSWERS)
    counts = {name: len(list(gaps.find(text))) for name, text in written.items() if name.endswith((".md", ".csv"))}
    assert all(counts[f"{name}.{language}.md"] for name in TEXTS for language in ("ko", "en"))
    # sex has no description; age and the labels have theirs.
    assert counts["dictionary.csv"] == 1
    line, asks = next(gaps.find(written["overview.en.md"]))
    assert written["overview.en.md"].splitlines()[line - 1] == f"> To fill in: {asks}"
    assert list(gaps.find("Nothing is missing here.\n채운 곳입니다.\n")) == []
    given = authoring.write(replace(ANSWERS, provenance_ko="한 등록 자료.", provenance_en="A registry."))
    assert len(list(gaps.find(given["data.en.md"]))) == counts["data.en.md"] - 1


HOSTILE = 'a"\\\n[metrics]\n\x00\x7f\u2028\ud800 = """ \' <script>alert(1)</script> 한글'


def test_hostile_answers_stay_inside_their_strings():
    answers = replace(
        ANSWERS, title_ko=HOSTILE, title_en=HOSTILE, summary_ko=HOSTILE, summary_en=HOSTILE, license=HOSTILE
    )
    text = authoring.write(answers)["challenge.toml"]
    text.encode("utf-8")
    held = tomllib.loads(text)
    assert held["title"]["en"].startswith('a"\\ [metrics]')
    assert len(held["metrics"]) == len(tomllib.loads(authoring.write(ANSWERS)["challenge.toml"])["metrics"])
    for name, one in authoring.write(answers).items():
        assert "\ud800" not in one, name


def test_practice_and_calendar_shape_the_definition():
    practice = definition.parse(authoring.write(replace(ANSWERS, practice=True))["challenge.toml"])
    assert (practice.admission, practice.leaderboard.gate) == ("open", "none")
    contest = definition.parse(authoring.write(ANSWERS)["challenge.toml"])
    assert (contest.admission, contest.leaderboard.gate) == ("approval", "significant")
    short = replace(ANSWERS, opens=datetime(2026, 11, 1, tzinfo=UTC), closes=datetime(2026, 11, 4, tzinfo=UTC))
    assert authoring.problems(short) == {}
    assert definition.parse(authoring.write(short)["challenge.toml"]).calendar.team_freeze_days == 0


def test_a_schema_by_its_name_is_written_along_and_by_an_address_is_not():
    written = authoring.write(ANSWERS)
    assert written["challenge.toml"].startswith("#:schema challenge.schema.json\n")
    assert "challenge.schema.json" in written
    served = authoring.write(replace(ANSWERS, schema="https://arena.example/challenge.schema.json"))
    assert "challenge.schema.json" not in served
