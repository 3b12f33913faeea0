"""Definitions to break, and prediction files to spoil."""

from collections.abc import Callable
from io import BytesIO

import pytest

from challenges.definition import Definition, parse
from challenges.predictions import ExpectedIds, PredictionProblems, Predictions, read

HEAD = """schema = 1
slug = "small-challenge"
title.ko = "작은 챌린지"
title.en = "A small challenge"
summary.ko = "시험을 위한 챌린지입니다."
summary.en = "A challenge for tests."
version = "1.0.0"
license = "CC0-1.0"
synthetic = true
practice = false
admission = "open"
"""
CALENDAR = """[calendar]
opens = 2026-11-01T00:00:00+09:00
closes = 2026-12-31T18:00:00+09:00
timezone = "Asia/Seoul"
[files]
train = "train.csv"
test = "test.csv"
dictionary = "dictionary.csv"
labels = "labels.csv"
sample = "sample_submission.csv"
"""
TIMED = """[labels]
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
[[columns]]
name = "p_5y"
is = "event_probability"
horizon = 1825
"""
TAIL = """[leaderboard]
gate = "significant"
reveal = "after_close"
[limits]
per_day = 3
total = 60
team_size = 5
max_bytes = 100000
"""
SURVIVAL = f"""{HEAD}kind = "survival"
{CALENDAR}{TIMED}[[metrics]]
name = "ipa"
horizon = 1095
primary = true
[[metrics]]
name = "uno_c"
tau = 1095
tie_break = true
[[metrics]]
name = "ibs"
grid = [365, 1095, 1825]
[[metrics]]
name = "net_benefit"
horizon = 1095
threshold = 0.2
{TAIL}[subgroups]
columns = ["sex"]
[[baselines]]
name = "null"
title.ko = "영 모형"
title.en = "Null model"
file = "baseline_null.csv"
[[baselines]]
name = "simple"
title = {{ ko = "단순 모형", en = "Simple model" }}
file = "baseline_simple.csv"
reference = true
[agreement]
version = "1"
file = "agreement"
before = "submission"
[judging]
leaderboard_weight = 0.4
[[judging.criteria]]
name.ko = "임상적 의의"
name.en = "Clinical meaning"
weight = 0.6
"""
COMPETING = f"""{HEAD}kind = "competing"
{CALENDAR}{TIMED}[[metrics]]
name = "wolbers_c"
tau = 1095
primary = true
[[metrics]]
name = "brier_cr"
horizon = 1095
{TAIL}"""
BINARY = f"""{HEAD}kind = "binary"
{CALENDAR}[labels]
id = "patient_id"
outcome = "died_1y"
split = "split"
[[columns]]
name = "p"
is = "probability"
[[metrics]]
name = "roc_auc"
primary = true
[[metrics]]
name = "log_loss"
{TAIL}"""
EFFECT = f"""{HEAD.replace("practice = false", "practice = true")}kind = "effect"
{CALENDAR}[labels]
id = "estimand"
truth = "truth"
split = "split"
[[columns]]
name = "estimate"
is = "estimate"
[[columns]]
name = "lower"
is = "lower"
[[columns]]
name = "upper"
is = "upper"
[[metrics]]
name = "interval_score"
level = 0.95
primary = true
[[metrics]]
name = "rmse"
tie_break = true
{TAIL.replace("significant", "none")}"""
REPORT = f"""{HEAD}kind = "report"
[calendar]
timezone = "Asia/Seoul"
[files]
train = "train.csv"
{TAIL}[judging]
leaderboard_weight = 0
[[judging.criteria]]
name = {{ ko = "질문", en = "Question" }}
weight = 40
[[judging.criteria]]
name = {{ ko = "근거", en = "Evidence" }}
weight = 60
[judging.document]
required = true
closes = 2026-12-20T18:00:00+09:00
"""
KINDS = {"survival": SURVIVAL, "competing": COMPETING, "binary": BINARY, "effect": EFFECT, "report": REPORT}
IDS = ("0012", "C2", "NA", "104000", "C105", "Q6")


@pytest.fixture(scope="session")
def definitions() -> dict[str, Definition]:
    """One definition of each kind."""
    return {kind: parse(text) for kind, text in KINDS.items()}


@pytest.fixture(scope="session")
def survival(definitions: dict[str, Definition]) -> Definition:
    return definitions["survival"]


@pytest.fixture
def take(survival: Definition) -> Callable[..., Predictions]:
    """Read a file's bytes, as text or as they are."""

    def take(content: str | bytes, definition: Definition = survival, ids: tuple[str, ...] = IDS) -> Predictions:
        data = content.encode() if isinstance(content, str) else content
        return read(BytesIO(data), definition=definition, expected=ExpectedIds(ids))

    return take


@pytest.fixture
def refuse(take: Callable[..., Predictions]) -> Callable[..., PredictionProblems]:
    """Read a bad file and return what was said of it."""

    def refuse(content: str | bytes, *given: object) -> PredictionProblems:
        with pytest.raises(PredictionProblems) as caught:
            take(content, *given)
        return caught.value

    return refuse
