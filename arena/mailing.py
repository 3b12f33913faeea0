"""Sending the outbox: each letter goes to its reader once, and never a second time."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from arena import hosting, mailboxes, names, notices
from arena.letters import Letter
from arena.postman import Line, Postman, Refused, Unreachable, Unsure
from arena.store import outbox as store
from arena.store import participants
from arena.store.engine import reading, transaction
from arena.store.models import Announcement, Mail, User

log = logging.getLogger("arena.mail")

# After so many attempts a letter rests so long; a server that asks for patience six times will not take it.
RESTS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
PAUSE_SECONDS = 5.0
PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Delivered:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unknown: int = 0
    dropped: int = 0
    reachable: bool = True


def keep_delivering(
    engine: Engine, postman: Postman, base_url: str, stopping: threading.Event, clock: Callable[[], datetime]
) -> None:
    """Send what waits until told to stop; a server that is away is asked again after a minute."""
    pause = 0.0
    while not stopping.wait(pause):
        pause = PAUSE_SECONDS
        try:
            done = deliver(engine, postman, base_url, clock(), stop=stopping.is_set)
        except SQLAlchemyError:
            log.warning("no letters this time: the database does not answer")
            continue
        except Exception:
            # Whatever it was, the next round may go well, and the letter that was on the line is settled by its silence.
            log.exception("this round of letters broke off")
            continue
        if done.sent or done.failed or done.unknown:
            log.info("letters: %s", done)
        if not done.reachable:
            pause = PATIENCE_SECONDS


def deliver(
    engine: Engine, postman: Postman, base_url: str, at: datetime, *, stop: Callable[[], bool] = lambda: False
) -> Delivered:
    """Send the letters that are due over one connection."""
    done = Delivered()
    _write_letters(engine, base_url, at)
    with transaction(engine) as session:
        done.unknown += store.give_up_silent(session, at)
        mailboxes.answer_resets(session, base_url=base_url, at=at)
    with reading(engine) as session:
        waiting = store.due(session, at)
    if not waiting:
        return done
    try:
        with postman.line() as line:
            for mail_id in waiting:
                if stop():
                    break
                _deliver_one(engine, line, base_url, mail_id, at, done)
    except Unreachable as error:
        done.reachable = False
        log.warning("the mail server is out of reach: %s", error)
    except Unsure as error:
        done.reachable = False
        log.warning("the line to the mail server broke: %s", error)
    return done


def _write_letters(engine: Engine, base_url: str, at: datetime) -> None:
    with reading(engine) as session:
        if not notices.anything_to_write(session, at):
            return
    with transaction(engine) as session:
        notices.write_letters(session, base_url, at)


def _deliver_one(engine: Engine, line: Line, base_url: str, mail_id: int, at: datetime, done: Delivered) -> None:
    with transaction(engine) as session:
        if not store.claim(session, mail_id, at):
            return
        mail, announcement, person = store.letter(session, mail_id)
        letter = (
            _of_its_own(mail, person, base_url, at)
            if announcement is None
            else _letter(session, announcement, person, base_url, at)
        )
    if letter is None:
        _settle(engine, mail_id, "dropped", "", at)
        done.dropped += 1
        return
    try:
        line.send(letter)
    except Refused as error:
        if error.for_good or mail.attempts > len(RESTS):
            _settle(engine, mail_id, "failed", error.code, at)
            done.failed += 1
        else:
            _put_back(engine, mail_id, error.code, at + RESTS[mail.attempts - 1])
            done.later += 1
        line.recover()
    except Unreachable:
        _put_back(engine, mail_id, "unreachable", at + timedelta(seconds=PATIENCE_SECONDS), counted=False)
        done.later += 1
        raise
    except Unsure:
        # Better that one person misses a letter, which the site shows all the same, than that anyone gets it twice.
        _settle(engine, mail_id, "unknown", "line_broke", at)
        done.unknown += 1
        raise
    else:
        _settle(engine, mail_id, "sent", "", at)
        done.sent += 1


def _of_its_own(mail: Mail, person: User, base_url: str, at: datetime) -> Letter | None:
    """Return a letter with words of its own, or none if it must not go any more."""
    if person.disabled_at is not None or (mail.until is not None and mail.until <= at):
        return None
    return Letter(
        ident=f"{mail.ident}.{_digest(base_url, mail.ident, person)}",
        address=mail.address or person.email,
        subject=names.clean(" ".join(mail.subject.split()), field="title", longest=1000),
        text=f"{mail.body}\n\n-- \nArena\n{base_url}\n",
        language=person.language,
        at=at,
    )


def _digest(base_url: str, about: object, person: User) -> str:
    return hashlib.sha256(f"{base_url} {about} {person.id}".encode()).hexdigest()[:24]


def _letter(session: Session, announcement: Announcement, person: User, base_url: str, at: datetime) -> Letter | None:
    """Return the letter in its reader's language, or none if it must not go any more."""
    gone = person.disabled_at is not None or announcement.withdrawn_at is not None
    if gone or not participants.takes_part(session, person.id or 0, announcement.challenge_id):
        return None
    hosted = hosting.by_id(session, announcement.challenge_id)
    korean = person.language == "ko"
    title = announcement.title_ko if korean else announcement.title_en
    body = announcement.body_ko if korean else announcement.body_en
    challenge = hosted.definition.title.text.pick(person.language)
    address = f"{base_url}/challenges/{hosted.slug}/announcements"
    ending = (
        f"'{challenge}'의 참가자에게 보내는 공지입니다.\n{address}"
        if korean
        else f"An announcement to the participants of '{challenge}'.\n{address}"
    )
    return Letter(
        ident=f"announcement.{announcement.id}.{_digest(base_url, announcement.id, person)}",
        address=person.email,
        # A challenge's title may hold a line's end, which no header of a letter can.
        subject=names.clean(" ".join(f"[{challenge}] {title}".split()), field="title", longest=1000),
        text=f"{body}\n\n-- \n{ending}\n",
        language=person.language,
        at=at,
    )


def _settle(engine: Engine, mail_id: int, state: str, failure: str, at: datetime) -> None:
    with transaction(engine) as session:
        store.settle(session, mail_id, state=state, failure=failure, at=at)


def _put_back(engine: Engine, mail_id: int, failure: str, next_at: datetime, *, counted: bool = True) -> None:
    with transaction(engine) as session:
        store.put_back(session, mail_id, failure=failure, next_at=next_at, counted=counted)
