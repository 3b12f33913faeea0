"""What stands beside a file that is sent: its method, the form's key, the lines that are wrong, and the server's clock."""

import io
import re

from sqlmodel import func, select

from arena.store.engine import reading
from arena.store.models import Submission
from tests.web.conftest import CLOSES, predictions
from tests.web.visiting import text_of

PATH = "/challenges/small/submit"


def signed_in(world):
    world.publish()
    world.team("mina")
    return world.visitor().sign_in("mina@example.org")


def sent(visitor, seed, **fields):
    return visitor.post(PATH, {"file": (io.BytesIO(predictions(seed)), "mine.csv"), "act": "submit", **fields})


def count(world):
    with reading(world.engine) as session:
        return session.exec(select(func.count()).select_from(Submission).where(Submission.user_id.is_not(None))).one()


def test_the_method_is_kept_and_shown_to_the_team(world):
    visitor = signed_in(world)
    answer = sent(visitor, 5, method="Cox, penalised.\r\n<b>Ten</b> folds.")
    text = visitor.get(answer.location).text
    assert '<dd class="multiline">Cox, penalised.\n&lt;b&gt;Ten&lt;/b&gt; folds.</dd>' in text
    too_long = sent(visitor, 6, method="x" * 2001)
    assert too_long.status_code == 422
    assert "2,000" in too_long.text
    assert count(world) == 1


def test_a_form_sent_twice_is_one_submission_and_another_file_is_another(world):
    visitor = signed_in(world)
    page = visitor.get(PATH).text
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert key != re.search(r'name="key" value="([^"]+)"', visitor.get(PATH).text)[1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    first = sent(visitor, 5, key=key)
    assert (first.status_code, count(world)) == (303, 1)
    other = sent(visitor, 6, key=key)
    assert (other.status_code, count(world)) == (303, 2)
    # The answer was lost and the form is sent again after the close: it was received in time.
    world.now = CLOSES
    body = {"file": (io.BytesIO(predictions(5)), "mine.csv"), "act": "submit", "key": key, "csrf_token": token}
    late = visitor.client.post(PATH, data=body)
    assert (late.status_code, late.location) == (303, f"{first.location}?same=1")
    body = {"file": (io.BytesIO(predictions(7)), "mine.csv"), "act": "submit", "key": key, "csrf_token": token}
    refused = visitor.client.post(PATH, data=body, headers={"Accept-Language": "en"})
    assert (refused.status_code, count(world)) == (409, 2)
    assert "This challenge closed at 2026-12-31 18:00:00 KST" in text_of(refused)
    assert "this request came at 2026-12-31 18:00:00 KST" in text_of(refused)


def test_the_lines_that_are_wrong_are_shown_with_their_fields_marked(world):
    visitor = signed_in(world)
    bad = predictions(5).replace(b"P0003,", b"P<i>9,").replace(b"P0007,0.", b"P0007,7.")
    page = visitor.upload("small", bad, act="check")
    for line in re.findall(r'href="#line-(\d+)"', page.text):
        assert f'<li id="line-{line}" value="{line}">' in page.text
    assert re.search(r'id="line-5" value="5"><code><mark>P&lt;i&gt;9</mark>,0\.\d+</code>', page.text)
    assert re.search(r'id="line-9" value="9"><code>P0007,<mark>7\.\d+</mark></code>', page.text)
    # Which ids are missing is told of the file, and no line of it is shown for that.
    assert len(re.findall(r'<li id="line-', page.text)) == 2


def test_the_form_tells_the_servers_time_and_the_close(world):
    visitor = signed_in(world)
    text = text_of(visitor.get(PATH))
    assert re.search(r"Server time now 12:00:00\s+KST", text)
    assert "not when its upload began" in text
