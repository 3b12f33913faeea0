"""Practice on a folder: `arena report` scores predictions of the validation part, without a server; the arithmetic is the worker's."""

from pathlib import Path
from typing import Annotated, Any

import typer

from arena.cli.commands import app, command, server_part
from arena.cli.over_http import AsJson
from arena.cli.tools import run_worker, show_findings
from arena.cli.words import language, number, said, show, show_json, show_table, tell
from arena.errors import Invalid
from challenges.definition import Definition, load
from challenges.text import Text
from scorers.catalogue import METRICS

SPLIT = "validation"
LANGUAGES = ("ko", "en")
Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help=said("내려받은 챌린지의 폴더", "the challenge's folder, as `arena download` makes it"),
    ),
]
Predictions = Annotated[
    Path,
    typer.Argument(
        metavar="PREDICTIONS",
        exists=True,
        dir_okay=False,
        help=said("검증 환자의 예측 파일", "a prediction file of the validation patients"),
    ),
]
Other = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="OTHER",
        exists=True,
        dir_okay=False,
        help=said("견줄 다른 예측 파일", "another prediction file to compare with"),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        dir_okay=False,
        help=said("보고서를 쓸 HTML 파일", "write the report there, as one HTML file"),
    ),
]
Language = Annotated[str, typer.Option("--language", metavar="ko|en", help=said("보고서의 언어", "of the HTML report"))]


@command(
    app,
    "report",
    "검증 환자의 예측을 서버 없이 채점합니다. 학습 자료의 검증 부분에서 모든 지표와 구간과 곡선을 냅니다. 그 환자를 빼고 맞춘 모형이어야 합니다. "
    "--against는 다른 파일보다 나은지 말하고, --out은 HTML 보고서를 씁니다.",
    "Score predictions of the validation rows, offline. Every metric, interval and curve, on outcomes that you hold. Fit the "
    "model without those rows. --against says whether it is better than another file, --out writes an HTML report.",
    example="arena report colon-adjuvant/ practice.csv --against last.csv --out report.html",
)
def report(
    folder: Folder,
    predictions: Predictions,
    *,
    against: Other = None,
    out: Out = None,
    spoken: Language = "",
    as_json: AsJson = False,
) -> None:
    chosen = spoken or language()
    if chosen not in LANGUAGES:
        raise typer.BadParameter(said("--language는 ko나 en입니다.", "--language is ko or en."))
    wanted = () if against is None else ("--against", str(against))
    found, code = run_worker("report", str(folder), str(predictions), *wanted)
    if code:
        _refused(found, predictions, as_json=as_json)
        raise typer.Exit(code)
    definition = load(folder)
    if as_json:
        show_json(found)
    else:
        _show(found, definition)
    if out is not None:
        _write(out, folder, definition, found, chosen)


def _refused(found: dict[str, Any], predictions: Path, *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    if "problems" in found:
        name = found.get("file") or str(predictions)
        tell(
            Text(
                f"{name}에 고칠 곳이 {found['total']:,}건 있습니다. 검증 부분(validation)의 번호가 꼭 한 번씩 있어야 합니다.",
                f"{name} has {found['total']:,} to mend. It must hold each id of the validation part once.",
            )
        )
    show_findings(found)


def _show(found: dict[str, Any], definition: Definition) -> None:
    part = definition.files.validation
    tell(
        Text(
            f"{part}에 있는 학습 환자 {found['rows']:,}명의 점수입니다. 이 환자들로도 맞춘 모형이면 실제보다 좋아 보입니다.",
            f"Scores on the {found['rows']:,} training patients in {part}. Of a model that was fitted to them too they look too good.",
        )
    )
    head = [Text("지표", "metric"), Text("값", "value"), Text("표준오차", "SE"), Text("95 % 구간", "95 % interval")]
    against = found["against"]
    if against is not None:
        head += [Text("차이", "difference"), Text("차이의 95 % 구간", "its 95 % interval")]
    show_table(head, [_row(key, one, against) for key, one in found["splits"][SPLIT].items()])
    if against is not None:
        show(said(*_compared(found, definition)))


def _row(key: str, score: dict[str, Any], against: dict[str, Any] | None) -> tuple[object, ...]:
    own: tuple[object, ...] = (key, "–", "–", score["reason"])
    if score["value"] is not None:
        own = (key, number(score["value"]), number(score["se"]), _interval(score))
    if against is None:
        return own
    apart = against.get(key)
    if apart is None or apart["value"] is None:
        return (*own, "–", "–")
    return (*own, number(apart["value"], signed=True), _interval(apart, signed=True))


def _interval(one: dict[str, Any], *, signed: bool = False) -> str:
    low_high = one["ci"]
    return f"[{', '.join(number(end, signed=signed) for end in low_high)}]" if low_high else "–"


def _compared(found: dict[str, Any], definition: Definition) -> Text:
    """Say in words whether the file is better than the other one, by the primary metric."""
    primary, other = definition.primary, found["against_file"]
    apart = found["against"].get(primary.key)
    if apart is None or apart["value"] is None or apart["ci"] is None:
        return Text(
            f"{other} 파일과의 {primary.key} 차이는 낼 수 없습니다.",
            f"The difference from {other} in {primary.key} is undefined.",
        )
    low, high = apart["ci"]
    written = f"{number(apart['value'], signed=True)} {_interval(apart, signed=True)}"
    if low <= 0 <= high:
        ending = Text(
            "구간이 0을 품으므로, 둘을 구별할 수 없습니다.", "The interval holds 0: the two cannot be told apart."
        )
    elif (apart["value"] > 0) == (METRICS[primary.name].better == "higher"):
        ending = Text("우연으로 보기 어려울 만큼 더 낫습니다.", "It is better by more than chance explains.")
    else:
        ending = Text("우연으로 보기 어려울 만큼 더 못합니다.", "It is worse by more than chance explains.")
    return Text(
        f"{other} 파일과의 {primary.key} 차이: {written}. {ending.ko}",
        f"Difference from {other} in {primary.key}: {written}. {ending.en}",
    )


def _write(out: Path, folder: Path, definition: Definition, found: dict[str, Any], chosen: str) -> None:
    server_part("flask")  # the charts are the site's
    if out.suffix.lower() not in (".html", ".htm"):
        raise Invalid(
            "bad_name",
            Text(f"{out}: 보고서는 .html 파일입니다.", f"{out}: the report is an .html file."),
        )
    page = server_part("arena.main").practice_sheet(folder, definition, found, chosen)
    out.write_text(page, encoding="utf-8")
    tell(Text(f"보고서: {out.resolve()}", f"Report: {out.resolve()}"))
