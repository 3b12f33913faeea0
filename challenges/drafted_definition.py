"""The challenge.toml of a drafted challenge."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from challenges import companions, validation
from challenges.answers import Answers
from challenges.asking import KINDS
from scorers.catalogue import number

TRAIN, TEST, DICTIONARY, LABELS, SAMPLE = "train", "test", "dictionary", "labels", "sample"
VALIDATION = "validation"
FILE_NAMES = {
    TRAIN: "train.csv",
    TEST: "test.csv",
    DICTIONARY: "dictionary.csv",
    LABELS: "labels.csv",
    SAMPLE: "sample_submission.csv",
}
AGREEMENT = "agreement"
# What the judges of the K-CURE contests looked at; the weights are for the organizer to set.
CRITERIA = (
    ("활용 필요성", "Need"),
    ("독창성", "Originality"),
    ("연구 우수성", "Research excellence"),
    ("발표", "Presentation"),
    ("기대 효과", "Expected effect"),
)
LONGEST_FREEZE = 7
Table = Mapping[str, object]


class Asked(NamedTuple):
    """A column of the prediction file."""

    name: str
    is_: str
    horizon: float | None = None


def files(answers: Answers) -> dict[str, str]:
    """Return the data files that a challenge of this kind has."""
    if answers.kind == "report":
        return {TRAIN: FILE_NAMES[TRAIN], DICTIONARY: FILE_NAMES[DICTIONARY]} if answers.columns else {}
    # Nothing is learnt from a training file of true effects, but the effects themselves.
    named = {role: name for role, name in FILE_NAMES.items() if role != TRAIN or answers.kind != "effect"}
    return named | ({VALIDATION: validation.FILE} if answers.validation and answers.kind in validation.KINDS else {})


def asked(answers: Answers) -> list[Asked]:
    """Return the columns that a prediction file must hold."""
    if answers.kind == "binary":
        return [Asked("probability", "probability")]
    if answers.kind == "effect":
        return [Asked(name, name) for name in ("estimate", "lower", "upper")]
    if answers.kind not in ("survival", "competing"):
        return []
    days = sorted(set(answers.horizons))
    timed = [Asked(f"p_{span_name(day)}", "event_probability", day) for day in days]
    return [Asked("risk", "risk"), *timed] if _needs_risk(answers, days) else timed


def _needs_risk(answers: Answers, days: list[float]) -> bool:
    """Only a rank metric whose time no probability covers asks for a risk: one column, one model, one meaning."""
    if answers.kind != "survival":
        return False
    first = metrics(answers)[0]
    return first["name"] == "harrell_c" or (first["name"] == "uno_c" and first.get("tau") not in days)


def metrics(answers: Answers) -> list[companions.Entry]:
    """Return the metrics, the primary first."""
    return companions.chosen(
        answers.kind,
        answers.horizons,
        primary=answers.primary,
        metrics=answers.metrics,
        tie_break=answers.tie_break,
    )


def span_name(day: float) -> str:
    """Return 3y for 1095 days, 90d for 90: the end of a column's name."""
    if day >= 365 and day % 365 == 0:
        return f"{number(day / 365)}y"
    return f"{number(day)}d".replace(".", "_")


def write(answers: Answers) -> str:
    """Return the text of challenge.toml."""
    lines = [f"#:schema {_line(answers.schema)}"] if answers.schema else []
    lines += _pairs(_top(answers))
    for name, table in _tables(answers):
        lines += ["", f"[{name}]", *_pairs(table)]
    for name, entries in _lists(answers):
        for entry in entries:
            lines += ["", f"[[{name}]]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def _top(answers: Answers) -> Table:
    return {
        "schema": 1,
        "slug": answers.slug,
        "title.ko": answers.title_ko,
        "title.en": answers.title_en,
        "summary.ko": answers.summary_ko,
        "summary.en": answers.summary_en,
        "version": answers.version,
        "license": answers.license,
        "synthetic": answers.synthetic,
        "practice": answers.practice,
        "admission": answers.admits,
        "kind": answers.kind,
    }


def _tables(answers: Answers) -> Iterator[tuple[str, Table]]:
    yield "calendar", _calendar(answers)
    if named := files(answers):
        yield "files", named
    if labelled := labels(answers):
        yield "labels", labelled
    yield "leaderboard", {"gate": answers.gated, "reveal": "after_close"}
    yield (
        "limits",
        {
            "per_day": answers.per_day,
            "total": answers.total,
            "team_size": answers.team_size,
            "max_bytes": 50_000_000,
        },
    )
    if answers.subgroups:
        yield "subgroups", {"columns": list(answers.subgroups)}
    if answers.agreement:
        yield AGREEMENT, {"version": "1", "file": AGREEMENT, "before": answers.agreement}
    if answers.kind == "report":
        yield "judging", {"leaderboard_weight": 0}


def _calendar(answers: Answers) -> Table:
    freeze = LONGEST_FREEZE
    if _aware(answers.opens) and _aware(answers.closes):
        length = (answers.closes - answers.opens).days  # type: ignore[operator] # both are there
        freeze = max(0, min(LONGEST_FREEZE, length // 4))
    moments = {"opens": answers.opens, "closes": answers.closes}
    return {
        **{name: at for name, at in moments.items() if at is not None},
        "verification_days": 10,
        "team_freeze_days": freeze,
        "timezone": answers.timezone,
    }


def _aware(at: datetime | None) -> bool:
    return at is not None and at.tzinfo is not None


def labels(answers: Answers) -> dict[str, str]:
    """Return the columns of the labels by their meaning."""
    kind = KINDS.get(answers.kind)
    named = {meaning: getattr(answers, meaning) for meaning in (kind.labels if kind else ())}
    return {meaning: name for meaning, name in named.items() if name}


def _lists(answers: Answers) -> Iterator[tuple[str, list[Table]]]:
    columns = asked(answers)
    yield (
        "columns",
        [
            {"name": one.name, "is": one.is_, **({"horizon": one.horizon} if one.horizon is not None else {})}
            for one in columns
        ],
    )
    yield "metrics", [dict(entry) for entry in metrics(answers)]
    yield (
        "baselines",
        [
            {
                "name": one.name,
                "title.ko": one.title_ko,
                "title.en": one.title_en,
                "file": one.file,
                **({"train_file": one.train_file} if one.train_file else {}),
                **({"reference": True} if one.reference else {}),
            }
            for one in answers.baselines
        ],
    )
    if answers.kind == "report":
        share = 100 // len(CRITERIA)
        yield "judging.criteria", [{"name.ko": ko, "name.en": en, "weight": share} for ko, en in CRITERIA]


def _pairs(table: Table) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, int | float):
        return number(value) if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(_line(str(value)), ensure_ascii=False)


def _line(text: str) -> str:
    """Return the text on one line without what TOML or UTF-8 cannot hold; JSON's escapes are TOML's for the rest."""
    plain = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() or sign.isspace() else " " for sign in plain).split())
