"""What a file without problems may still have wrong: advice that blocks nothing and is made without any label."""

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from challenges.definition import Definition
from challenges.text import Text

SAMPLE = 2000
FEW = 20  # among fewer rows nothing is striking
CONSTANT = Text(
    "{column} 열의 값이 거의 모두 같습니다. 모형이 환자를 나누지 못합니다.",
    "Nearly all values in {column} are the same: the model tells no one apart.",
)
CLASSES = Text(
    "{column} 열에 0과 1만 있습니다. 예측한 분류가 아니라 확률을 적으면 점수가 나아집니다.",
    "{column} holds zeros and ones only. Probabilities, not predicted classes, score better.",
)
LOOKS_SURVIVAL = Text(
    "{column} 열의 평균은 {mean}인데 학습 자료의 사건 확률은 {usual}입니다. 생존 확률이라면 1에서 빼십시오.",
    "The mean of {column} is {mean}, while the event probability in the training data is {usual}. If these are survival probabilities, write 1 minus them.",
)
TOO_SMALL = Text(
    "{column} 열의 평균은 {mean}인데 학습 자료의 사건 확률은 {usual}입니다. 100으로 두 번 나누었거나 다른 기간의 확률은 아닌지 보십시오.",
    "The mean of {column} is {mean}, while the event probability in the training data is {usual}. Were they divided by 100 twice, or are they of another horizon?",
)
TOO_LARGE = Text(
    "{column} 열의 평균은 {mean}인데 학습 자료의 사건 확률은 {usual}입니다. 다른 열이나 다른 기간의 확률은 아닌지 보십시오.",
    "The mean of {column} is {mean}, while the event probability in the training data is {usual}. Are they of another column or another horizon?",
)
FAR = 3.0  # how many times larger or smaller than in the training data a mean may be
HIGH = Text(
    "{column} 열의 확률이 대부분 0.5보다 큽니다. 생존이 아니라 사건의 확률인지 보십시오.",
    "Most probabilities in {column} exceed 0.5. Check that they are of the event and not of survival.",
)
OPPOSED = Text(
    "{risk} 열이 {column} 열과 거꾸로 움직입니다. {risk}는 클수록 위험해야 합니다. 부호를 보십시오.",
    "{risk} moves against {column}. A larger {risk} must mean a higher risk: check its sign.",
)
OUTSIDE = Text(
    "{estimate} 값이 구간 밖에 있는 줄이 {count}개입니다.",
    "In {count} of the rows {estimate} lies outside its interval.",
)
Columns = Mapping[str, "array[float]"]


def give(columns: Columns, definition: Definition, usual: Mapping[str, float]) -> tuple[Text, ...]:
    """Return what is worth a second look before a submission is spent; `usual` are the training data's shares of events."""
    if not columns or len(next(iter(columns.values()))) < FEW:
        return ()
    return (
        *_of_columns(columns, definition, usual),
        *_of_risk(columns, definition),
        *_of_intervals(columns, definition),
    )


def _sample(column: "array[float]") -> "array[float]":
    return column[:: max(1, len(column) // SAMPLE)]


def _of_columns(columns: Columns, definition: Definition, usual: Mapping[str, float]) -> Iterator[Text]:
    for asked in definition.columns:
        some = _sample(columns[asked.name])
        count = Counter(some).most_common(1)[0][1]
        share = usual.get(asked.name) if asked.is_ in ("event_probability", "probability") else None
        beside = None if share is None else _beside(math.fsum(some) / len(some), share)
        if asked.is_ in ("event_probability", "probability") and set(some) == {0.0, 1.0}:
            yield CLASSES.format(column=asked.name)
        elif count >= 0.95 * len(some):
            yield CONSTANT.format(column=asked.name)
        elif beside is not None:
            yield beside.format(column=asked.name)
        elif (
            asked.name not in usual
            and asked.is_ == "event_probability"
            and len(definition.horizons) == 1
            and sum(value > 0.5 for value in some) > 0.8 * len(some)
        ):
            yield HIGH.format(column=asked.name)


def _beside(mean: float, share: float) -> Text | None:
    """Compare a column's mean with the share of the training patients who had the event; a published figure, no label."""
    if not 0.0 < share < 1.0:
        return None
    if abs(mean - (1 - share)) < abs(mean - share) and abs(share - 0.5) > 0.1:
        words = LOOKS_SURVIVAL
    elif mean > FAR * share:
        words = TOO_LARGE
    elif mean < share / FAR:
        words = TOO_SMALL
    else:
        return None
    return words.format(column="{column}", mean=f"{mean:.2g}", usual=f"{share:.2g}")


def _of_risk(columns: Columns, definition: Definition) -> Iterator[Text]:
    risks = [asked.name for asked in definition.columns if asked.is_ == "risk"]
    timed = [asked.name for asked in definition.columns if asked.is_ == "event_probability"]
    if not risks or not timed:
        return
    risk, chance = _sample(columns[risks[0]]), _sample(columns[timed[-1]])
    pairs = list(zip(risk, chance, strict=True))
    signs = [(a[0] - b[0]) * (a[1] - b[1]) for a, b in pairwise(pairs)]
    against, along = sum(sign < 0 for sign in signs), sum(sign > 0 for sign in signs)
    if against > FEW and against > 9 * along:
        yield OPPOSED.format(risk=risks[0], column=timed[-1])


def _of_intervals(columns: Columns, definition: Definition) -> Iterator[Text]:
    named = {asked.is_: columns[asked.name] for asked in definition.columns}
    if not {"estimate", "lower", "upper"} <= set(named):
        return
    rows = zip(named["lower"], named["estimate"], named["upper"], strict=True)
    count = sum(not low <= middle <= high for low, middle, high in rows)
    if count:
        name = next(asked.name for asked in definition.columns if asked.is_ == "estimate")
        yield OUTSIDE.format(estimate=name, count=count)
