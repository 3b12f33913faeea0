"""Checking a challenge's folder before it is published: files agree, metrics are defined, the gate can be passed."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from challenges import dictionary, tables
from challenges.definition import Definition, load
from challenges.labels import LabelsError, read_labels
from challenges.predictions import ExpectedIds, PredictionProblems
from challenges.text import Text
from scorers.evaluation import Columns, evaluate
from scorers.inputs import SurvivalTruth
from worker import facts as facts_module
from worker import folders
from worker.columns import Outcomes, outcomes, predicted, spec_of

DONE, REFUSED = range(2)
LEAST_UNCENSORED = 0.1
LEAST_AT_RISK = 20
LANGUAGES = ("ko", "en")


@dataclass(slots=True)
class Found:
    """What a check has found so far."""

    mistakes: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def mistake(self, code: str, message: Text, *, file: str | None = None, line: int | None = None) -> None:
        self.mistakes.append(_finding(code, message, file, line))

    def warning(self, code: str, message: Text, *, file: str | None = None, line: int | None = None) -> None:
        self.warnings.append(_finding(code, message, file, line))


def _finding(code: str, message: Text, file: str | None, line: int | None) -> dict[str, Any]:
    return {"code": code, "file": file, "line": line, "message": message._asdict()}


def check(folder: Path) -> tuple[dict[str, Any], int]:
    """Return every mistake and warning of a folder; a definition that cannot be read raises DefinitionError."""
    definition = load(folder)
    found = Found()
    _texts(folder, definition, found)
    facts: dict[str, Any] = {}
    with folders.whole(folder, definition, baselines=True) as place:
        if _files(place, definition, found) and definition.metrics:
            facts = _data(place, definition, found)
    code = REFUSED if found.mistakes else DONE
    return {"ok": not found.mistakes, "mistakes": found.mistakes, "warnings": found.warnings, "facts": facts}, code


def _texts(folder: Path, definition: Definition, found: Found) -> None:
    wanted = [(name, False) for name in ("overview", "evaluation", "data", "rules")]
    if definition.agreement is not None:
        wanted.append((definition.agreement.file, True))
    for name, needed in wanted:
        for language in LANGUAGES:
            file = f"{name}.{language}.md"
            if not (folder / file).is_file():
                message = Text(f"{file}이(가) 없습니다.", f"The text {file} is missing.")
                (found.mistake if needed else found.warning)("missing_text", message, file=file)


def _files(place: Path, definition: Definition, found: Found) -> bool:
    missing = False
    files = definition.files
    for name in (files.train, files.test, files.dictionary, files.labels, files.sample):
        if name and not (place / name).is_file():
            found.mistake("missing_file", Text(f"{name} 파일이 없습니다.", f"The file {name} is missing."), file=name)
            missing = missing or name in (files.test, files.labels)
    return not missing


def _data(place: Path, definition: Definition, found: Found) -> dict[str, Any]:
    labels_name, test_name = str(definition.files.labels), definition.files.test
    try:
        labels = read_labels((place / labels_name).read_bytes(), definition)
    except LabelsError as error:
        found.mistake(error.code, error.message, file=labels_name, line=error.line)
        return {}
    if test_name is None:
        return {}
    ids, columns = _table(place / test_name, definition.labels.id, found)
    if ids is None:
        return {}
    if sorted(ids) != sorted(labels.ids):
        found.mistake(
            "other_rows",
            Text(
                "시험 자료와 결과 파일의 번호가 서로 다릅니다.",
                "The test file and the labels do not name the same ids.",
            ),
            file=test_name,
        )
        return {}
    _columns(place, definition, columns, found)
    _train(place, definition, set(ids), found)
    hidden = outcomes(labels, definition, ids)
    baselines = _predictions(place, definition, ExpectedIds(ids), found)
    _splits(definition, hidden, found)
    _metrics(definition, hidden, baselines, found)
    return _gate(place, definition, hidden, found)


def _table(path: Path, id_column: str, found: Found) -> tuple[list[str] | None, list[str]]:
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
        )


def _train(place: Path, definition: Definition, test_ids: set[str], found: Found) -> None:
    name = definition.files.train
    # Where effects are estimated, the test file's rows are estimands: the training file's patients have other ids.
    if name is None or not (place / name).is_file() or definition.kind == "effect":
        return
    ids, _ = _table(place / name, definition.labels.id, found)
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
            )


def _metrics(definition: Definition, hidden: Outcomes, baselines: dict[str, Columns], found: Found) -> None:
    for message in _horizons(definition, hidden):
        found.mistake("too_censored", message, file=definition.files.labels)
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
                (found.mistake if entry.primary else found.warning)("undefined_metric", message)


def _horizons(definition: Definition, hidden: Outcomes) -> Iterator[Text]:
    truth = hidden.truth
    if not isinstance(truth, SurvivalTruth):
        return
    asked = {float(t) for one in definition.metrics for t in (one.horizon, one.tau, *(one.grid or ())) if t is not None}
    for time in sorted(asked):
        at_risk = truth.timeline.at_risk(time)
        share = truth.timeline.censoring.at(time)
        if share < LEAST_UNCENSORED or at_risk < LEAST_AT_RISK:
            yield Text(
                f"{time:g}일까지 관찰된 사람이 너무 적습니다(검열되지 않은 비율 {share:.2f}, 남은 사람 {at_risk}명).",
                f"Too few people are followed to day {time:g} (uncensored share {share:.2f}, {at_risk} at risk).",
            )


def _gate(place: Path, definition: Definition, hidden: Outcomes, found: Found) -> dict[str, Any]:
    try:
        known = facts_module.training(place, definition)
    except PredictionProblems as problems:
        first = problems.problems[0]
        found.mistake(first.code, first.message, file="train_file", line=first.line)
        return {}
    sizes = {"test": int(next(iter(hidden.splits.values())).size) if hidden.splits else 0}
    sizes |= {
        split: int(hidden.splits[split].sum()) if split in hidden.splits else 0 for split in ("public", "private")
    }
    facts = facts_module.compute(definition, known, ids_sha256="", sizes=sizes)
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
                "기준 모형의 학습 자료 예측(train_file)이 없어, 관문을 지날 수 있는지 확인하지 못했습니다.",
                "Without the reference's predictions of the training rows (train_file) it cannot be said whether the gate can be passed.",
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
