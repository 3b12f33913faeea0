"""What an upload must satisfy before it may be published, by its files and its opened labels."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from challenges import dictionary, tables
from challenges.definition import Definition
from challenges.predictions import ExpectedIds, PredictionProblems
from challenges.text import Text
from scorers.evaluation import Columns, evaluate
from scorers.inputs import SurvivalTruth
from worker import facts as facts_module
from worker import figures
from worker.columns import Outcomes, predicted, spec_of

LEAST_UNCENSORED = 0.1
LEAST_AT_RISK = 20
LANGUAGES = ("ko", "en")


@dataclass(slots=True)
class Found:
    """What a check has found so far."""

    mistakes: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def mistake(
        self, code: str, message: Text, *, file: str | None = None, line: int | None = None, about: str | None = None
    ) -> None:
        self.mistakes.append(_finding(code, message, file, line, about))

    def warning(
        self, code: str, message: Text, *, file: str | None = None, line: int | None = None, about: str | None = None
    ) -> None:
        self.warnings.append(_finding(code, message, file, line, about))


def _finding(code: str, message: Text, file: str | None, line: int | None, about: str | None) -> dict[str, Any]:
    """Return a finding; `about` names a split, a metric or a horizon, and may travel where figures may not."""
    return {"code": code, "file": file, "line": line, "about": about, "message": message._asdict()}


def texts(folder: Path, definition: Definition, found: Found) -> None:
    wanted = [(name, False) for name in ("overview", "evaluation", "data", "rules")]
    if definition.agreement is not None:
        wanted.append((definition.agreement.file, True))
    for name, needed in wanted:
        for language in LANGUAGES:
            file = f"{name}.{language}.md"
            if not (folder / file).is_file():
                message = Text(f"{file}이(가) 없습니다.", f"The text {file} is missing.")
                (found.mistake if needed else found.warning)("missing_text", message, file=file)


def examine(
    place: Path, definition: Definition, columns: list[str], ids: list[str], hidden: Outcomes, found: Found
) -> dict[str, Any]:
    """Find what can be found once the labels are at hand, wherever they come from; return the facts.

    `columns` and `ids` are the test file's; `place` need not hold the labels.
    """
    _columns(place, definition, columns, found)
    _train(place, definition, set(ids), found)
    baselines = _predictions(place, definition, ExpectedIds(ids), found)
    _splits(definition, hidden, found)
    _metrics(definition, hidden, baselines, found)
    return _gate(place, definition, hidden, found)


def table(path: Path, id_column: str, found: Found) -> tuple[list[str] | None, list[str]]:
    """Return a table's ids and its columns; no ids where it cannot be used."""
    try:
        with path.open("rb") as stream:
            text = tables.decode(tables.unpack(stream, largest=facts_module.LARGEST))
    except (tables.TableError, gzip.BadGzipFile) as error:
        code = getattr(error, "code", "not_csv")
        message = getattr(error, "message", Text("읽을 수 없는 파일입니다.", "The file cannot be read."))
        found.mistake(code, message, file=path.name, line=getattr(error, "line", None))
        return None, []
    rows = list(tables.rows(text))
    names = rows[0][1] if rows else []
    if names.count(id_column) != 1:
        found.mistake(
            "missing_column",
            Text(
                f"머리글에 {id_column} 열이 꼭 하나 있어야 합니다.",
                f"The header needs the column {id_column} exactly once.",
            ),
            file=path.name,
            line=1,
        )
        return None, names
    place = names.index(id_column)
    ids: dict[str, int] = {}
    for line, row in rows[1:]:
        if len(row) != len(names):
            found.mistake(
                "wrong_field_count",
                Text("칸의 수가 머리글과 다릅니다.", "The row does not have as many fields as the header."),
                file=path.name,
                line=line,
            )
            return None, names
        if row[place] in ids:
            found.mistake(
                "duplicate_id", Text("번호가 두 번 있습니다.", "An id stands twice."), file=path.name, line=line
            )
            return None, names
        ids[row[place]] = line
    return list(ids), names


def _columns(place: Path, definition: Definition, columns: list[str], found: Found) -> None:
    names = definition.labels
    hidden = {name for name in (names.time, names.event, names.outcome, names.truth, names.split) if name}
    for name in sorted(hidden & set(columns)):
        found.mistake(
            "label_in_test",
            Text(f"시험 자료에 결과의 열 {name}이(가) 있습니다.", f"The test file holds the label column {name}."),
            file=definition.files.test,
            line=1,
            about=name,
        )
    for name in definition.subgroups.columns:
        if name not in columns:
            found.mistake(
                "unknown_subgroup",
                Text(
                    f"시험 자료에 하위 집단의 열 {name}이(가) 없습니다.",
                    f"The test file has no column {name} for a subgroup.",
                ),
                file=definition.files.test,
                line=1,
                about=name,
            )
    file = definition.files.dictionary
    if file is None or not (place / file).is_file():
        return
    try:
        described = {one.column for one in dictionary.read(place / file)}
    except dictionary.DictionaryError as error:
        found.mistake("bad_dictionary", error.message, file=file, line=error.line)
        return
    for name in sorted(set(columns) - described):
        found.warning(
            "undescribed_column",
            Text(f"자료 사전에 {name} 열의 설명이 없습니다.", f"The dictionary does not describe the column {name}."),
            file=file,
            about=name,
        )


