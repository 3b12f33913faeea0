"""The gate, and the metrics on the hidden rows: whether a real improvement can pass, whether every number is defined."""

import math
from typing import Any

import numpy as np

from challenges.definition import FILE, MetricEntry
from challenges.text import Text
from scorers.evaluation import Columns, evaluate
from scorers.inputs import BinaryTruth, InputError, SurvivalTruth
from worker import facts as facts_module
from worker.columns import Outcomes, constant, spec_of
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.material import Material
from worker.examination.precision import rows
from worker.examination.submissions import Predicted
from worker.examination.tables import Flags
from worker.facts import Training
from worker.gate import PROBABILITY_LIMIT, RANK_METRICS, STEP_ROWS, gain

TOO_SHORT = frozenset(("too_few_at_risk", "censoring_too_heavy", "follow_up_too_short"))
MORE_ROWS = Text(
    '공개 행을 늘리거나, 상이 없는 챌린지이면 gate = "none"으로 하십시오.',
    'Take more public rows, or set gate = "none" where nothing is at stake.',
)


def examine(material: Material, found: Predicted, known: Training | None, findings: Findings) -> dict[str, Any]:
    """Look at the gate and return what would be printed beside decisions (facts.json)."""
    if not material.definition.metrics or material.hidden is None:
        return {}
    _defined(material, found, findings)
    sizes = {"test": len(material.hidden), "public": rows(material, "public"), "private": rows(material, "private")}
    facts = facts_module.compute(material.definition, known, ids_sha256="", sizes=sizes)
    if material.definition.leaderboard.gate != "none" and sizes["public"]:
        _gate(material, known, facts, findings)
    return facts


def _defined(material: Material, found: Predicted, findings: Findings) -> None:
    """Score the reference on every split, as it will be."""
    outcomes, columns = material.outcomes, _model(material, found)
    if outcomes is None or columns is None:
        return
    before = len(findings.lines)
    # What too short a follow-up leaves undefined has been told of, with the days that would do.
    told = TOO_SHORT if findings.took(("too_censored", "too_few_at_risk", "wrong_units")) else frozenset()
    for index, entry in enumerate(material.definition.metrics):
        reasons = {
            split: reason
            for split, flags in outcomes.splits.items()
            if (reason := _undefined(outcomes, columns, entry, flags)) is not None and reason not in told
        }
        if reasons:
            where, reason = ", ".join(reasons), ", ".join(sorted(set(reasons.values())))
            findings.add(
                FAIL if entry.primary else WARN,
                "undefined_metric",
                Text(
                    f"{where} 행에서 {entry.key} 값을 낼 수 없습니다({reason}).",
                    f"{entry.key} is undefined on the {where} rows ({reason}).",
                ),
                figure=reason,
                remedy=Text(
                    "환자를 더 두거나, 더 이른 날을 묻거나, 그 지표를 빼십시오.",
                    "Take more patients or an earlier day, or leave the metric out.",
                ),
                file=FILE,
                line=material.line("metrics", index),
                column=entry.key,
            )
    if len(findings.lines) == before and not told:
        count = len(material.definition.metrics)
        findings.passed(
            "undefined_metric",
            Text(f"지표 {count}개를 모든 분할에서 낼 수 있습니다.", f"All {count} metrics are defined on every split."),
        )


def _undefined(outcomes: Outcomes, columns: Columns, entry: MetricEntry, flags: Flags) -> str | None:
    """Return why a metric has no value on these rows; nothing if it has one."""
    try:
        score = evaluate(outcomes.truth, columns, [spec_of(entry)], rows=flags)[entry.key]
    except InputError as error:
        return error.code
    return None if score.value is not None else score.reason or "undefined"


def _model(material: Material, found: Predicted) -> Columns | None:
    reference = material.definition.reference
    if reference is not None and reference.name in found.test:
        return found.test[reference.name]
    return next(iter(found.test.values()), None)


