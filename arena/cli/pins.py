"""Which key each site's labels are sealed with: remembered at the first use, and a changed one refused."""

import json
from pathlib import Path

from arena import sealing
from arena.cli import login as logins
from arena.cli.words import tell
from arena.errors import Conflict
from challenges.text import Text


def place() -> Path:
    """Return where the keys are kept: beside the login."""
    return logins.place().with_name("labels-keys.json")


def trusted(url: str, key: bytes, accepted: str) -> bytes:
    """Return the site's key if it is the one known before, the first ever seen, or the one that was accepted by name."""
    known, shown = _known(), sealing.fingerprint(key)
    if known.get(url) == key.hex():
        tell(Text(f"사이트의 열쇠 {shown} (전과 같습니다).", f"The site's key {shown} (as before)."))
        return key
    if accepted and _plain(accepted) != _plain(shown):
        raise _refused(
            Text(
                f"받아들인 지문은 {accepted}인데 사이트의 열쇠는 {shown}입니다. 아무것도 봉인하지 않았습니다.",
                f"You accepted {accepted}, but the site's key is {shown}. Nothing was sealed.",
            ),
        )
    if url in known and not accepted:
        before = sealing.fingerprint(bytes.fromhex(known[url]))
        raise _refused(
            Text(
                f"{url}의 열쇠가 바뀌었습니다. 전에는 {before}, 지금은 {shown}입니다. 아무것도 봉인하지 않았습니다. "
                f'관리자에게 지문을 물어 맞으면 --accept-key "{shown}"을 붙여 다시 하십시오.',
                f"The key of {url} has changed from {before} to {shown}. Nothing was sealed. "
                f'Ask the administrator; if the new one is right, try again with --accept-key "{shown}".',
            ),
        )
    logins.write(place(), {**known, url: key.hex()})
    tell(
        Text(
            f"사이트의 열쇠 {shown}. 처음 보는 열쇠라 기억해 둡니다. 관리자가 알려 준 지문과 같은지 확인하십시오.",
            f"The site's key {shown}. It is new here and is remembered; compare it with what the administrator gave you.",
        ),
    )
    return key


def _known() -> dict[str, str]:
    try:
        found = json.loads(place().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(url): str(key) for url, key in found.items()} if isinstance(found, dict) else {}


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def _refused(text: Text) -> Conflict:
    return Conflict("labels_key_changed", text)
