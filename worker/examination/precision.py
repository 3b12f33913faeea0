"""What the primary metric can tell: its expected standard error, the smallest difference, whether baselines beat the null."""

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from challenges.definition import MetricEntry
from challenges.text import Text
from scorers.catalogue import METRICS
from scorers.evaluation import Columns, Spec, evaluate, paired_difference
from scorers.inputs import InputError, Truth, Undefined
from worker import facts as facts_module
from worker.columns import constant, spec_of
from worker.effects import round_up
from worker.examination.finding import WARN, Findings
from worker.examination.material import Material
from worker.examination.submissions import Predicted
from worker.facts import Training

# At 5 % on both sides a difference of so many standard errors is found four times out of five.
FOUND = 1.96 + 0.84
CONCORDANCE = 0.23  # the standard error of a concordance times the square root of the events, in simulation
RANKS = ("harrell_c", "uno_c", "auc_t", "auc_cr", "wolbers_c", "roc_auc")
Split = Literal["public", "private"]
SPLITS: tuple[Split, ...] = ("public", "private")
# A model below the null by more than both is turned around, or worse than nothing; the null's own predictions, out of fold,
# are below it by next to nothing.
ERRORS_BELOW, BELOW = 2.0, 0.01


@dataclass(frozen=True)
class Expected:
    """The standard error of one patient's worth of data, and that of a difference; both times √n give a split's."""

    se: float | None
    difference: float | None
    basis: Text

    def on(self, rows: int) -> tuple[float | None, float | None]:
        """Return the standard error and the smallest difference on so many rows, rounded up to two digits."""
        if not rows:
            return None, None
        root = math.sqrt(rows)
        return (
            None if self.se is None else round_up(self.se / root),
            None if self.difference is None else round_up(FOUND * self.difference / root),
        )


def training(material: Material, found: Predicted) -> Training | None:
    """Return what the training file says, for the facts that are printed beside decisions."""
    known = material.trained
    if known is None or len(known) != len(known.table):
        return None
    null = facts_module.null_model(material.definition, known.truth)
    return Training(known.truth, len(known), null, found.train)


def examine(material: Material, known: Training | None, findings: Findings) -> None:
    """Say how finely the ranking can tell models apart, and whether the baselines are any good."""
    definition = material.definition
    if not definition.metrics:
        return
    _precision(material, known, findings)
    if known is not None and known.baselines:
        _beats_null(material, known, findings)


def rows(material: Material, split: str) -> int:
    """Return how many rows a split has."""
    return 0 if material.hidden is None else int(material.hidden.part(split).sum())


def expected(material: Material, known: Training | None) -> Expected | None:
    """Return what can be expected of the primary metric, by the best basis there is; none without any."""
    primary = material.definition.primary
    if known is None or not METRICS[primary.name].has_se:
        return None
    return _from_baselines(material, known, primary) or _from_rules(material, known, primary)


def _from_baselines(material: Material, known: Training, primary: MetricEntry) -> Expected | None:
    titles = {one.name: one.title.text for one in material.definition.baselines}
    own = {name: _se(known.truth, columns, primary) for name, columns in known.baselines.items()}
    held = {name: se for name, se in own.items() if se}
    if not held:
        return None
    reference = material.definition.reference
    chosen = reference.name if reference is not None and reference.name in held else next(iter(held))
    pairs = [
        (se, one, two)
        for one, two in combinations(known.baselines, 2)
        if (se := _paired(known, one, two, primary)) is not None
    ]
    root = math.sqrt(known.rows)
    if not pairs:
        basis = Text(
            f"학습 자료에서 ‘{titles[chosen].ko}’의 교차검증 예측으로 셈했습니다. 차이는 서로 무관한 두 모형의 것입니다.",
            f"From the out-of-fold predictions of “{titles[chosen].en}” on the training file; differences are those of two unrelated models.",
        )
        return Expected(held[chosen] * root, math.sqrt(2) * held[chosen] * root, basis)
    least, one, two = min(pairs)
    basis = Text(
        f"학습 자료의 교차검증 예측으로 셈했습니다. 표준오차는 ‘{titles[chosen].ko}’, 차이는 가장 닮은 두 모형 ‘{titles[one].ko}’와 ‘{titles[two].ko}’의 것입니다.",
        f"From out-of-fold predictions on the training file: the standard error is that of “{titles[chosen].en}”, the difference that of the two models most alike, “{titles[one].en}” and “{titles[two].en}”.",
    )
    return Expected(held[chosen] * root, least * root, basis)


def _se(truth: Truth, columns: Columns, primary: MetricEntry) -> float | None:
    try:
        return evaluate(truth, columns, [spec_of(primary)])[primary.key].se
    except InputError:
        return None


def _paired(known: Training, one: str, two: str, primary: MetricEntry) -> float | None:
    try:
        found = paired_difference(known.truth, known.baselines[one], known.baselines[two], spec_of(primary))
    except (Undefined, InputError):
        return None
    return found.se or None


