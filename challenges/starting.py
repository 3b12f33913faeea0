"""The programs of a drafted folder: a starter for participants and baselines to edit, with the challenge's own names in them."""

import json
import re
from collections.abc import Mapping
from importlib import resources

from challenges.answers import Answers, BaselineAnswer
from challenges.drafted_definition import asked
from scorers.catalogue import number

STARTER, BASELINE = "starter.py", "baseline.py"
_NAMES = re.compile(r"# names\n.*?# end of names\n", re.DOTALL)
# For each kind, the null and the model; the model is the reference, which every final is compared with.
MODELS: Mapping[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "survival": (
        ("kaplan_meier", "모두에게 같은 Kaplan–Meier 곡선", "One Kaplan–Meier curve for everybody"),
        ("cox", "Cox: 모든 변수", "Cox: every variable"),
    ),
    "competing": (
        ("aalen_johansen", "모두에게 같은 Aalen–Johansen 곡선", "One Aalen–Johansen curve for everybody"),
        ("cox", "원인별 Cox: 모든 변수", "Cause-specific Cox: every variable"),
    ),
    "binary": (
        ("prevalence", "모두에게 같은 비율", "One share for everybody"),
        ("logistic", "로지스틱: 모든 변수", "Logistic: every variable"),
    ),
}


def baselines(kind: str) -> tuple[BaselineAnswer, ...]:
    """Return the baselines that the programs of a kind write; none where there is no model to start from."""
    return tuple(
        BaselineAnswer(name, ko, en, f"baseline_{name}.csv", f"baseline_{name}_train.csv", reference=place == 1)
        for place, (name, ko, en) in enumerate(MODELS.get(kind, ()))
    )


def programs(answers: Answers) -> dict[str, str]:
    """Return starter.py and baseline.py; nothing for a kind without a model to start from."""
    if answers.kind not in MODELS:
        return {}
    (null, *_), (model, *_) = MODELS[answers.kind]
    line = f'BASELINES: dict[str, Model] = {{"{null}": starter.crude, "{model}": starter.fit_predict}}\n'
    return {
        STARTER: _filled(f"{answers.kind}_starter.py", _names(answers)),
        BASELINE: _filled("baseline.py", line),
    }


def _names(answers: Answers) -> str:
    categories = [column.name for column in answers.columns if column.type == "category"]
    lines = [f"CATEGORIES: list[str] = {_list(categories)}"]
    if answers.kind == "binary":
        return "\n".join([f"ID, OUTCOME = {_text(answers.id)}, {_text(answers.outcome)}", *lines]) + "\n"
    columns = asked(answers)
    timed = [f"{_text(one.name)}: {number(one.horizon)}" for one in columns if one.horizon is not None]
    lines.insert(0, f"HORIZONS: dict[str, float] = {{{', '.join(timed)}}}")
    if answers.kind == "survival":
        lines.insert(1, f"RISK = {any(one.is_ == 'risk' for one in columns)}")
    return (
        "\n".join([f"ID, TIME, EVENT = {', '.join(map(_text, (answers.id, answers.time, answers.event)))}", *lines])
        + "\n"
    )


def _filled(template: str, names: str) -> str:
    text = resources.files("challenges.starters").joinpath(template).read_text(encoding="utf-8")
    return _NAMES.sub(lambda _: names, text)


def _list(values: list[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
