"""Writing a drafted folder: everything beside its place first, then there as a whole; labels and keys for their owner's eyes."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from arena.cli.words import show_json, show_table, tell
from challenges import gaps, starting
from challenges.preparing import KEPT, Prepared
from challenges.text import Text


def write(folder: Path, prepared: Prepared, *, fitted: bool) -> None:
    """Write everything beside the folder's place and move it there whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in prepared.files.items():
            path = made / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
        if (made / KEPT).is_dir():
            (made / KEPT).chmod(0o700)
        if fitted and starting.BASELINE in prepared.files:
            _fit(made, folder)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.replace(made, folder)  # noqa: PTH105 - a folder onto a name that is free
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _fit(made: Path, folder: Path) -> None:
    """Run the folder's own baseline.py: the numerics are in another process."""
    again = f"python {folder / starting.BASELINE}"
    if importlib.util.find_spec("lifelines") is None:
        tell(
            Text(
                f"lifelines와 scikit-learn이 없어 기준 모형을 맞추지 않았습니다. 있는 곳에서 실행하십시오: {again}",
                f"The baselines were not fitted: lifelines and scikit-learn are not installed. Where they are, run: {again}",
            )
        )
        return
    tell(Text("기준 모형을 맞추는 중입니다 …", "Fitting the baselines …"))
    done = subprocess.run(
        (sys.executable, "-W", "ignore", starting.BASELINE),
        cwd=made,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        tell(
            Text(
                f"기준 모형을 맞추지 못했습니다. 폴더는 그대로 만들었습니다. 까닭을 보려면 실행하십시오: {again}",
                f"The baselines could not be fitted; the folder was made all the same. To see why, run: {again}",
            )
        )


def tell_made(folder: Path, prepared: Prepared, *, as_json: bool) -> None:
    open_ = {
        name: count
        for name, text in prepared.files.items()
        if name.endswith((".md", ".csv", ".toml")) and "/" not in name and (count := sum(1 for _ in gaps.find(text)))
    }
    if as_json:
        notes = [note._asdict() for note in prepared.notes]
        files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        show_json(
            {
                "folder": str(folder),
                "files": files,
                "rows": prepared.rows,
                "events": prepared.events,
                "notes": notes,
                "gaps": open_,
            }
        )
        return
    for note in prepared.notes:
        tell(Text(f"- {note.ko}", f"- {note.en}"))
    if prepared.rows:
        show_table(
            (Text("자료", "part"), Text("행", "rows"), Text("사건", "events")),
            [(part, count, prepared.events.get(part)) for part, count in prepared.rows.items()],
        )
    total = sum(open_.values())
    tell(
        Text(
            f"{folder}에 만들었습니다. 채울 곳이 {total}군데 있습니다(‘{gaps.WORDS.ko}’).",
            f"Made in {folder}. There are {total} gaps to fill in (“{gaps.WORDS.en}”).",
        )
    )
    if (folder / KEPT).is_dir():
        tell(
            Text(
                f"{folder / KEPT}는 아무에게도 주지 마십시오. 새 번호에서 원자료로 이어집니다.",
                f"Give {folder / KEPT} to nobody: it leads from the new ids back to the source.",
            )
        )
    tell(Text(f"다음: arena challenge check {folder}", f"Next: arena challenge check {folder}"))