def _from_rules(material: Material, known: Training, primary: MetricEntry) -> Expected | None:
    """Return what holds of any model of the kind: concordances by their events, squared errors by the null model's own."""
    happened = None if material.trained is None else material.trained.happened
    if primary.name in RANKS and happened is not None and happened.any():
        se = CONCORDANCE / math.sqrt(float(happened.mean()))
        basis = Text(
            "어림 규칙 0.23/√사건으로 셈했습니다. 기준 모형의 train_file이 있으면 더 정확해집니다. 차이는 서로 무관한 두 모형의 것입니다.",
            "By the rule of thumb 0.23/√events; a baseline's train_file would make it exact. Differences are those of two unrelated models.",
        )
        return Expected(se, math.sqrt(2) * se, basis)
    spec, scale = _squared(primary)
    if spec is None:
        return None
    null = constant(material.definition, known.null, known.rows)
    score = evaluate(known.truth, null, [spec])[spec.key]
    if score.se is None or not score.value:
        return None
    se = score.se * math.sqrt(known.rows) / (score.value if scale else 1.0)
    basis = Text(
        "아무것도 모르는 모형의 제곱 오차로 셈했습니다. 기준 모형의 train_file이 있으면 더 정확해집니다. 차이는 서로 무관한 두 모형의 것입니다.",
        "From the squared errors of the null model; a baseline's train_file would make it exact. Differences are those of two unrelated models.",
    )
    return Expected(se, math.sqrt(2) * se, basis)


def _squared(primary: MetricEntry) -> tuple[Spec | None, bool]:
    if primary.name == "ipa":
        return Spec("brier", horizon=primary.horizon), True
    if primary.name in ("brier", "ibs", "brier_cr", "brier_binary", "log_loss"):
        return spec_of(primary), False
    return None, False


def _precision(material: Material, known: Training | None, findings: Findings) -> None:
    primary = material.definition.primary
    found = expected(material, known)
    if found is None:
        if METRICS[primary.name].has_se and not findings.took(("too_censored", "too_few_at_risk", "wrong_units")):
            findings.add(
                WARN,
                "precision",
                Text(
                    f"{primary.key}의 표준오차를 미리 알 수 없습니다.",
                    f"The standard error of {primary.key} cannot be told in advance.",
                ),
                remedy=Text(
                    "결과가 있는 학습 자료와, 기준 모형의 train_file을 두십시오.",
                    "Give a training file with outcomes, and a train_file for a baseline.",
                ),
                file=material.definition.files.train,
            )
        return
    told = []
    for split in SPLITS:
        size = rows(material, split)
        se, difference = found.on(size)
        if se is not None:
            told.append(
                (
                    Text(
                        f"{split} {size:,}행: ±{se:g}, 차이 {difference:g}",
                        f"{split}, {size:,} rows: ±{se:g}, difference {difference:g}",
                    ),
                    f"±{se:g}, Δ {difference:g}",
                )
            )
    if told:
        ko, en = "; ".join(text.ko for text, _ in told), "; ".join(text.en for text, _ in told)
        findings.passed(
            "precision",
            Text(
                f"{primary.key}의 표준오차와 다섯 번에 네 번 찾아낼 차이: {ko}. {found.basis.ko}",
                f"Standard error of {primary.key}, and the difference that is found four times out of five: {en}. {found.basis.en}",
            ),
            figure=told[-1][1],
        )


def _beats_null(material: Material, known: Training, findings: Findings) -> None:
    primary = material.definition.primary
    sign = 1.0 if METRICS[primary.name].better == "higher" else -1.0
    null = constant(material.definition, known.null, known.rows)
    gains: dict[str, tuple[float, float]] = {}
    for name, columns in known.baselines.items():
        try:
            found = paired_difference(known.truth, columns, null, spec_of(primary))
        except (Undefined, InputError):
            continue
        if found.value is not None:
            gains[name] = (sign * found.value, found.se or 0.0)
    if not gains:
        return
    before = len(findings.lines)
    for name, (gain, se) in gains.items():
        if gain < -max(BELOW, ERRORS_BELOW * se):
            _below(material, name, gain, primary, findings)
    best, (most, _) = max(gains.items(), key=lambda pair: pair[1][0])
    if most <= 0 and len(findings.lines) == before:
        _below(material, best, most, primary, findings)
    elif len(findings.lines) == before:
        findings.passed(
            "beats_null",
            Text(
                f"{best}이(가) {primary.key}에서 아무것도 모르는 모형보다 {most:.4f} 낫습니다(학습 자료).",
                f"{best} beats the null model by {most:.4f} in {primary.key} (training file).",
            ),
            figure=f"{most:.4f}",
        )


def _below(material: Material, name: str, gain: float, primary: MetricEntry, findings: Findings) -> None:
    index = next(place for place, one in enumerate(material.definition.baselines) if one.name == name)
    entry = material.definition.baselines[index]
    findings.add(
        WARN,
        "beats_null",
        Text(
            f"기준 모형 {name}이(가) {primary.key}에서 아무것도 모르는 모형보다 {abs(gain):.4f} 못합니다(학습 자료).",
            f"The baseline {name} is {abs(gain):.4f} below the null model in {primary.key} (training file).",
        ),
        figure=f"{gain:.4f}",
        remedy=Text(
            "예측의 방향(클수록 나쁨)과 확률이 사건의 확률인지 확인하십시오.",
            "See that higher predictions mean worse, and that probabilities are those of the event.",
        ),
        file=entry.train_file or entry.file,
        line=1,
        column=name,
    )
