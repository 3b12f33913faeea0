"""The parts of README.md and REFERENCE.md that are written from the code: run this module to write them anew."""

import re
from pathlib import Path

from arena.settings import SETTINGS
from worker import settings as worker_settings

ROOT = Path(__file__).parents[2]


def settings_table() -> str:
    """Return the table of every setting of both programs."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for setting in (*SETTINGS, *worker_settings.SETTINGS):
        allowed = f" ({', '.join(f'`{word}`' for word in setting.allowed)})" if setting.allowed else ""
        lines.append(f"| `{setting.name}` | `{setting.default}` | {setting.meaning}{allowed} |")
    return "\n".join(lines)


def with_part(text: str, name: str, part: str) -> str:
    """Return the text with what stands between the marks of `name` replaced."""
    pattern = re.compile(rf"(<!-- {name}:.*?-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    assert pattern.search(text), name
    return pattern.sub(lambda found: f"{found[1]}{part}\n{found[2]}", text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(with_part(readme.read_text(encoding="utf-8"), "settings", settings_table()), encoding="utf-8")
