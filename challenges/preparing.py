"""From an organizer's own table to the files of a challenge's folder: divided, shuffled, renamed, described.

Standard library only, and nothing is written here: a table and a plan in, the files' contents out.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from challenges import authoring, cleaning, crude, dividing, drafted_definition, guessing, starting, validation
from challenges.answers import Answers, ColumnAnswer
from challenges.cleaning import Table
from challenges.dividing import PARTS, PRIVATE, PUBLIC, TRAIN
from challenges.drafted_overview import span
from challenges.lines import TableError
from challenges.planning import Plan
from challenges.source_table import Source
from challenges.text import Text

ID = "patient_id"
# Nothing in this folder is ever sent: it leads from the new ids back to the source.
KEPT = "private"
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Prepared:
    """The folder's files by name, and what was done and found on the way."""

    files: dict[str, str]
    answers: Answers
    notes: list[Text]
    rows: dict[str, int]
    events: dict[str, int]


def prepare(source: Source, plan: Plan) -> Prepared:
    """Return the files of the folder; TableError says what has to be mended in the table or in the plan."""
    table = cleaning.clean(source, plan)
    parts = _parts(table, plan)
    named = plan.answers.kind == "effect"  # estimands keep their names
    ids = table.columns[plan.answers.id] if named else dividing.ids(table.count, plan.seed)
    id_name = plan.answers.id if named else _free(ID, table.names)
    part = _validation(table, ids, parts)
    answers = replace(_answers(table, plan, id_name, parts), validation=bool(part))
    files = authoring.write(answers) | starting.programs(answers) | _data(table, plan, answers, ids, parts)
    if part:
        files[validation.FILE] = validation.written(answers.id, part)
    files |= _kept(table, plan, source, ids, parts)
    sizes = dividing.sizes(parts)
    return Prepared(
        files,
        answers,
        [*table.notes, *table.steps],
        {part: sizes[part] for part in PARTS},
        _events(table, parts),
    )


def _parts(table: Table, plan: Plan) -> list[str]:
    kind = plan.answers.kind
    if kind == "report":
        return [TRAIN] * table.count
    shares = (0.0, *plan.shares[1:]) if kind == "effect" else plan.shares
    columns = [table.labels[name] for name in ("event", "outcome") if name in table.labels]
    columns += [table.columns[name] for name in plan.stratify]
    parts = dividing.divide(dividing.strata(columns) if columns else [()] * table.count, shares, plan.seed)
    sizes = dividing.sizes(parts)
    if any(share and not sizes[part] for part, share in zip(PARTS, shares, strict=True)):
        raise TableError("too_few_rows", Text("나눌 행이 너무 적습니다.", "There are too few rows to divide."))
    return parts


def _answers(table: Table, plan: Plan, id_name: str, parts: Sequence[str]) -> Answers:
    kind = table.answers.kind
    columns = [guessing.column(name, table.columns[name]) for name in table.names]
    if kind == "effect":
        columns.insert(
            0, ColumnAnswer(id_name, "id", description_ko="추정 대상의 이름.", description_en="The estimand’s name.")
        )
    if kind == "report":
        columns.insert(0, ColumnAnswer(id_name, "id", description_ko="무작위 번호.", description_en="A random number."))
    baselines = table.answers.baselines or starting.baselines(kind)
    answers = replace(table.answers, id=id_name, columns=tuple(columns), baselines=baselines)
    if kind in ("survival", "competing") and not answers.horizons:
        answers = replace(answers, horizons=_horizons(table, parts))
    steps = [*table.steps, *_division(table, plan)]
    return replace(
        answers,
        steps_ko=(*answers.steps_ko, *(step.ko for step in steps)),
        steps_en=(*answers.steps_en, *(step.en for step in steps)),
    )


def _validation(table: Table, ids: Sequence[str], parts: Sequence[str]) -> list[str]:
    """Return a fifth of the training ids, or none where so few patients or events would say nothing."""
    held = table.labels.get("event") or table.labels.get("outcome")
    if held is None:
        return []
    happened = {ids[row]: held[row] == "1" for row in range(table.count) if parts[row] == TRAIN}
    # In the order of the ids, which are random: the order of the file tells nothing.
    part = validation.chosen(sorted(happened))
    events = sum(happened[one] for one in part)
    enough = len(part) >= validation.LEAST_ROWS and min(events, len(part) - events) >= validation.LEAST_EVENTS
    return part if enough else []


def _horizons(table: Table, parts: Sequence[str]) -> tuple[float, ...]:
    sizes = dividing.sizes(parts)
    share = min(sizes[part] for part in (PUBLIC, PRIVATE) if sizes[part]) / table.count
    found = crude.horizons(*_outcome(table, range(table.count)), share)
    if not found:
        raise TableError(
            "no_horizon",
            Text(
                "관찰 기간이 짧거나 행이 적어 물을 날을 고를 수 없습니다. --horizon으로 알려 주십시오.",
                "Follow-up is too short, or rows too few, to choose a horizon. Name one by --horizon.",
            ),
        )
    listed = Text(*(", ".join(span(day)[place] for day in found) for place in (0, 1)))
    table.notes.append(Text(f"고른 날: {listed.ko}.", f"Horizons chosen: {listed.en}."))
    return found


