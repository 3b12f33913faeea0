"""What an organizer does with a plain folder: no server, no key; the arithmetic is the worker's."""

from pathlib import Path
from typing import Annotated, Any

import typer

from arena.cli.commands import app, challenge, command
from arena.cli.over_http import AsJson
from arena.cli.tools import show_findings as _show_findings
from arena.cli.tools import worker as _worker
from arena.cli.words import language, number, said, show_json, show_table, tell
from challenges.text import Text
from scorers.catalogue import METRICS

Folder = Annotated[
    Path,
    typer.Argument(metavar="DIR", exists=True, file_okay=False, help=said("챌린지의 폴더", "the challenge's folder")),
]
PredictionFile = Annotated[
    Path,
    typer.Argument(metavar="PREDICTIONS", exists=True, dir_okay=False, help=said("예측 파일", "a prediction file")),
]


@command(
    challenge,
    "check",
    "챌린지의 폴더를 검사합니다. 정의, 자료, 결과, 기준 모형에서 고칠 곳을 모두 줄 번호와 함께 찍습니다.",
    "Check a challenge's folder. Definition, data, labels, baselines: every mistake with its line.",
    example="arena challenge check challenges/colon_adjuvant",
)
def challenge_check(folder: Folder, *, as_json: AsJson = False) -> None:
    found, code = _worker("check", str(folder))
    if as_json:
        show_json(found)
    else:
        _show_findings(found)
        if code == 0:
            tell(Text("좋습니다. 고칠 것이 없습니다.", "Good: nothing to mend."))
    if code:
        raise typer.Exit(code)


@command(
    challenge,
    "score",
    "예측 파일을 채점합니다. 폴더에 있는 결과를 씁니다.",
    "Score a prediction file. The folder's own labels are used.",
    example="arena challenge score challenges/colon_adjuvant mine.csv --json",
)
def challenge_score(folder: Folder, predictions: PredictionFile, *, as_json: AsJson = False) -> None:
    found, code = _worker("score", str(folder), str(predictions))
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
        _show_findings(found)
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
