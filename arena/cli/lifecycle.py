"""What an operator does with a challenge after its publication: other labels, other versions, archives, disclosure."""

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from arena import settings
from arena.cli.commands import REFUSED, challenge, command, server_part
from arena.cli.folders import Folder
from arena.cli.over_http import AsJson, Slug
from arena.cli.telling import local
from arena.cli.tools import run_worker, show_findings
from arena.cli.words import language, said, show, show_json, show_table, tell
from challenges.text import Text

ACTS = "arena.cli.lifecycle_acts"
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help=said("끝날 때까지 기다립니다", "wait until it is done"))]


@command(
    challenge,
    "rescore",
    "모든 제출을 다시 채점합니다. 가장 새로운 결과 파일과 지금의 채점 규칙을 쓰며, 멈추었던 것은 이어서 합니다.",
    "Score every submission again. The newest labels and the present scorers are used; what was interrupted goes on.",
    example="arena challenge rescore colorectal-fitness",
)
def challenge_rescore(slug: Slug, *, wait: Wait = True, as_json: AsJson = False) -> None:
    line = _Line()
    found = server_part(ACTS).rescore(settings.load(), slug, wait=wait, told=line.draw)
    line.end()
    if as_json:
        show_json(asdict(found) | {"slug": slug, "finished": found.finished})
    elif found.finished:
        tell(
            Text(
                f"{slug}: 제출 {found.total:,}건의 점수가 결과 파일 {found.labels_version}판의 것입니다.",
                f"{slug}: the scores of {found.total:,} submissions are those of labels version {found.labels_version}.",
            ),
        )
    elif not found.stuck:
        tell(
            Text(
                f"{slug}: 채점이 끝나는 대로 새 점수가 한꺼번에 쓰입니다.",
                f"{slug}: the new scores count, all at once, as soon as the last one is there.",
            ),
        )
    if found.stuck:
        tell(
            Text(
                f"{slug}: {found.failed:,}건을 채점하지 못했습니다. 채점기의 기록을 보고 고친 뒤 같은 명령을 다시 내리십시오. 그때까지 이전 점수가 쓰입니다.",
                f"{slug}: {found.failed:,} could not be scored. See the worker's log, mend it and give the same command again; the scores of before count until then.",
            ),
        )
        raise typer.Exit(REFUSED)


@command(
    challenge,
    "versions",
    "챌린지의 판을 모두 봅니다. 판마다 정의의 해시와 무엇이 왜 바뀌었는지가 있습니다.",
    "List a challenge's versions. Each with the digest of its definition and what changed and why.",
    example="arena challenge versions colorectal-fitness",
)
def challenge_versions(slug: Slug, *, as_json: AsJson = False) -> None:
    found = server_part(ACTS).list_versions(settings.load(), slug)
    if as_json:
        show_json([_version(one) for one in found])
        return
    show_table(
        (
            Text("번호", "number"),
            Text("판", "version"),
            Text("때", "since"),
            Text("결과 파일", "labels"),
            Text("정의", "definition"),
            Text("설명", "note"),
        ),
        [
            (
                one.number,
                one.version,
                local(one.at),
                one.labels_version,
                one.definition_sha256[:12],
                one.note.pick(language()),
            )
            for one in found
        ],
    )


def _version(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "version": one.version,
        "at": one.at.isoformat(),
        "labels_version": one.labels_version,
        "definition_sha256": one.definition_sha256,
        "note": one.note._asdict(),
        "changes": [".".join(map(str, change.path)) for change in one.changes],
    }


@command(
    challenge,
    "replace",
    "챌린지를 폴더의 다음 판으로 바꿉니다. 이전 판은 그대로 읽을 수 있으며, 결과가 달라졌으면 모두 다시 채점합니다.",
    "Make a folder the next version of a challenge. Earlier ones stay readable; other labels have everything rescored.",
    example='arena challenge replace colon-adjuvant fixed --note-ko "날짜 수정" --note-en "Dates corrected"',
)
def challenge_replace(
    slug: Slug,
    folder: Folder,
    note_ko: Annotated[
        str, typer.Option("--note-ko", help=said("무엇을 왜 바꾸는지, 한국어로", "what changes and why, in Korean"))
    ] = "",
    note_en: Annotated[
        str, typer.Option("--note-en", help=said("무엇을 왜 바꾸는지, 영어로", "what changes and why, in English"))
    ] = "",
    *,
    as_json: AsJson = False,
) -> None:
    loaded = settings.load()
    with tempfile.TemporaryDirectory(prefix="arena-replace-") as name:
        made = Path(name) / "made"
        _tool("make", str(folder), str(made), "--seal")
        compared = _tool("relabel", slug, str(made))
        done = server_part(ACTS).replace(
            loaded,
            slug,
            made,
            note=Text(note_ko, note_en),
            same_labels=compared["same_labels"],
            same_splits=compared["same_splits"],
        )
    if as_json:
        show_json(
            {
                "slug": slug,
                "number": done.version.number,
                "version": done.version.version,
                "definition_sha256": done.version.definition_sha256,
                "labels_version": done.version.labels_version,
                "new_labels": done.new_labels,
                "changes": [".".join(map(str, change.path)) for change in done.changes],
            },
        )
        return
    for change in done.changes:
        line = f"{'.'.join(map(str, change.path))}: {change.before} → {change.after}"
        tell(Text(line, line))
    tell(Text(f"{slug}: {done.version.version}판이 되었습니다.", f"{slug}: now version {done.version.version}."))
    if done.new_labels:
        tell(
            Text(
                f"결과가 달라져 모든 제출을 다시 채점합니다. 'arena challenge rescore {slug}'가 어디까지 되었는지 말합니다.",
                f"The labels are others, so every submission is rescored: 'arena challenge rescore {slug}' says how far it is.",
            ),
        )


