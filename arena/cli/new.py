"""`arena challenge new`: from a table and a few answers to a complete folder."""

import math
import re
import secrets
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from arena.cli import questions, writing
from arena.cli.commands import REFUSED, USAGE, challenge, command
from arena.cli.over_http import AsJson
from arena.cli.words import language, said, show, tell
from challenges import authoring, gaps, guessing, preparing, schema, source_table
from challenges.answers import Answers
from challenges.asking import KINDS
from challenges.lines import TableError
from challenges.outcome_columns import DAYS
from challenges.planning import SHARES, Plan
from challenges.preparing import Prepared
from challenges.source_table import Source
from challenges.text import Text

TITLE = gaps.field("제목", "the title")
SUMMARY = gaps.field("한두 문장의 요약", "a summary of a sentence or two")
LICENCE = gaps.field("자료의 허가", "the licence of the data")
# Flags that are given several times have their answer's name in the singular.
FLAGS = {"horizons": "horizon", "metrics": "metric", "subgroups": "subgroup"}


def _option(name: str, ko: str, en: str) -> Any:
    return typer.Option(f"--{name}", help=said(ko, en), show_default=False)


@command(
    challenge,
    "new",
    "자료 한 장으로 챌린지의 폴더를 만듭니다. 단말기에서는 빠진 것을 묻습니다.",
    "Make a challenge's folder from one table. On a terminal, what is missing is asked for.",
    example="arena challenge new recurrence --data colon.csv --time time --event status --keep etype=1 --id id",
)
def challenge_new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=said("만들 폴더", "the folder to make"))],
    *,
    data: Annotated[
        Path | None, _option("data", "변수와 결과를 함께 담은 CSV", "a CSV with variables and outcomes")
    ] = None,
    kind: Annotated[str, _option("kind", "survival, competing, binary, effect, report", "survival, competing, binary, effect or report")] = "",
    slug: Annotated[str, _option("slug", "주소에 쓰는 이름 (없으면 폴더의 이름)", "the name in addresses (else the folder's)")] = "",
    title_ko: Annotated[str, _option("title-ko", "한국어 제목", "the title in Korean")] = "",
    title_en: Annotated[str, _option("title-en", "영어 제목", "the title in English")] = "",
    summary_ko: Annotated[str, _option("summary-ko", "한국어 요약", "the summary in Korean")] = "",
    summary_en: Annotated[str, _option("summary-en", "영어 요약", "the summary in English")] = "",
    id_column: Annotated[str, _option("id", "환자 번호의 열", "the column of patients' ids")] = "",
    time: Annotated[str, _option("time", "시간의 열", "the column of times")] = "",
    time_unit: Annotated[str, _option("time-unit", "days, weeks, months, years", "days, weeks, months or years")] = "days",
    event: Annotated[str, _option("event", "사건의 열", "the column of events")] = "",
    event_value: Annotated[str, _option("event-value", "사건을 뜻하는 값", "the value that means the event")] = "",
    competing_value: Annotated[str, _option("competing-value", "경쟁 사건을 뜻하는 값", "the value of the competing event")] = "",
    outcome: Annotated[str, _option("outcome", "이분 결과의 열", "the column of a binary outcome")] = "",
    truth: Annotated[str, _option("truth", "참 효과의 열", "the column of true effects")] = "",
    horizon: Annotated[list[float] | None, _option("horizon", "확률을 물을 날 (여러 번)", "a day at which a probability is asked (repeat)")] = None,
    primary: Annotated[str, _option("primary", "주 지표: ipa@1095", "the primary metric: ipa@1095")] = "",
    metric: Annotated[list[str] | None, _option("metric", "함께 보일 지표 (여러 번)", "a metric shown beside (repeat)")] = None,
    keep: Annotated[list[str] | None, _option("keep", "열=값: 이 행만 씁니다 (여러 번)", "COLUMN=VALUE: only these rows are used (repeat)")] = None,
    drop: Annotated[list[str] | None, _option("drop", "내놓지 않을 열 (여러 번)", "a column not to release (repeat)")] = None,
    stratify: Annotated[list[str] | None, _option("stratify", "고르게 나눌 열 (여러 번)", "a column to divide evenly by (repeat)")] = None,
    subgroup: Annotated[list[str] | None, _option("subgroup", "무리마다 점수를 낼 열 (여러 번)", "a column with scores for its groups (repeat)")] = None,
    shares: Annotated[str, _option("shares", "학습,공개,비공개의 비", "training,public,private")] = ",".join(f"{share:g}" for share in SHARES),
    seed: Annotated[str, _option("seed", "나누는 씨앗 (없으면 뽑습니다)", "the seed of the division (else drawn)")] = "",
    license_: Annotated[str, _option("license", "자료의 허가", "the licence of the data")] = "",
    provenance_ko: Annotated[str, _option("provenance-ko", "자료의 출처, 한국어", "where the data come from, in Korean")] = "",
    provenance_en: Annotated[str, _option("provenance-en", "자료의 출처, 영어", "where the data come from, in English")] = "",
    synthetic: Annotated[bool, _option("synthetic", "환자가 모두 합성", "every patient is synthetic")] = False,
    practice: Annotated[bool, _option("practice", "결과가 공개된 연습", "practice with public labels")] = False,
    opens: Annotated[str, _option("opens", "여는 때: 2026-11-01T00:00+09:00", "the opening: 2026-11-01T00:00+09:00")] = "",
    closes: Annotated[str, _option("closes", "마감", "the close")] = "",
    admission: Annotated[str, _option("admission", "open, approval, invite", "open, approval or invite")] = "",
    gate: Annotated[str, _option("gate", "significant, none", "significant or none")] = "",
    agreement: Annotated[str, _option("agreement", "동의할 때: submission, download", "when it is accepted: submission or download")] = "",
    per_day: Annotated[int, _option("per-day", "하루 제출 수", "submissions a day")] = 3,
    total: Annotated[int, _option("total", "모두 제출 수", "submissions in all")] = 60,
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help=said("기준 모형을 맞춥니다", "fit the baselines"))] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=said("묻지 않고 짐작을 씁니다", "ask nothing, take the guesses"))] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    if kind and kind not in KINDS:
        listed = ", ".join(KINDS)
        _refuse(Text(f"--kind는 {listed} 가운데 하나입니다.", f"--kind is one of {listed}."), USAGE)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        _refuse(Text(f"{folder}이(가) 비어 있지 않습니다.", f"{folder} is there already and is not empty."))
    answers = Answers(
        slug=slug or _slug(folder),
        title_ko=title_ko,
        title_en=title_en,
        summary_ko=summary_ko,
        summary_en=summary_en,
        kind=kind,
        id=id_column,
        time=time,
        event=event,
        outcome=outcome,
        truth=truth,
        horizons=tuple(horizon or ()),
        primary=primary,
        metrics=tuple(metric or ()),
        subgroups=tuple(subgroup or ()),
        license=license_,
        provenance_ko=provenance_ko,
        provenance_en=provenance_en,
        synthetic=synthetic,
        practice=practice,
        opens=_moment("opens", opens),
        closes=_moment("closes", closes),
        admission=admission,
        gate=gate,
        agreement=agreement,
        per_day=per_day,
        total=total,
    )
    plan = Plan(
        answers,
        seed or secrets.token_hex(16),
        keep=tuple(map(_kept, keep or ())),
        drop=tuple(drop or ()),
        stratify=tuple(stratify or ()),
        shares=_shares(shares),
        time_unit=_unit(time_unit),
        event_value=event_value,
        competing_value=competing_value,
    )
    asking = sys.stdin.isatty() and not yes
    try:
        prepared = _prepared(plan, data, asking=asking)
    except TableError as error:
        where = f"{data}:{error.line}: " if error.line else ""
        _refuse(Text(f"{where}{error.message.ko} [{error.code}]", f"{where}{error.message.en} [{error.code}]"))
    writing.write(folder, prepared, fitted=baselines)
    writing.tell_made(folder, prepared, as_json=as_json)


