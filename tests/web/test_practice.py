"""The pages of practice: who gets in, what is shown, what is refused, and that nobody else sees it."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import select

from arena import accounts, practising, teams
from arena.store.engine import reading, transaction
from arena.store.models import Membership, Practice, Submission, User
from arena.web import formatting, limits
from challenges import definition
from tests.support import practising as cases
from tests.web import kinds
from tests.web.conftest import PASSWORD
from tests.web.visiting import text_of
from tests.worker import site as sites
from tests.worker.site import now
from worker import jobs


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return cases.write("survival", tmp_path_factory.mktemp("practice") / "folder")


@pytest.fixture(scope="module")
def published(case, tmp_path_factory):
    """One site for all tests: each has its own people, and begins without a practice file."""
    folder = tmp_path_factory.mktemp("site")
    made = sites.make(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_station", None)
        patch.setattr(jobs, "_vault", None)
        station = jobs.open_station(made.worker)
        yield kinds.publish(made, case.folder, folder / "made")
        station.engine.dispose()
        made.engine.dispose()


@pytest.fixture
def world(published):
    with transaction(published.site.engine) as session:
        session.execute(delete(Practice))
    with published.app.app_context():
        limits.limiter.reset()
    return published


def person(world, name, *, admin=False):
    with transaction(world.site.engine) as session:
        found = session.exec(select(User).where(User.email == f"{name}@example.org")).first()
        return found or accounts.create_user(
            session, email=f"{name}@example.org", name=name, admin=admin, password=PASSWORD, at=now()
        )


def team(world, name):
    found = person(world, name)
    with transaction(world.site.engine) as session:
        teams.accept_agreement(session, found, world.hosted, version="1", at=now())
        teams.create_team(session, found, world.hosted, name=f"Team {name}", at=now())
    return found


def enter(world, name, language="en"):
    return world.visitor(language, f"{name}@example.org")


@pytest.fixture
def mina(world):
    person(world, "mina")
    return enter(world, "mina")


def send(visitor, world, content, *, name="mine.csv", **fields):
    sent = {"file": (io.BytesIO(content), name), "note": "", **fields}
    return visitor.post(f"/challenges/{world.slug}/practice", sent)


def practised(visitor, world, content, **fields):
    """Send a file, have the worker score it, and return its page."""
    answer = send(visitor, world, content, **fields)
    assert answer.status_code == 303, text_of(answer)
    jobs.practice(world.queue.practised[-1])
    return answer.location


def rows(world):
    with reading(world.site.engine) as session:
        return list(session.exec(select(Practice)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("These are scores on the validation part", "Fit your model without these rows", "IPA at 3 years")),
        ("ko", ("검증 부분의 점수입니다", "이 환자들을 빼고 모형을 맞추십시오", "IPA, 3년")),
    ],
)
def test_a_file_is_scored_and_shown_as_the_scorers_say(world, case, language, words):
    person(world, "mina")
    mina = enter(world, "mina", language)
    address = practised(mina, world, case.first, against=(io.BytesIO(case.second), "other.csv"))
    page = mina.get(address)
    text = text_of(page)
    for said in words:
        assert said in text
    scores, apart = case.expected()
    ipa, harrell = scores["ipa@1095"], scores["harrell_c"]
    for score in (ipa, harrell):
        assert f"{score.value:.3f}" in text
        assert formatting.interval(*score.ci, 3, language) in text
    assert formatting.signed(apart["ipa@1095"].value, 4) in text
    assert "other.csv" in text
    assert page.text.count("<svg") >= 3  # the difference, the subgroups, the curves
    # Nothing of it is a submission.
    with reading(world.site.engine) as session:
        assert not session.exec(select(Submission).where(Submission.filename == "mine.csv")).all()


def test_while_it_waits_the_page_says_so_and_asks_again(world, mina, case):
    answer = send(mina, world, case.first)
    page = mina.get(answer.location)
    assert f'hx-get="{answer.location}/status"' in page.text
    assert "Submissions always come first" in page.text
    assert mina.get(f"{answer.location}/status").headers["Cache-Control"] == "no-store"
    refused = mina.get(f"/challenges/{world.slug}/practice")
    assert "is being scored" in text_of(refused)
    assert 'type="file"' not in refused.text
    jobs.practice(world.queue.practised[-1])
    assert "hx-get" not in mina.get(answer.location).text


def test_one_waits_at_a_time_and_the_next_goes_after_it(world, mina, case):
    token = re.search(r'name="csrf_token" value="([^"]+)"', mina.get(f"/challenges/{world.slug}/practice").text)[1]
    assert send(mina, world, case.first).status_code == 303
    sent = {"csrf_token": token, "file": (io.BytesIO(case.first), "b.csv")}
    second = mina.client.post(f"/challenges/{world.slug}/practice", data=sent)
    assert second.status_code == 409
    assert len(rows(world)) == 1
    jobs.practice(world.queue.practised[-1])
    assert send(mina, world, case.second).status_code == 303


def test_the_history_holds_the_last_and_compares_with_the_one_before(world, mina, case):
    first = practised(mina, world, case.second, name="old.csv", note="plain Cox")
    form = mina.get(f"/challenges/{world.slug}/practice").text
    earlier = first.rpartition("/")[2]
    assert f'<option value="{earlier}" selected>old.csv, plain Cox</option>' in form
    page = mina.get(practised(mina, world, case.first, name="new.csv", earlier=earlier)).text
    assert f'<a href="{first}">old.csv</a>' in page
    assert "It is better by more than chance explains." in page
    _, apart = case.expected()
    assert formatting.signed(apart["ipa@1095"].value, 4) in page
    with transaction(world.site.engine) as session:
        kept = session.exec(select(Practice).where(Practice.filename == "new.csv")).one().model_dump(exclude={"id"})
        for number in range(practising.LISTED):
            session.add(Practice(**kept | {"filename": f"n{number}.csv", "public_id": f"{number:016x}"}))
    listed = text_of(mina.get(f"/challenges/{world.slug}/practice"))
    assert "n19.csv" in listed
    assert "new.csv" not in listed.partition("Earlier practice")[2]


def test_every_problem_is_told_by_line(world, mina, case):
    bad = case.first.replace(b"patient_id", b"\xef\xbb\xbfpatient_id").splitlines()
    bad[3] = bad[3].rpartition(b",")[0] + b",1.7"
    answer = send(mina, world, b"\n".join(bad) + b"\n")
    assert answer.status_code == 422
    assert "out_of_range" in answer.text
    assert "4" in re.findall(r'class="r line inline"[^>]*>(\d+)<', answer.text)
    assert rows(world) == []
    second = send(mina, world, case.first, against=(io.BytesIO(b"patient_id,p_3y\n"), "other.csv"))
    assert second.status_code == 422
    assert "<code>other.csv</code>" in second.text


def test_test_predictions_are_named_as_what_they_are(world, mina, case):
    answer = send(mina, world, (case.folder / "sample_submission.csv").read_bytes())
    assert answer.status_code == 422
    assert "These are predictions of the test patients" in text_of(answer)
    assert send(mina, world, b"").status_code == 422


def test_nobody_else_sees_it_but_the_team(world, case):
    ours = team(world, "ours")
    captain = enter(world, "ours")
    address = practised(captain, world, case.first, note="<b>ours</b>")
    person(world, "stranger")
    person(world, "admin", admin=True)
    person(world, "olga")
    with transaction(world.site.engine) as session:
        accounts.grant(session, email="olga@example.org", role="organizer", slug=world.slug, at=now())
    person(world, "judy")
    with transaction(world.site.engine) as session:
        accounts.grant(session, email="judy@example.org", role="judge", slug=world.slug, at=now())
    team(world, "theirs")
    for name in ("stranger", "admin", "olga", "judy", "theirs"):
        other = enter(world, name)
        assert other.get(address).status_code == 404, name
        assert other.get(f"{address}/status").status_code == 404, name
        assert "mine.csv" not in other.get(f"/challenges/{world.slug}/practice").text, name
        refused = send(other, world, case.first, earlier=address.rpartition("/")[2])
        assert refused.status_code == 404, name
    nobody = world.visitor("en")
    assert nobody.get(address).location.startswith("/signin")
    assert "Sign in" in text_of(nobody.get(f"/challenges/{world.slug}/practice"))
    # A team mate sees it, and that somebody else sent it.
    mate = person(world, "mate")
    with transaction(world.site.engine) as session:
        teams.accept_agreement(session, mate, world.hosted, version="1", at=now())
        own = teams.team_of(session, ours, world.hosted)
        session.add(Membership(team_id=own.id, user_id=mate.id, challenge_id=world.hosted.id, joined_at=now()))
    visitor = enter(world, "mate")
    assert visitor.get(address).status_code == 200
    listed = visitor.get(f"/challenges/{world.slug}/practice").text
    assert "by a team mate" in listed
    assert "<b>ours" not in listed
    assert "&lt;b&gt;ours" in listed


def test_before_the_opening_there_is_nothing_to_practise_on(world, mina, case):
    _opens(world, now() + timedelta(days=1))
    page = mina.get(f"/challenges/{world.slug}/practice")
    assert "has not opened yet" in text_of(page)
    assert 'type="file"' not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', mina.get("/account").text)[1]
    sent = {"csrf_token": token, "file": (io.BytesIO(case.first), "a.csv")}
    assert mina.client.post(f"/challenges/{world.slug}/practice", data=sent).status_code == 409
    assert rows(world) == []
    _opens(world, now())


def _opens(world, at):
    with transaction(world.site.engine) as session:
        session.merge(world.hosted.row).opens_at = at


def test_without_the_forms_token_nothing_is_kept(world, mina, case):
    answer = mina.client.post(f"/challenges/{world.slug}/practice", data={"file": (io.BytesIO(case.first), "a.csv")})
    assert answer.status_code == 400
    nobody = world.visitor("en").client
    sent = {"file": (io.BytesIO(case.first), "a.csv")}
    assert nobody.post(f"/challenges/{world.slug}/practice", data=sent).status_code == 401
    assert rows(world) == []


def test_a_file_that_could_not_be_scored_says_that_it_may_be_sent_again(world, mina, case):
    address = send(mina, world, case.first).location
    with transaction(world.site.engine) as session:
        row = session.exec(select(Practice)).one()
        row.state, row.outcome = "failed", {"failure": "not_scored"}
    text = text_of(mina.get(address))
    assert "Send the same file again" in text
    assert "not scored" in text_of(mina.get(f"/challenges/{world.slug}/practice"))
    assert send(mina, world, case.first).status_code == 303


def test_the_definition_can_be_downloaded_beside_the_data(world, mina, case):
    answer = mina.get(f"/challenges/{world.slug}/files/challenge.toml")
    assert answer.status_code == 200
    assert definition.parse(answer.text).digest() == case.definition.digest()
    assert (
        mina.get(f"/challenges/{world.slug}/files/validation.csv").data == (case.folder / "validation.csv").read_bytes()
    )
