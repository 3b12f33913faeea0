"""Why a metric is undefined, or an input refused: every reason code with its sentence in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Reason(NamedTuple):
    """One sentence in Korean and in English."""

    ko: str
    en: str


_UNDEFINED = {
    "no_comparable_pair": Reason(
        "순서를 비교할 수 있는 환자 쌍이 없어 값을 정할 수 없습니다.",
        "No two patients can be compared, so the metric has no value.",
    ),
    "no_event": Reason("사건이 하나도 없어 값을 정할 수 없습니다.", "There is no event, so the metric has no value."),
    "no_case": Reason(
        "이 시점까지 사건을 겪은 환자가 없어 값을 정할 수 없습니다.",
        "No patient has the event by this time, so the metric has no value.",
    ),
    "no_control": Reason(
        "이 시점까지 사건 없이 관찰된 환자가 없어 값을 정할 수 없습니다.",
        "No patient is known to be free of the event at this time, so the metric has no value.",
    ),
    "one_class": Reason(
        "결과가 모두 같아 값을 정할 수 없습니다.", "All outcomes are the same, so the metric has no value."
    ),
    "too_few_at_risk": Reason(
        "이 시점까지 관찰된 환자가 20명보다 적어 값을 내지 않습니다.",
        "Fewer than 20 patients are still observed at this time, so no value is given.",
    ),
    "censoring_too_heavy": Reason(
        "이 시점까지 중도절단되지 않을 확률이 0.1보다 작아 값을 내지 않습니다.",
        "The probability of staying uncensored up to this time is below 0.1, so no value is given.",
    ),
    "follow_up_too_short": Reason(
        "이 시점에 이르기 전에 관찰이 끝나 값을 정할 수 없습니다.",
        "Follow-up ends before this time, so the metric has no value.",
    ),
    "null_is_perfect": Reason(
        "아무것도 모르는 모형도 틀리지 않아, 그보다 얼마나 나은지 정할 수 없습니다.",
        "The null model makes no error, so an improvement on it has no value.",
    ),
    "nothing_expected": Reason(
        "예측 확률이 모두 0이어서 비를 정할 수 없습니다.",
        "Every predicted probability is zero, so the ratio has no value.",
    ),
    "constant_prediction": Reason(
        "예측이 모두 같아 기울기나 곡선을 정할 수 없습니다.",
        "All predictions are the same, so no slope or curve can be fitted.",
    ),
    "no_marks": Reason(
        "서로 견줄 만큼 채점된 것이 없어 값을 정할 수 없습니다.",
        "Too little has been marked to be compared, so there is no value.",
    ),
    "no_variation": Reason(
        "점수가 모두 같아 일치도를 정할 수 없습니다.", "All marks are the same, so agreement has no value."
    ),
    "resamples_undefined": Reason(
        "재표본의 절반 넘게에서 값을 정할 수 없어 구간을 내지 않습니다.",
        "The metric has no value in more than half of the resamples, so there is no interval.",
    ),
    "no_convergence": Reason(
        "적합이 수렴하지 않아 값을 정할 수 없습니다(예측이 결과를 완전히 가르거나 확률이 0이나 1에 몰려 있습니다).",
        "The fit does not converge (predictions separate the outcomes, or crowd at 0 or 1), so the metric has no value.",
    ),
}
_REFUSED = {
    "empty": Reason("비어 있습니다.", "There are no rows."),
    "not_numeric": Reason("숫자의 배열이 아닙니다.", "This is not an array of numbers."),
    "not_finite": Reason("유한한 수가 아닌 값이 있습니다.", "A value is not a finite number."),
    "wrong_shape": Reason("일차원 배열이 아닙니다.", "The array must have one dimension."),
    "wrong_length": Reason("길이가 서로 다릅니다.", "The lengths differ."),
    "negative_time": Reason("음수인 시간이 있습니다.", "A time is negative."),
    "unknown_event": Reason(
        "0, 1(경쟁 위험에서는 2도)이 아닌 사건 값이 있습니다.",
        "An event code is not 0 or 1 (or 2, with competing risks).",
    ),
    "competing_event": Reason(
        "경쟁 사건(2)이 있는 자료에는 쓸 수 없는 지표입니다.",
        "This metric cannot be used with competing events (code 2).",
    ),
    "unknown_outcome": Reason("0이나 1이 아닌 결과가 있습니다.", "An outcome is neither 0 nor 1."),
    "out_of_range": Reason("0과 1 사이가 아닌 확률이 있습니다.", "A probability is not between 0 and 1."),
    "not_monotone": Reason(
        "사건 확률이 시점이 늦어질수록 줄어드는 행이 있습니다.", "An event probability decreases over the horizons."
    ),
    "lower_above_upper": Reason("아래 끝이 위 끝보다 큰 행이 있습니다.", "A lower end lies above its upper end."),
    "missing_column": Reason("지표에 필요한 예측 열이 없습니다.", "A column that the metric needs is missing."),
    "unknown_metric": Reason("그런 이름의 지표가 없습니다.", "There is no metric of that name."),
    "wrong_kind": Reason(
        "이 종류의 자료에는 쓸 수 없는 지표입니다.", "The metric does not apply to this kind of truth."
    ),
    "missing_parameter": Reason("지표의 매개변수가 빠졌습니다.", "A parameter of the metric is missing."),
    "bad_parameter": Reason(
        "지표의 매개변수가 허용된 범위 밖입니다.", "A parameter of the metric is outside its range."
    ),
    "unsorted_grid": Reason("시점의 목록이 커지는 차례가 아닙니다.", "The grid of times does not increase."),
    "no_rows": Reason("채점할 행이 없습니다.", "No row is to be scored."),
    "bad_rows": Reason(
        "채점할 행의 번호가 잘못되었습니다.", "The rows to be scored are not valid row numbers or flags."
    ),
}

REASONS: Mapping[str, Reason] = MappingProxyType({**_UNDEFINED, **_REFUSED})
UNDEFINED = frozenset(_UNDEFINED)
REFUSED = frozenset(_REFUSED)