def _prepared(plan: Plan, data: Path | None, *, asking: bool) -> Prepared:
    if data is None and asking and plan.answers.kind != "report":
        data = questions.table()
    if data is None:
        if plan.answers.kind == "report":
            answers = _gapped(plan.answers)
            return _valid(Prepared(authoring.write(answers), answers, [], {}, {}))
        _refuse(Text("--data로 자료를 알려 주십시오.", "Name the table by --data."), USAGE)
    if not data.is_file():
        _refuse(Text(f"{data} 파일이 없습니다.", f"There is no file {data}."), USAGE)
    source = source_table.read(data.read_bytes())
    plan = _found(plan, source)
    if asking:
        plan = questions.complete(plan, source)
    plan = replace(plan, answers=_gapped(plan.answers))
    prepared = questions.settled(plan, source) if asking else preparing.prepare(source, plan)
    return _valid(prepared)


def _found(plan: Plan, source: Source) -> Plan:
    """Return the plan with columns by their tidy names, and the outcome's filled in where names tell it."""

    def tidy(name: str) -> str:
        return (
            name
            if name in source.names
            else next((one for one in (source_table.tidy(name),) if one in source.names), name)
        )

    given = plan.answers
    columns = {
        field: tidy(value) for field in ("id", "time", "event", "outcome", "truth") if (value := getattr(given, field))
    }
    given = given.but(**columns, subgroups=tuple(map(tidy, given.subgroups)))
    if not given.kind and plan.competing_value:
        given = replace(given, kind="competing")
    return replace(
        plan,
        answers=guessing.outcome(given, source.names),
        keep=tuple((tidy(name), value) for name, value in plan.keep),
        drop=tuple(map(tidy, plan.drop)),
        stratify=tuple(map(tidy, plan.stratify)),
    )