def _gate(material: Material, known: Training | None, facts: dict[str, Any], findings: Findings) -> None:
    line = material.line("leaderboard", "gate")
    row = facts["row"]
    if known is None or row is None:
        code = "gate_untried" if known is None else "unbounded_row"
        message = _UNTRIED if known is None else _UNBOUNDED
        findings.add(WARN, code, message, remedy=_GIVE if known is None else _OTHER_METRIC, file=FILE, line=line)
        return
    if material.definition.reference is not None:
        passing = facts_module.passing(material.definition, known, facts)
        if passing is None:
            findings.add(WARN, "gate_untried", _UNTRIED, remedy=_GIVE, file=FILE, line=line)
        elif not passing.passes:
            _narrow(passing.gain, passing.threshold, Text("기준 모형 스스로", "the reference itself"), line, findings)
        else:
            _passable(passing.gain, passing.threshold, findings)
        return
    best, threshold = _reach(material, known), STEP_ROWS * row
    if best is not None and best < threshold:
        _narrow(best, threshold, Text("완벽한 예측", "a perfect prediction"), line, findings)
    elif best is not None:
        _passable(best, threshold, findings)


def _reach(material: Material, known: Training) -> float | None:
    """Return what a perfect prediction would gain over the null, limited as the gate limits every file."""
    primary = material.definition.primary
    if primary.name in RANK_METRICS:
        return None
    null = constant(material.definition, known.null, known.rows)
    if isinstance(known.truth, SurvivalTruth):
        perfect = Columns(
            event_probability={
                day: ((known.truth.time <= day) & (known.truth.event == 1)).astype(np.float64)
                for day in null.event_probability
            },
        )
    elif isinstance(known.truth, BinaryTruth):
        perfect = Columns(probability=known.truth.outcome.astype(np.float64))
    else:
        return None
    found = gain(known.truth, perfect, null, primary)
    return None if found.value is None or not math.isfinite(found.value) else found.value


def _narrow(gained: float, threshold: float, who: Text, line: int, findings: Findings) -> None:
    findings.add(
        WARN,
        "gate_too_narrow",
        Text(
            f"{who.ko}도 관문을 지나지 못합니다(이득 {gained:.4f}, 필요 {threshold:.4f}; 예측은 ±{PROBABILITY_LIMIT}로 묶입니다).",
            f"Not even {who.en} would pass the gate (gain {gained:.4f}, needed {threshold:.4f}; predictions are limited to ±{PROBABILITY_LIMIT}).",
        ),
        figure=f"{gained:.4f} < {threshold:.4f}",
        remedy=MORE_ROWS,
        file=FILE,
        line=line,
    )


def _passable(gained: float, threshold: float, findings: Findings) -> None:
    findings.passed(
        "gate",
        Text(
            f"이득 {gained:.4f}이(가) 문턱 {threshold:.4f}을(를) 넘습니다(학습 자료).",
            f"A gain of {gained:.4f} passes the threshold of {threshold:.4f} (training file).",
        ),
        figure=f"{gained:.4f} > {threshold:.4f}",
    )


_UNTRIED = Text(
    "학습 환자를 예측한 기준 모형(train_file)이 없어, 실제로 나아진 파일이 관문을 지나는지 미리 보지 못했습니다.",
    "No reference baseline predicts the training patients (train_file), so nobody could try whether a real improvement passes the gate.",
)
_GIVE = Text(
    "기준 모형의 교차검증 예측을 train_file로 두십시오.",
    "Give the reference's out-of-fold predictions of the training rows as its train_file.",
)
_UNBOUNDED = Text(
    "주 지표를 한 행이 얼마나 움직일 수 있는지 정해지지 않아, 결과 공개 전에는 아무것도 보이지 않습니다.",
    "No bound is known on what one row does to the primary metric, so nothing is shown before the reveal.",
)
_OTHER_METRIC = Text(
    "ipa, brier, roc_auc처럼 한 행의 힘에 끝이 있는 지표를 고르십시오.",
    "Choose a metric on which one row has a bounded effect, such as ipa, brier or roc_auc.",
)
