"""What an organizer does with a plain folder: no server, no key; the arithmetic is the worker's."""

from pathlib import Path
from typing import Annotated, Any

import typer

from arena.cli.commands import app, challenge, command
from arena.cli.examination import show_examination
from arena.cli.over_http import AsJson
from arena.cli.tools import run_worker, show_findings
from arena.cli.words import language, number, said, show_json, show_table, tell
from challenges.text import Text
from scorers.catalogue import METRICS

Folder = Annotated[
    Path,
    typer.Argument(metavar="DIR", exists=True, file_okay=False, help=said("챌린지의 폴더", "the challenge's folder")),
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        dir_okay=False,
        help=said("데이터시트를 쓸 파일(.html, .json)", "where to write the datasheet (.html, .json)"),
    ),
]
PredictionFile = Annotated[
    Path,
    typer.Argument(metavar="PREDICTIONS", exists=True, dir_okay=False, help=said("예측 파일", "a prediction file")),
]


@command(
    challenge,
    "check",
    "챌린지의 폴더를 점검합니다. 정의, 자료, 결과, 기준 모형, 개인정보를 보고 항목마다 통과, 주의, 실패와 고치는 법을 찍습니다. "
    "--report로 데이터시트를 .html이나 .json으로 씁니다.",
    "Examine a challenge's folder for fairness: definition, data, labels, baselines, privacy. Each line passes, warns or fails, "
    "with its figure and a remedy. --report writes the datasheet as .html or .json.",
    example="arena challenge check challenges/colon_adjuvant --report datasheet.html",
)
def challenge_check(folder: Folder, *, report: Report = None, as_json: AsJson = False) -> None:
    wanted = () if report is None else ("--report", str(report))
    found, code = run_worker("check", str(folder), "--language", language(), *wanted)
    if as_json:
        show_json(found)
    elif "lines" in found:
        show_examination(found["lines"])
        _tell_report(report, found["lines"])
    else:
        show_findings(found)
    if code:
        raise typer.Exit(code)


def _tell_report(report: Path | None, lines: list[dict[str, Any]]) -> None:
    if report is None:
        return
    if any(line["code"] == "definition" and line["state"] == "fail" for line in lines):
        tell(
            Text(
                "정의에 고칠 곳이 있어 데이터시트를 쓰지 않았습니다.",
                "No datasheet was written: the definition has mistakes.",
            )
        )
    else:
        tell(Text(f"데이터시트: {report}", f"Datasheet: {report}"))


@command(
    challenge,
    "score",
    "예측 파일을 채점합니다. 폴더에 있는 결과를 씁니다.",
    "Score a prediction file. The folder's own labels are used.",
    example="arena challenge score challenges/colon_adjuvant mine.csv --json",
)
def challenge_score(folder: Folder, predictions: PredictionFile, *, as_json: AsJson = False) -> None:
    found, code = run_worker("score", str(folder), str(predictions))
    if as_json:
        show_json(found)
    elif "splits" in found:
        show_table(
            (
                Text("자료", "split"),
                Text("지표", "metric"),
                Text("값", "value"),
                Text("표준오차", "SE"),
                Text("95 % 구간", "95 % interval"),
            ),
            [
                _score_row(split, key, score)
                for split, scores in found["splits"].items()
                for key, score in scores.items()
            ],
        )
    else:
        show_findings(found)
    if code:
        raise typer.Exit(code)


def _score_row(split: str, key: str, score: dict[str, Any]) -> tuple[object, ...]:
    if score["value"] is None:
        return split, key, "–", "–", score["reason"]
    interval = f"[{number(score['ci'][0])}, {number(score['ci'][1])}]" if score["ci"] else "–"
    return split, key, number(score["value"]), number(score["se"]), interval


@command(
    app,
    "metrics",
    "채점에 쓰는 지표를 모두 봅니다.",
    "List every metric that a challenge can use.",
    example="arena metrics --json",
)
def metrics(*, as_json: AsJson = False) -> None:
    if as_json:
        show_json([_metric(metric) for metric in METRICS.values()])
        return
    show_table(
        (
            Text("이름", "name"),
            Text("종류", "kinds"),
            Text("좋은 쪽", "better"),
            Text("주 지표", "primary"),
            Text("제목", "title"),
        ),
        [
            (
                metric.name,
                ", ".join(metric.kinds),
                metric.better,
                said("예", "yes") if metric.may_be_primary else "",
                Text(metric.title_ko, metric.title_en).pick(language()),
            )
            for metric in METRICS.values()
        ],
    )


def _metric(metric: Any) -> dict[str, Any]:
    return {
        "name": metric.name,
        "title": {"ko": metric.title_ko, "en": metric.title_en},
        "kinds": list(metric.kinds),
        "parameters": list(metric.parameters),
        "better": metric.better,
        "may_be_primary": metric.may_be_primary,
        "reference": metric.reference,
        "doi": metric.doi,
    }