def _gapped(answers: Answers) -> Answers:
    return replace(
        answers,
        title_ko=answers.title_ko or TITLE.ko,
        title_en=answers.title_en or TITLE.en,
        summary_ko=answers.summary_ko or SUMMARY.ko,
        summary_en=answers.summary_en or SUMMARY.en,
        license=answers.license or LICENCE.pick(language()),
    )


def _valid(prepared: Prepared) -> Prepared:
    found = authoring.problems(prepared.answers)
    if found:
        for name, message in found.items():
            flag = f"--{FLAGS.get(name, name.replace('_', '-'))}"
            tell(Text(f"{flag}: {message.ko}", f"{flag}: {message.en}"))
        raise typer.Exit(REFUSED)
    return prepared


def _slug(folder: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    return name if len(name) > 2 and name[0].isalpha() else f"challenge-{name}".strip("-")


def _moment(flag: str, given: str) -> datetime | None:
    if not given:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        example = "2026-11-01T00:00+09:00"
        _refuse(Text(f"--{flag}: {example}처럼 적으십시오.", f"--{flag}: write it like {example}."), USAGE)


def _kept(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not name or not equals:
        _refuse(Text("--keep은 etype=1처럼 적으십시오.", "--keep is written like etype=1."), USAGE)
    return name, value


def _shares(given: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in given.replace("/", ",").split(","))
    except ValueError:
        found = ()
    if (
        len(found) != 3
        or not all(math.isfinite(share) and share >= 0 for share in found)
        or not found[0]
        or not sum(found[1:])
    ):
        _refuse(
            Text(
                "--shares는 50,25,25처럼 학습, 공개, 비공개의 비를 적습니다. 학습과 시험에 모두 행이 있어야 합니다.",
                "--shares is written like 50,25,25: training, public, private. Both training and test need rows.",
            ),
            USAGE,
        )
    return found


def _unit(given: str) -> str:
    if given not in DAYS:
        listed = ", ".join(DAYS)
        _refuse(Text(f"--time-unit은 {listed} 가운데 하나입니다.", f"--time-unit is one of {listed}."), USAGE)
    return given


def _refuse(message: Text, code: int = REFUSED) -> NoReturn:
    tell(message)
    raise typer.Exit(code)


@command(
    challenge,
    "schema",
    "challenge.toml의 JSON Schema를 찍습니다. 편집기가 이름을 채우고 잘못을 표시합니다.",
    "Print the JSON Schema of challenge.toml. With it, editors complete names and mark mistakes.",
    example="arena challenge schema > challenge.schema.json",
)
def challenge_schema() -> None:
    show(schema.text().rstrip("\n"))
