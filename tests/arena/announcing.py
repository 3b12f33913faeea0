"""Verbs that the tests of announcements and of mail share."""

from collections import Counter
from datetime import timedelta

from arena import announcements, mailing
from arena.postman import Postman
from arena.store import models
from arena.store.engine import reading, transaction
from challenges.text import Text

BASE = "https://arena.example.org"
TITLE = Text("자료를 고쳤습니다", "The data are corrected")
BODY = Text("**단위**를 고쳤습니다.\n.\n둘째 줄", "The **unit** is corrected.\n.\nSecond line")


def post(site, people, *, mail=True, title=TITLE, body=BODY, slug="small"):
    with transaction(site.engine) as session:
        return announcements.post(
            session, people["olga"], site.hosted(slug), title=title, body=body, mail=mail, at=site.now
        )


def deliver(site, mail, **later):
    return mailing.deliver(site.engine, Postman(mail.url, BASE), BASE, site.now + timedelta(**later))


def states(site):
    with reading(site.engine) as session:
        counts = announcements.deliveries(session, site.hosted())
    return dict(Counter({state: number for one in counts.values() for state, number in one.items()}))


def language(site, person, wanted):
    with transaction(site.engine) as session:
        session.get(models.User, person.id).language = wanted
