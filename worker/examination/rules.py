"""The rules of a challenge in words: who ranks before whom, what counts where nothing can be counted, what breaks ties."""

from challenges.definition import Definition, MetricEntry
from challenges.text import Text
from scorers.catalogue import METRICS

DIRECTIONS = {
    "higher": Text("클수록 좋습니다", "higher is better"),
    "lower": Text("작을수록 좋습니다", "lower is better"),
}


def words(definition: Definition) -> tuple[Text, Text, Text]:
    """Return the ranking rule, the rule for missing values, and the rule for ties."""
    if not definition.metrics:
        return _judged(definition)
    return _ranking(definition), _missing(definition), _ties(definition)


def named(entry: MetricEntry) -> Text:
    """Return a metric's title with its key."""
    metric = METRICS[entry.name]
    return Text(f"{metric.title_ko} [{entry.key}]", f"{metric.title_en} [{entry.key}]")


def _judged(definition: Definition) -> tuple[Text, Text, Text]:
    criteria = definition.judging.criteria if definition.judging else ()
    korean = ", ".join(f"{one.name.ko} {one.weight:g}" for one in criteria)
    english = ", ".join(f"{one.name.en} {one.weight:g}" for one in criteria)
    return (
        Text(f"심사위원이 기준표로 매깁니다: {korean}.", f"Judges score each report by a rubric: {english}."),
        Text("내지 않은 팀은 순위가 없습니다.", "A team without a report has no rank."),
        Text(
            "점수가 같으면 심사위원회가 기록을 남기고 정합니다.",
            "Equal scores are decided by the panel, on the record.",
        ),
    )


def _ranking(definition: Definition) -> Text:
    primary = definition.primary
    name = named(primary)
    better = DIRECTIONS[METRICS[primary.name].better]
    if definition.practice:
        return Text(
            f"팀마다 가장 좋은 제출의 {name.ko}로 순위를 매깁니다({better.ko}). 모든 점수를 바로 보입니다.",
            f"Teams rank by their best submission in {name.en} ({better.en}). Every score is shown at once.",
        )
    before = (
        Text(
            "그 전에는 관문이 받아들인 향상만 보입니다.",
            "Before it, only improvements that the gate accepts are shown.",
        )
        if definition.leaderboard.gate != "none"
        else Text(
            "그 전에는 공개 환자에서의 점수를 바로 보입니다.",
            "Before it, scores on the public patients are shown at once.",
        )
    )
    return Text(
        f"마감 뒤 비공개 환자에서 최종 제출의 {name.ko}로 한 번 순위를 매깁니다({better.ko}). {before.ko}",
        f"After the close, finals rank once by {name.en} on the private patients ({better.en}). {before.en}",
    )


def _missing(definition: Definition) -> Text:
    if definition.leaderboard.gate == "none":
        return Text(
            "값을 낼 수 없는 제출은 순위에 들지 않습니다. 우리 쪽의 실패는 제출 횟수로 세지 않고 다시 채점합니다.",
            "A submission without a value has no rank. Failures of ours are not counted and are scored again.",
        )
    return Text(
        "받아들인 파일이 없는 팀과 값을 낼 수 없는 최종 제출은 순위에 들지 않습니다. 우리 쪽의 실패는 제출 횟수로 세지 않고 다시 채점합니다.",
        "A team without an accepted file, and a final without a value, have no rank. Failures of ours are not counted and are scored again.",
    )


def _ties(definition: Definition) -> Text:
    entry = definition.tie_break
    equal = Text(
        "같은 값은 같은 순위입니다. 제출한 때로는 가르지 않습니다.",
        "Equal values share a rank; the time of submission decides nothing.",
    )
    if entry is None:
        return equal
    return Text(
        f"{equal.ko} 구별되지 않는 팀은 한 동률 묶음이며, 그 안의 차례는 {named(entry).ko}로 정합니다.",
        f"{equal.en} Teams that cannot be told apart form a tie group, inside which {named(entry).en} decides the order.",
    )