def _division(table: Table, plan: Plan) -> list[Text]:
    kind = plan.answers.kind
    renamed = Text("번호를 뜻이 없는 무작위 번호로 바꾸었습니다.", "Ids were replaced by random ones without meaning.")
    if kind == "report":
        return [renamed]
    by = ", ".join(f"`{one}`" for one in _strata(table, plan))
    if kind == "effect":
        return [Text("공개와 비공개로 나누고 순서를 섞었습니다.", "Public and private rows were drawn and shuffled.")]
    shares = [f"{share / sum(plan.shares):.0%}" for share in plan.shares]
    divided = Text(
        f"{by}의 층마다 학습 {shares[0]}, 공개 {shares[1]}, 비공개 {shares[2]}로 나누고 순서를 섞었습니다. 나눈 씨앗은 주최자만 압니다.",
        f"Within strata of {by}, patients were divided into training {shares[0]}, public {shares[1]} and private {shares[2]}, and shuffled. The seed is known to the organizer only.",
    )
    return [divided, renamed]


def _strata(table: Table, plan: Plan) -> list[str]:
    return [one for one in (table.answers.event or table.answers.outcome, *plan.stratify) if one]


def _data(table: Table, plan: Plan, answers: Answers, ids: Sequence[str], parts: Sequence[str]) -> dict[str, str]:
    """Return the data files, every one in the same shuffled order."""
    order = dividing.shuffled(range(table.count), plan.seed)
    known = [row for row in order if parts[row] == TRAIN]
    asked = [row for row in order if parts[row] != TRAIN]
    outcome = [getattr(answers, meaning) for meaning in table.labels]
    variables = [table.columns[name] for name in table.names]
    labels = list(table.labels.values())
    files = drafted_definition.files(answers)
    made: dict[str, str] = {}
    if "train" in files:
        rows = ([ids[row], *(column[row] for column in (*variables, *labels))] for row in known)
        made[files["train"]] = _csv([answers.id, *table.names, *outcome], rows)
    if "test" in files:
        rows = ([ids[row], *(column[row] for column in variables)] for row in asked)
        made[files["test"]] = _csv([answers.id, *table.names], rows)
        rows = ([ids[row], *(column[row] for column in labels), parts[row]] for row in asked)
        made[files["labels"]] = _csv([answers.id, *outcome, answers.split], rows)
        made[files["sample"]] = _sample(table, answers, [ids[row] for row in asked], known)
    return made


def _sample(table: Table, answers: Answers, ids: Sequence[str], known: Sequence[int]) -> str:
    """Return a file in which everybody gets the training patients' own risk."""
    columns = drafted_definition.asked(answers)
    values: list[float] = []
    for column in columns:
        if column.is_ == "event_probability":
            values.append(crude.incidence(*_outcome(table, known), column.horizon or 0.0))
        elif column.is_ == "probability":
            outcome = table.labels["outcome"]
            values.append(sum(outcome[row] == "1" for row in known) / len(known))
        else:
            values.append({"lower": -1.0, "upper": 1.0}.get(column.is_, 0.0))
    constant = [f"{value:.{DIGITS}f}" for value in values]
    return _csv([answers.id, *(column.name for column in columns)], ([one, *constant] for one in ids))


def _outcome(table: Table, rows: Iterable[int]) -> tuple[list[float], list[int]]:
    held = list(rows)
    return [float(table.labels["time"][row]) for row in held], [int(table.labels["event"][row]) for row in held]


def _kept(table: Table, plan: Plan, source: Source, ids: Sequence[str], parts: Sequence[str]) -> dict[str, str]:
    """Return what leads back to the source: the seed, and which id was which row."""
    named = table.columns.get(plan.answers.id, [""] * table.count)
    record = {
        "seed": plan.seed,
        "source_sha256": source.sha256,
        "keep": [f"{name}={value}" for name, value in plan.keep],
        "shares": dict(zip(PARTS, plan.shares, strict=True)),
        "strata": _strata(table, plan),
        "rows": dict(sorted(dividing.sizes(parts).items())),
    }
    rows = ([ids[row], parts[row], named[row], str(table.places[row])] for row in range(table.count))
    return {
        f"{KEPT}/split.json": json.dumps(record, ensure_ascii=False, indent=1) + "\n",
        f"{KEPT}/ids.csv": _csv(["id", "part", "source_id", "source_row"], rows),
    }


def _events(table: Table, parts: Sequence[str]) -> dict[str, int]:
    held = table.labels.get("event") or table.labels.get("outcome")
    if held is None:
        return {}
    return {
        part: sum(1 for one, value in zip(parts, held, strict=True) if (one, value) == (part, "1")) for part in PARTS
    }


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else f"arena_{name}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    held = io.StringIO(newline="")
    table = csv.writer(held, lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    return held.getvalue()