def _train(place: Path, definition: Definition, test_ids: set[str], found: Found) -> None:
    name = definition.files.train
    if name is None or not (place / name).is_file():
        return
    ids, _ = table(place / name, definition.labels.id, found)
    both = test_ids & set(ids or ())
    if both:
        found.mistake(
            "same_patient",
            Text(
                f"번호 {len(both)}개가 학습 자료와 시험 자료에 모두 있습니다.",
                f"{len(both)} ids stand in both the training and the test file.",
            ),
            file=name,
        )


def _predictions(place: Path, definition: Definition, expected: ExpectedIds, found: Found) -> dict[str, Columns]:
    files = {one.name: one.file for one in definition.baselines}
    if definition.files.sample:
        files["sample"] = definition.files.sample
    read: dict[str, Columns] = {}
    for name, file in files.items():
        if not (place / file).is_file():
            # A folder with a program for its baselines has them written when it is made.
            continue
        try:
            read[name] = predicted(facts_module.predictions_of(place / file, definition, expected), definition)
        except PredictionProblems as problems:
            first = problems.problems[0]
            found.mistake(first.code, first.message, file=file, line=first.line)
    return read


def _splits(definition: Definition, hidden: Outcomes, found: Found) -> None:
    for split in ("public", "private"):
        if split not in hidden.splits:
            # Practice may do without private rows: its labels are public anyhow.
            (found.warning if definition.practice else found.mistake)(
                "missing_split",
                Text(f"결과 파일에 {split} 행이 없습니다.", f"The labels hold no {split} row."),
                file=definition.files.labels,
                about=split,
            )


def _metrics(definition: Definition, hidden: Outcomes, baselines: dict[str, Columns], found: Found) -> None:
    for time, message in _horizons(definition, hidden):
        found.mistake("too_censored", message, file=definition.files.labels, about=f"{time:g}")
    reference = definition.reference
    if reference is None or reference.name not in baselines:
        return
    for split, rows in hidden.splits.items():
        scores = evaluate(
            hidden.truth, baselines[reference.name], [spec_of(one) for one in definition.metrics], rows=rows
        )
        for entry in definition.metrics:
            reason = scores[entry.key].reason
            if scores[entry.key].value is None:
                message = Text(
                    f"{split} 행에서 {entry.key} 값을 낼 수 없습니다({reason}).",
                    f"{entry.key} is undefined on the {split} rows ({reason}).",
                )
                told = found.mistake if entry.primary else found.warning
                told("undefined_metric", message, about=f"{entry.key}, {split}")


def _horizons(definition: Definition, hidden: Outcomes) -> Iterator[tuple[float, Text]]:
    truth = hidden.truth
    if not isinstance(truth, SurvivalTruth):
        return
    asked = {float(t) for one in definition.metrics for t in (one.horizon, one.tau, *(one.grid or ())) if t is not None}
    for time in sorted(asked):
        at_risk = truth.timeline.at_risk(time)
        share = truth.timeline.censoring.at(time)
        if share < LEAST_UNCENSORED or at_risk < LEAST_AT_RISK:
            message = Text(
                f"{time:g}일까지 관찰된 사람이 너무 적습니다(검열되지 않은 비율 {share:.2f}, 남은 사람 {at_risk}명).",
                f"Too few people are followed to day {time:g} (uncensored share {share:.2f}, {at_risk} at risk).",
            )
            yield time, message


def _gate(place: Path, definition: Definition, hidden: Outcomes, found: Found) -> dict[str, Any]:
    try:
        known = facts_module.training(place, definition)
    except PredictionProblems as problems:
        first = problems.problems[0]
        found.mistake(first.code, first.message, file="train_file", line=first.line)
        return {}
    except ValueError:
        # A label of the training file that is no number, or a time or event that cannot be one.
        found.mistake(
            "bad_training_labels",
            Text(
                "학습 자료의 결과 열에 숫자가 아니거나 허용하지 않는 값이 있습니다.",
                "A label column of the training file holds a value that is no number or is not allowed.",
            ),
            file=definition.files.train,
        )
        return {}
    sizes = {"test": int(next(iter(hidden.splits.values())).size) if hidden.splits else 0}
    sizes |= {
        split: int(hidden.splits[split].sum()) if split in hidden.splits else 0 for split in ("public", "private")
    }
    facts = facts_module.compute(definition, known, ids_sha256="", sizes=sizes) | figures.of(place, definition)
    if definition.leaderboard.gate == "none":
        return facts
    if facts["row"] is None:
        found.warning(
            "unbounded_row",
            Text(
                "주 지표를 한 행이 얼마나 움직일 수 있는지 정해지지 않아, 결과 공개 전에는 아무것도 보이지 않습니다.",
                "No bound is known on what one row does to the primary metric, so nothing is shown before the reveal.",
            ),
        )
        return facts
    passing = None if known is None else facts_module.passing(definition, known, facts)
    if passing is None:
        found.warning(
            "gate_untried",
            Text(
                "학습 환자를 예측한 기준 모형(train_file)이 없어, 실제로 나아진 파일이 관문을 지나는지 미리 보지 못했습니다.",
                "No reference baseline predicts the training patients (train_file), so nobody could try whether a real improvement passes the gate.",
            ),
        )
    elif not passing.passes:
        found.warning(
            "gate_too_narrow",
            Text(
                f"기준 모형 스스로도 관문을 지나지 못합니다(이득 {passing.gain:.4f}, 필요 {passing.threshold:.4f}). 공개 행을 늘리십시오.",
                f"The reference's own gain over the null would not pass the gate ({passing.gain:.4f}, needed {passing.threshold:.4f}). Take more public rows.",
            ),
        )
    return facts
