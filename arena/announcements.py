"""Announcements: what organizers tell the participants of a challenge, on the site and by mail."""

from datetime import datetime

from sqlmodel import Session

from arena import audit, names
from arena.errors import Conflict, Invalid, NotFound
from arena.hosting import Hosted
from arena.store import announcements as store
from arena.store import challenges as challenge_store
from arena.store import notices as notice_store
from arena.store import participants
from arena.store.models import Announcement, Mail, User
from challenges.text import Text

LONGEST_BODY = 20_000


def drafted(hosted: Hosted, by: User, *, title: Text, body: Text, at: datetime) -> Announcement:
    """Return the announcement as it would be posted, or raise Invalid that names every field to mend."""
    wrong: dict[str, Text] = {}
    kept: dict[str, str] = {}
    for field, text in (("title_ko", title.ko), ("title_en", title.en), ("body_ko", body.ko), ("body_en", body.en)):
        try:
            kept[field] = (
                names.clean(text, field=field, longest=120)
                if field.startswith("title")
                else names.prose(text, field=field, longest=LONGEST_BODY)
            )
        except Invalid as error:
            wrong |= error.fields
    if wrong:
        message = Text("두 언어의 제목과 글을 모두 쓰십시오.", "Write the title and the text in both languages.")
        raise Invalid("invalid_field", message, fields=wrong)
    return Announcement(
        challenge_id=hosted.id,
        title_ko=kept["title_ko"],
        title_en=kept["title_en"],
        body_ko=kept["body_ko"],
        body_en=kept["body_en"],
        author_id=by.id or 0,
        posted_at=at,
    )


def post(
    session: Session, by: User, hosted: Hosted, *, title: Text, body: Text, mail: bool, at: datetime
) -> tuple[Announcement, int]:
    """Post an announcement; with `mail` every participant of now gets one letter. Return how many letters wait.

    The same words twice in a row are one announcement: a form sent twice tells nobody anything twice.
    """
    announcement = drafted(hosted, by, title=title, body=body, at=at)
    challenge_store.lock(session, hosted.id)
    latest = store.latest(session, hosted.id)
    if latest is not None and _words(latest) == _words(announcement):
        return latest, 0
    store.add(session, announcement)
    people = participants.participants(session, hosted.id) if mail else []
    for person in people:
        store.add(session, Mail(announcement_id=announcement.id or 0, user_id=person.id or 0, next_at=at))
    told = [person.id or 0 for person in participants.participants(session, hosted.id)]
    subject = str(announcement.id)
    notice_store.tell(session, told, challenge_id=hosted.id, kind="announced", subject=subject, at=at)
    data = {"announcement": announcement.id, "by": by.id, "letters": len(people)}
    audit.record(session, "announcement_posted", hosted.id, data, at)
    return announcement, len(people)


def withdraw(session: Session, by: User, hosted: Hosted, announcement_id: int, at: datetime) -> None:
    """Take an announcement off the challenge's pages; letters that have not gone stay behind."""
    challenge_store.lock(session, hosted.id)
    found = store.by_id(session, announcement_id)
    if found is None or found.challenge_id != hosted.id:
        raise NotFound
    if found.withdrawn_at is not None:
        raise Conflict("withdrawn", Text("이미 거둔 공지입니다.", "This announcement has been withdrawn already."))
    found.withdrawn_at = at
    session.add(found)
    notice_store.take_back(session, hosted.id, "announced", str(found.id))
    audit.record(session, "announcement_withdrawn", hosted.id, {"announcement": found.id, "by": by.id}, at)


def posted(session: Session, hosted: Hosted, *, withdrawn: bool = False) -> list[Announcement]:
    """Return the announcements, the newest first; those withdrawn only if asked for."""
    return store.of_challenge(session, hosted.id, withdrawn=withdrawn)


def unread(session: Session, user: User | None, hosted: Hosted) -> set[int]:
    """Return which announcements a participant has not seen; nobody else is reminded of any."""
    if user is None or not participants.takes_part(session, user.id or 0, hosted.id):
        return set()
    seen = store.last_seen(session, user.id or 0, hosted.id)
    return {one.id or 0 for one in posted(session, hosted) if (one.id or 0) > seen}


def mark_seen(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    """Note that this person has seen every announcement up to now."""
    newest = max((one.id or 0 for one in posted(session, hosted)), default=0)
    store.see(session, user.id or 0, hosted.id, newest)
    notice_store.read(session, user.id or 0, at, challenge_id=hosted.id, kind="announced")


def deliveries(session: Session, hosted: Hosted) -> dict[int, dict[str, int]]:
    """Count the letters of each announcement by what became of them: waiting, sending, sent, failed, unknown, dropped."""
    return store.deliveries(session, hosted.id)


def readers(session: Session, hosted: Hosted) -> int:
    """Count the people whom an announcement of now is for."""
    return len(participants.participants(session, hosted.id))


def _words(one: Announcement) -> tuple[str, ...]:
    return one.title_ko, one.title_en, one.body_ko, one.body_en
