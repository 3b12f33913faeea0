"""Definitions: every kind is read, every mistake is found at once and on its line."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from challenges import definition as module
from challenges.definition import Definition, DefinitionError, load, parse
from tests.challenges.conftest import BINARY, COMPETING, EFFECT, KINDS, REPORT, SURVIVAL
from tests.support import companion

SHIPPED = sorted(Path(module.__file__).parent.glob("*/challenge.toml"))


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    return [(one.line, one.where) for one in caught.value.mistakes]


def line_of(text: str, wanted: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if wanted in line)


def test_every_kind_is_read(definitions):
    assert {kind: one.kind for kind, one in definitions.items()} == {kind: kind for kind in KINDS}
    survival = definitions["survival"]
    assert [entry.key for entry in survival.metrics] == [
        "ipa@1095",
        "uno_c@1095",
        "ibs@365-1825",
        "net_benefit@1095:0.20",
    ]
    assert survival.primary.name == "ipa"
    assert survival.tie_break.name == "uno_c"
    assert survival.reference.name == "simple"
    assert survival.horizons == (365, 1095, 1825)
    assert survival.title.text == ("작은 챌린지", "A small challenge")
    assert survival.calendar.opens == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert definitions["report"].metrics == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_shipped_challenges_are_definitions(path: Path):
    assert load(path.parent).slug == path.parent.name.replace("_", "-")


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_survives_being_stored(kind: str, definitions):
    stored = json.loads(json.dumps(definitions[kind].model_dump(mode="json", by_alias=True)))
    again = Definition.model_validate(stored)
    assert again == definitions[kind]
    assert again.digest() == definitions[kind].digest()


def test_digests_change_with_what_they_bind(definitions):
    survival = definitions["survival"]
    open_gate = parse(SURVIVAL.replace('gate = "significant"', 'gate = "none"'))
    titled = parse(SURVIVAL.replace("A small challenge", "Another title"))
    assert len({survival.digest(), open_gate.digest(), titled.digest()}) == 3
    assert titled.binding("x") == survival.binding("x")
    others = {
        open_gate.binding("x"),
        survival.binding("y"),
        parse(SURVIVAL.replace("small-challenge", "other-challenge")).binding("x"),
        parse(SURVIVAL.replace("1.0.0", "1.0.1")).binding("x"),
        parse(SURVIVAL.replace('"days"', '"weeks"')).binding("x"),
        parse(SURVIVAL.replace("threshold = 0.2", "threshold = 0.3")).binding("x"),
        parse(SURVIVAL.replace('"p_5y"', '"p_five"')).binding("x"),
    }
    assert len(others) == 7
    assert survival.binding("x") not in others


def test_admission_is_by_approval_unless_it_is_practice():
    assert parse(SURVIVAL.replace('admission = "open"\n', "")).admission == "approval"
    assert parse(EFFECT.replace('admission = "open"\n', "")).admission == "open"


# What is changed in a definition, and the place of the one mistake that this makes, with the text of its line.
MISTAKES = [
    (SURVIVAL, "schema = 1", "schema = 2", "schema", "schema = 2"),
    (SURVIVAL, '"small-challenge"', '"Small_challenge"', "slug", "slug ="),
    (SURVIVAL, '"small-challenge"', '"small--challenge"', "slug", "slug ="),
    (SURVIVAL, 'version = "1.0.0"', "version = 1.0", "version", "version = 1.0"),
    (SURVIVAL, "synthetic = true", 'synthetic = "yes"', "synthetic", "synthetic"),
    (SURVIVAL, 'title.en = "A small challenge"\n', "", "title.en", "title.ko"),
    (SURVIVAL, 'title.en = "A small challenge"', 'title.en = " "', "title.en", "title.en"),
    (SURVIVAL, "synthetic = true", "synthetik = true", "synthetik", "synthetik"),
    (SURVIVAL, 'admission = "open"', 'admission = "all"', "admission", "admission"),
    (SURVIVAL, 'kind = "survival"', 'kind = "survivor"', "kind", "kind"),
    (SURVIVAL, "2026-12-31T18:00:00+09:00", "2026-10-31T18:00:00+09:00", "calendar.closes", "closes ="),
    (SURVIVAL, "2026-12-31T18:00:00+09:00", "2026-12-31T18:00:00", "calendar.closes", "closes ="),
    (SURVIVAL, "2026-12-31T18:00:00+09:00", "2026-12-31", "calendar.closes", "closes ="),
    (SURVIVAL, "2026-12-31T18:00:00+09:00", "1798707600", "calendar.closes", "closes ="),
    (SURVIVAL, "2026-12-31T18:00:00+09:00", '"soon"', "calendar.closes", "closes ="),
    (SURVIVAL, '"Asia/Seoul"', '"Asia/Soul"', "calendar.timezone", "timezone"),
    (SURVIVAL, '"Asia/Seoul"', '"../zone"', "calendar.timezone", "timezone"),
    (
        SURVIVAL,
        "[calendar]",
        "[calendar]\nteam_freeze_days = 90",
        "calendar.team_freeze_days",
        "team_freeze_days",
    ),
    (SURVIVAL, '"test.csv"', '"../test.csv"', "files.test", "test ="),
    (SURVIVAL, '"test.csv"', '"/tmp/test.csv"', "files.test", "test ="),
    (SURVIVAL, '"test.csv"', '"data\\\\test.csv"', "files.test", "test ="),
    (SURVIVAL, '"test.csv"', '"con.csv"', "files.test", "test ="),
    (SURVIVAL, '"test.csv"', '"test.pickle"', "files.test", "test ="),
    (SURVIVAL, '"test.csv"', '"TRAIN.csv"', "files.test", "test ="),
    (SURVIVAL, 'test = "test.csv"\n', "", "files.test", "[files]"),
    (SURVIVAL, 'labels = "labels.csv"\n', "", "files.labels", "[files]"),
    (SURVIVAL, 'time = "days"\n', "", "labels.time", "[labels]"),
    (SURVIVAL, 'time = "days"', 'time = "days"\noutcome = "dead"', "labels.outcome", "outcome"),
    (SURVIVAL, 'time = "days"', 'time = "died"', "labels.event", 'event = "died"'),
    (SURVIVAL, 'time = "days"', 'time = "the days"', "labels.time", "time ="),
    (
        SURVIVAL,
        'name = "p_3y"',
        'name = "p_1y"',
        "columns#2.name",
        'name = "p_1y"\nis = "event_probability"\nhorizon = 1095',
    ),
    (SURVIVAL, 'name = "p_3y"', 'name = "died"', "columns#2.name", 'name = "died"'),
    (BINARY, 'is = "probability"', 'is = "estimate"', "columns#1.is", 'is = "estimate"'),
    (BINARY, 'is = "probability"', 'is = "chance"', "columns#1.is", 'is = "chance"'),
    (BINARY, 'is = "probability"', 'is = "probability"\nhorizon = 3', "columns#1.horizon", "horizon"),
    (SURVIVAL, '[[metrics]]\nname = "uno_c"', '[[metrics]]\nname = "uno"', "metrics#2.name", '"uno"'),
    (SURVIVAL, "tau = 1095\n", "", "metrics#2.tau", '[[metrics]]\nname = "uno_c"'),
    (SURVIVAL, "tau = 1095", "tau = 1095\nhorizon = 365", "metrics#2.horizon", "horizon = 365\ntie"),
    (SURVIVAL, "tau = 1095", "tau = 900", "metrics#2.tau", "tau = 900"),
    (SURVIVAL, "tau = 1095", "tau = -1095", "metrics#2.tau", "tau = -1095"),
    (SURVIVAL, "tau = 1095", "tau = inf", "metrics#2.tau", "tau = inf"),
    (SURVIVAL, "grid = [365, 1095, 1825]", "grid = [1095, 365]", "metrics#3.grid", "grid"),
    (SURVIVAL, "grid = [365, 1095, 1825]", "grid = [365, 400]", "metrics#3.grid", "grid"),
    (SURVIVAL, "threshold = 0.2", "threshold = 20", "metrics#4.threshold", "threshold"),
    (SURVIVAL, "tie_break = true", "primary = true", "metrics#2.primary", 'primary = true\n[[metrics]]\nname = "ibs"'),
    (SURVIVAL, "primary = true", "primary = false", "metrics", "[[metrics]]"),
    (
        SURVIVAL,
        "primary = true",
        "primary = true\ntie_break = true",
        "metrics#2.tie_break",
        'tie_break = true\n[[metrics]]\nname = "ibs"',
    ),
    (
        SURVIVAL,
        'name = "ibs"\ngrid = [365, 1095, 1825]',
        'name = "uno_c"\ntau = 1095',
        "metrics#3",
        '[[metrics]]\nname = "uno_c"\ntau = 1095\n[[',
    ),
    (COMPETING, 'name = "brier_cr"', 'name = "brier"', "metrics#2.name", '"brier"'),
    (BINARY, 'name = "roc_auc"', 'name = "calibration_slope_binary"', "metrics#1.primary", "primary"),
    (EFFECT, 'name = "lower"\nis = "lower"\n[[columns]]\n', "", "columns", "[[columns]]"),
    (SURVIVAL, 'gate = "significant"', 'gate = "open"', "leaderboard.gate", "gate"),
    (EFFECT, 'reveal = "after_close"', 'reveal = "after_reviews"', "leaderboard.reveal", "reveal"),
    (SURVIVAL, "per_day = 3", "per_day = 0", "limits.per_day", "per_day"),
    (SURVIVAL, "per_day = 3", "per_day = -3", "limits.per_day", "per_day"),
    (SURVIVAL, "per_day = 3", "per_day = 3.5", "limits.per_day", "per_day"),
    (SURVIVAL, "per_day = 3", "per_day = 61", "limits.per_day", "per_day"),
    (SURVIVAL, "max_bytes = 100000", "max_bytes = true", "limits.max_bytes", "max_bytes"),
    (SURVIVAL, 'columns = ["sex"]', 'columns = ["sex", "sex"]', "subgroups.columns#2", "columns ="),
    (SURVIVAL, 'columns = ["sex"]', 'columns = "sex"', "subgroups.columns", "columns ="),
    (SURVIVAL, 'name = "null"', 'name = "simple"', "baselines#2.name", 'name = "simple"\ntitle = {'),
    (
        SURVIVAL,
        'file = "baseline_null.csv"',
        'file = "baseline_null.csv"\nreference = true',
        "baselines#2.reference",
        "reference = true\n[agreement]",
    ),
    (SURVIVAL, "baseline_simple.csv", "baseline_null.csv", "baselines#2.file", 'baseline_null.csv"\nreference'),
    (SURVIVAL, 'en = "Simple model"', 'de = "Modell"', "baselines#2.title.de", "de ="),
    (SURVIVAL, 'before = "submission"', 'before = "never"', "agreement.before", "before"),
    (SURVIVAL, "leaderboard_weight = 0.4", "leaderboard_weight = 0.5", "judging", "[judging]"),
    (SURVIVAL, "practice = false", "practice = true", "judging", "[judging]"),
    (REPORT, "leaderboard_weight = 0", "leaderboard_weight = -1", "judging.leaderboard_weight", "leaderboard_weight"),
    (REPORT, "weight = 40", 'weight = "40"', "judging.criteria#1.weight", 'weight = "40"'),
]


@pytest.mark.parametrize(("text", "old", "new", "where", "line"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_found_on_its_line(text: str, old: str, new: str, where: str, line: str):
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(DefinitionError) as caught:
        parse(broken)
    found = {one.where: one for one in caught.value.mistakes}
    assert where in found, found
    expected = broken.count("\n", 0, broken.index(line) + line.startswith("\n")) + 1
    assert found[where].line == expected, found[where]
    assert found[where].file == "challenge.toml"
    for words in found[where].message:
        assert words.endswith("."), words
    assert any("가" <= sign <= "힣" for sign in found[where].message.ko)
    assert not any("가" <= sign <= "힣" for sign in found[where].message.en)


def test_every_mistake_is_told_at_once():
    broken = (
        SURVIVAL.replace('slug = "small-challenge"', 'slug = "X"')
        .replace("tau = 1095", "tau = 900")
        .replace("per_day = 3", 'per_day = "3"')
        .replace('"baseline_null.csv"', '"../null.csv"')
        .replace("closes = 2026-12-31", "closes = 2026-10-31")
        + "[extra]\nx = 1\n"
    )
    found = mistakes(broken)
    wanted = {"slug", "metrics#2.tau", "limits.per_day", "baselines#1.file", "calendar.closes", "extra"}
    assert {where for _, where in found} == wanted
    assert [line for line, _ in found] == sorted(line for line, _ in found)


def test_a_mistake_that_takes_a_default_to_see_is_told():
    short = SURVIVAL.replace("2026-12-31T18:00:00", "2026-11-03T18:00:00")
    assert ("calendar.team_freeze_days") in [where for _, where in mistakes(short)]


def test_columns_that_a_metric_needs():
    without = SURVIVAL.replace('name = "uno_c"\ntau = 1095', 'name = "harrell_c"')
    assert parse(without).metrics[1].key == "harrell_c"  # it uses the probability at the primary's horizon
    first = without.replace('name = "ipa"\nhorizon = 1095', 'name = "ibs"\ngrid = [365, 1825]')
    assert [where for _, where in mistakes(first)] == ["metrics#2"]
    risk = '[[columns]]\nname = "risk"\nis = "risk"\n[[metrics]]\nname = "ibs"'
    assert parse(first.replace('[[metrics]]\nname = "ibs"', risk, 1)).metrics[1].key == "harrell_c"


def test_log_loss_is_never_a_gated_primary():
    broken = BINARY.replace('name = "roc_auc"', 'name = "log_loss"').replace('[[metrics]]\nname = "log_loss"\n[l', "[l")
    assert [where for _, where in mistakes(broken)] == ["metrics#1.primary"]
    assert parse(broken.replace("significant", "none")).primary.name == "log_loss"


def test_a_second_file_may_be_asked_for_where_there_is_a_reveal():
    assert parse(SURVIVAL).companion is None
    asked = parse(SURVIVAL + companion.TOML)
    assert asked.companion.question.text == ("체력은 무엇을 보탰습니까?", "What did fitness add?")
    assert [where for _, where in mistakes(EFFECT + companion.TOML)] == ["companion"]
    assert [where for _, where in mistakes(REPORT + companion.TOML)] == ["companion"]
    broken = SURVIVAL + companion.TOML.replace("question.en", "quest.en")
    assert {where for _, where in mistakes(broken)} == {"companion.quest", "companion.question.en"}


def test_a_key_that_came_later_changes_no_digest_of_what_lacks_it(definitions):
    for one in definitions.values():
        parts = one.model_dump(mode="json", by_alias=True)
        del parts["companion"], parts["figure"], parts["limits"]["late"]
        if one.files.validation is None:
            del parts["files"]["validation"]
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == one.digest()
    assert parse(SURVIVAL + companion.TOML).digest() != definitions["survival"].digest()


def test_a_report_has_no_primary_metric_to_ask_for(definitions):
    with pytest.raises(LookupError):
        _ = definitions["report"].primary


def test_a_report_has_no_data_to_score():
    added = REPORT.replace("[limits]", '[labels]\nid = "x"\n[[columns]]\nname = "p"\nis = "risk"\n[limits]')
    assert {where for _, where in mistakes(added)} == {"labels", "columns"}
    assert "judging" in {where for _, where in mistakes(REPORT.partition("[judging]")[0])}


def test_definitions_check_themselves_wherever_they_come_from(definitions):
    stored = definitions["survival"].model_dump(mode="json", by_alias=True)
    stored["metrics"][0]["primary"] = False
    with pytest.raises(ValidationError, match="primary"):
        Definition.model_validate(stored)
    with pytest.raises(ValidationError, match="frozen"):
        definitions["survival"].slug = "other"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('schema = 1\nslug "x"\n', 2),
        ("schema = 1\nschema = 1\n", 2),
        ("schema = 1\n\n[files\n", 3),
        ('a = """\nnever closed', 2),
        ("a = [1,\n2,\n", 2),
        ("schema = 1\nx = 2026-13-45T00:00:00Z\n", 2),
        ("x = " + "[" * 20_000, 1),
    ],
)
def test_what_is_not_toml_is_refused_on_its_line(text: str, line: int):
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    (only,) = caught.value.mistakes
    assert only.line == line, only
    assert "TOML" in only.message.en


def test_a_folder_without_a_definition_says_so(tmp_path: Path):
    with pytest.raises(DefinitionError, match=r"challenge\.toml"):
        load(tmp_path)
    (tmp_path / "challenge.toml").write_bytes(SURVIVAL.encode("cp949"))
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path)
    assert [(one.line, one.message.en) for one in caught.value.mistakes] == [(3, "The file is not saved as UTF-8.")]
    assert caught.value.as_dicts()[0]["message"]["ko"].endswith("아닙니다.")


@given(st.text(alphabet="[]{}=.\"'#\\\n ab1,", max_size=80))
def test_any_text_is_read_or_refused(text: str):
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert caught.value.mistakes
    assert all(1 <= one.line <= text.count("\n") + 1 for one in caught.value.mistakes)
