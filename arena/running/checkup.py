"""What `arena doctor` looks at: each part of the instance, with one sentence on how it is."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from arena import audit, sealing
from arena.queue import Queue
from arena.running.home import NEEDED_BYTES
from arena.settings import Settings
from arena.store import schema
from arena.store.engine import make_engine, reading, revision
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One part and how it is: `good`, `note` (worth knowing) or `bad` (mend it)."""

    part: str
    state: Literal["good", "note", "bad"]
    text: Text


def look(settings: Settings) -> list[Finding]:
    """Look at every part; nothing is changed."""
    return [*_home(settings), *_database(settings), *_queue(settings), *_labels_key(settings)]


def _home(settings: Settings) -> Iterator[Finding]:
    for path in (
        settings.home,
        settings.home / "secrets",
        settings.home / "secrets" / "secret_key",
        settings.receipts_key_file,
    ):
        if not path.exists():
            yield Finding("home", "bad", Text(f"{path}이(가) 없습니다.", f"{path} is missing."))
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "home", "bad", Text(f"다른 사용자가 {path}을(를) 읽을 수 있습니다.", f"Other users can read {path}.")
            )
    free = shutil.disk_usage(settings.home).free
    enough: Literal["good", "note", "bad"] = (
        "good" if free >= NEEDED_BYTES * 16 else "note" if free >= NEEDED_BYTES else "bad"
    )
    yield Finding(
        "disk", enough, Text(f"디스크에 {free >> 20} MB가 비어 있습니다.", f"{free >> 20} MB of the disk are free.")
    )


def _database(settings: Settings) -> Iterator[Finding]:
    engine = make_engine(settings.database_url)
    try:
        present, needed = revision(engine), schema.newest()
        if present != needed:
            yield Finding(
                "database",
                "bad",
                Text(
                    f"스키마가 {present}입니다. {needed}이어야 합니다.",
                    f"The schema is {present} and should be {needed}.",
                ),
            )
            return
        yield Finding("database", "good", Text(f"스키마 {present}.", f"Schema {present}."))
        with reading(engine) as session:
            faults = audit.verify(session)
        if faults:
            yield Finding(
                "ledger", "bad", Text(f"원장이 어긋났습니다: {faults[0]}", f"The ledger does not agree: {faults[0]}")
            )
        else:
            yield Finding("ledger", "good", Text("원장이 모두 맞습니다.", "Every digest of the ledger agrees."))
    except SQLAlchemyError as error:
        yield Finding(
            "database",
            "bad",
            Text(f"데이터베이스를 열 수 없습니다: {error}", f"The database cannot be opened: {error}"),
        )
    finally:
        engine.dispose()


def _queue(settings: Settings) -> Iterator[Finding]:
    queue = Queue(settings.redis_url)
    if not queue.ping():
        where = "arena up" if settings.redis_embedded else "ARENA_REDIS_URL"
        yield Finding("redis", "bad", Text(f"Redis가 답하지 않습니다({where}).", f"Redis does not answer ({where})."))
        return
    yield Finding("redis", "good", Text(f"줄에 {queue.depth()}건이 있습니다.", f"{queue.depth()} in the queue."))
    count = queue.workers()
    yield Finding("workers", "good" if count else "bad", Text(f"채점기 {count}개.", f"{count} scoring workers."))


def _labels_key(settings: Settings) -> Iterator[Finding]:
    if not settings.labels_key_file.is_file():
        yield Finding(
            "labels key", "bad", Text("채점기의 공개 열쇠가 없습니다.", "The workers' public key is missing.")
        )
        return
    print_ = sealing.fingerprint(sealing.public_key(settings.labels_key_file))
    yield Finding("labels key", "good", Text(f"지문 {print_}.", f"Fingerprint {print_}."))
    if sealing.shares_user(settings.home):
        yield Finding(
            "labels key",
            "note",
            Text(
                "사이트와 채점기가 같은 운영체제 사용자로 돕니다. 봉인은 백업, 내보내기, 버그, 데이터베이스에서 결과를 지키지만, "
                "사이트 프로세스를 빼앗긴 때까지 지키지는 못합니다. 그것까지 지키려면 채점기를 다른 사용자나 다른 컴퓨터에서 실행하십시오.",
                "The site and the workers share one operating-system user. Sealing then protects the labels in backups, exports, the "
                "database and against bugs, but not against a takeover of the site's process. For that, let the workers have another user or host.",
            ),
        )
