"""A challenge of reports on every page: nothing to rank, nothing to upload, no dead end."""

import io
import re
from pathlib import Path

import pytest
from sqlmodel import select

import challenges
from arena import publishing
from arena.store.engine import reading, transaction
from arena.store.models import Labels, LedgerEntry
from tests.web.conftest import CLOSES, OPENS
from tests.web.visiting import OF_ONE, text_of

SLUG = "fitness-report"


@pytest.fixture
def reports(world):
    collected = publishing.collect(world.blobs, Path(challenges.__path__[0]) / "fitness_report")
    with transaction(world.engine) as session:
        _, rings = publishing.publish(
            session, collected, opens_at=OPENS, closes_at=CLOSES, at=OPENS, sign=world.signer.sign
        )
    assert rings == []
    return world


def test_it_is_published_without_labels(reports):
    with reading(reports.engine) as session:
        assert session.exec(select(Labels)).all() == []
        (entry,) = session.exec(select(LedgerEntry).where(LedgerEntry.kind == "challenge_published")).all()
    assert entry.data["labels_sha256"] is None


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_whole(reports, joined, language):
    visitor = reports.visitor(language)
    if joined:
        reports.team("mina", SLUG)
        visitor.sign_in("mina@example.org")
    for tail in ["/", *(f"/challenges/{SLUG}{tail}" for tail in OF_ONE)]:
        answer = visitor.get(tail)
        assert answer.status_code == 200, tail
        here = re.sub(r'(?s)<div class="tools">.*?</div>|<footer.*?</footer>', "", answer.text)
        assert not re.search(r'href="[^"]*/(submit|submissions)"', here), f"{tail} leads where nothing can be done"
        if language == "en":
            assert not re.search(r"[가-힣]", text_of(answer).replace("한국어", "")), tail


def test_the_pages_say_what_there_is_instead(reports):
    visitor = reports.visitor()

    def words(tail):
        return text_of(visitor.get(f"/challenges/{SLUG}{tail}"))

    assert "Judges score it with a rubric" in words("/evaluation")
    assert re.search(
        r"Need 20 .*Originality 20 .*Research excellence 20 .*Presentation 20 .*Expected effect 20",
        words("/evaluation"),
    )
    assert "A document is required." in words("/evaluation")
    assert "This challenge hands out no files." in words("/data")
    assert "This challenge has no ranking by score." in words("/leaderboard")
    assert "takes no prediction files" in words("/submit")
    assert "What to hand in, and how, stands in the rules." in words("/submit")
    assert "Submissions a day" not in words("/rules")


def test_an_upload_is_refused_with_a_sentence(reports):
    reports.team("mina", SLUG)
    visitor = reports.visitor().sign_in("mina@example.org")
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(f"/challenges/{SLUG}/team").text)[1]
    for act in ("check", "submit"):
        sent = {"csrf_token": token, "file": (io.BytesIO(b"x"), "p.csv"), "act": act}
        answer = visitor.client.post(f"/challenges/{SLUG}/submit", data=sent, headers={"Accept-Language": "en"})
        assert answer.status_code == 409
        assert "This challenge takes no prediction files." in text_of(answer)
    assert reports.queue.rung == []


def test_after_the_close_the_pages_still_stand(reports):
    reports.now = CLOSES
    for tail in OF_ONE:
        assert reports.visitor().get(f"/challenges/{SLUG}{tail}").status_code == 200