@command(
    challenge,
    "disclose",
    "시험 환자를 만든 비밀을 밝힙니다. 결과를 공개한 뒤에만, 되돌릴 수 없이 밝히며, 누구나 숨긴 자료를 다시 만들어 확인할 수 있게 됩니다.",
    "Disclose the secret behind the test patients. After the reveal only, for good: anybody can then draw the hidden data again.",
    example="arena challenge disclose colorectal-fitness --yes",
)
def challenge_disclose(
    slug: Slug,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=said("묻지 않습니다", "do not ask"))] = False,
    as_json: AsJson = False,
) -> None:
    if not yes:
        typer.confirm(
            said(
                f"{slug}의 비밀을 밝히면 되돌릴 수 없습니다. 밝힙니까?",
                f"Disclosing the secret of {slug} cannot be undone. Disclose it?",
            ),
            abort=True,
            err=True,
        )
    found = _tool("disclose", slug)
    if as_json:
        show_json(found)
        return
    show(found["secret"])
    again = f"python -m worker make challenges/{slug.replace('-', '_')} rebuilt --secret {found['secret']}"
    tell(
        Text(
            f"{slug}: 비밀을 밝혔습니다. 숨긴 자료는 다음으로 다시 만듭니다.\n  {again}",
            f"{slug}: disclosed. The hidden data are drawn again by\n  {again}",
        ),
    )


@command(
    challenge,
    "export",
    "챌린지를 한 파일로 내보냅니다. 정의, 파일, 봉인한 결과, 팀, 제출, 점수, 장부가 들어가고 열쇠와 비밀번호는 들어가지 않습니다.",
    "Export a challenge to one file. Definition, files, sealed labels, teams, submissions, scores, ledger; no key, no password.",
    example="arena challenge export colorectal-fitness colorectal-fitness.zip",
)
def challenge_export(
    slug: Slug,
    path: Annotated[Path, typer.Argument(metavar="FILE", help=said("쓸 파일", "the file to write"), dir_okay=False)],
    *,
    as_json: AsJson = False,
) -> None:
    found = server_part(ACTS).export(settings.load(), slug, path.absolute())
    if as_json:
        show_json(found)
        return
    show(f"{found['sha256']}  {path}")
    tell(
        Text(
            f"{slug}: 제출 {found['submissions']:,}건을 내보냈습니다. {found['people']:,}명의 이름과 주소가 들어 있으니 개인정보로 다루십시오.",
            f"{slug}: exported with {found['submissions']:,} submissions. It names {found['people']:,} people with their addresses: treat it as personal data.",
        ),
    )


@command(
    challenge,
    "import",
    "내보낸 챌린지를 들여옵니다. 같은 이름의 챌린지가 없어야 하며, 잘못된 파일은 아무것도 남기지 않습니다.",
    "Import an exported challenge. There must be none of its name; a file that is refused leaves nothing behind.",
    example="arena challenge import colorectal-fitness.zip",
)
def challenge_import(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=said("내보낸 파일", "an exported file"), exists=True, dir_okay=False),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    found = server_part(ACTS).import_archive(settings.load(), path)
    if as_json:
        show_json(found)
        return
    tell(
        Text(
            f"{found['slug']}: 행 {found['rows']:,}개와 파일 {found['files']:,}개를 들여왔습니다.",
            f"{found['slug']}: imported {found['rows']:,} rows and {found['files']:,} files.",
        ),
    )
    if found["accounts_made"]:
        tell(
            Text(
                f"이곳에 없던 {len(found['accounts_made']):,}명의 계정을 비밀번호 없이 닫힌 채로 만들었습니다. 'arena user create EMAIL'이 주소의 주인에게 줄 링크를 찍습니다.",
                f"{len(found['accounts_made']):,} people had no account here: theirs are made without a password, and closed. 'arena user create EMAIL' prints the link for the owner of an address.",
            ),
        )
    if found["labels_key"] == "other":
        tell(
            Text(
                "결과는 다른 채점기의 열쇠로 봉인되어 있습니다. 그 열쇠 없이는 다시 채점할 수 없으며, 있는 점수는 그대로 보입니다.",
                "The labels are sealed for the key of other workers. Nothing can be scored without that key; the scores that there are can be read.",
            ),
        )


def _tool(verb: str, *arguments: str) -> Any:
    found, code = run_worker(verb, *arguments)
    if code:
        show_findings(found)
        raise typer.Exit(code)
    return found


class _Line:
    """One line that is written over: how far it is."""

    def __init__(self) -> None:
        self._drawn = False

    def draw(self, found: Any) -> None:
        if not sys.stderr.isatty() or found.finished:
            return
        text = Text(
            f"결과 파일 {found.labels_version}판으로 채점: {found.scored:,}/{found.total:,}",
            f"scored with labels version {found.labels_version}: {found.scored:,} of {found.total:,}",
        ).pick(language())
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._drawn = True

    def end(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
