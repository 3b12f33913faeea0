"""The leaderboard's page: the same bytes for all readers, what is one's own for nobody else, whole over its pages."""

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from arena.main import THREADS
from arena.running.quick import Quick
from arena.store import models
from arena.store.engine import transaction
from tests.web.conftest import World, predictions

PATH = "/challenges/small/leaderboard"


def send(world: World, name: str, gain: float | None, seed: int, value: float | None = None):
    answer = world.visitor().sign_in(f"{name}@example.org").upload("small", predictions(seed))
    assert answer.status_code == 303, answer.text
    with transaction(world.engine) as session:
        last = max(session.execute(models.Evaluation.__table__.select()).all(), key=lambda row: row.id)
    world.decide(last.id, "shown" if value else "accepted" if gain else "not_improved", gain, value)


@pytest.fixture
def board(world: World) -> World:
    world.publish()
    for seed, (name, gain) in enumerate([("ann", 0.02), ("ben", 0.01)]):
        world.team(name)
        send(world, name, gain, seed)
    return world


def change(world: World, statement) -> None:
    with transaction(world.engine) as session:
        session.execute(statement)


def many(world: World, teams: int) -> None:
    """Give the challenge so many teams more, each with a decided file."""
    with transaction(world.engine) as session:
        challenge = world.hosted().id
        for n in range(teams):
            session.add(
                models.Team(
                    id=1000 + n, challenge_id=challenge, name=f"Crew {n:03d}", name_key=f"crew {n}", created_at=world.now,
                    affiliation="School A" if n % 2 else "School B",
                )
            )  # fmt: skip
        session.flush()
        for n in range(teams):
            session.add(
                models.Submission(
                    id=1000 + n, public_id=f"s{n}", challenge_id=challenge, team_id=1000 + n, number=1, received_at=world.now,
                    filename="x", file_sha256="x", canonical_sha256="x", rows=1, size=1, receipt={},
                )
            )  # fmt: skip
        session.flush()
        for n in range(teams):
            told = {"outcome": "accepted", "labels_version": 1, "decided_at": world.now}
            session.add(models.Decision(submission_id=1000 + n, shown_gain=0.0001 * (1 + n // 3), **told))


def test_an_unchanged_page_costs_a_304_and_a_change_is_on_the_next(board: World):
    first = board.visitor().get(PATH)
    again = board.visitor().get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert board.visitor("ko").get(PATH).headers["ETag"] != first.headers["ETag"]
    assert "순위" in board.visitor("ko").get(PATH).text
    change(board, update(models.Team).where(models.Team.name == "Team ann").values(name="Team zoe"))
    after = board.visitor().get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert "Team zoe" in after.text
    assert "Team ann" not in after.text


def test_what_is_ones_own_is_nobody_elses(board: World):
    seen: list[tuple[str, str]] = []

    sessions = {
        name: board.visitor().sign_in(f"{name}@example.org").client.get_cookie("arena_session").value
        for name in ("ann", "ben")
    }

    def read(name: str | None) -> None:
        visitor = board.visitor()
        if name:
            visitor.client.set_cookie("arena_session", sessions[name])
        answer = visitor.get(PATH)
        assert answer.status_code == 200, answer.text
        seen.append((name or "", answer.text))

    with ThreadPoolExecutor(THREADS) as threads:  # as many as a web process answers with
        list(threads.map(read, ("ann", "ben", None) * 17))
    assert len(seen) == 51
    for name, page in seen:
        own = re.findall(r'<tr role="row" class="you".*?<a href="[^"]+">([^<]+)</a>', page)
        assert own == ([f"Team {name}"] if name else [])
        assert page.split("<table", 1)[1].count("badge you") == len(own)
        assert (f">{name}</a>" in page.split("</header>")[0]) == bool(name)
        assert ("csrf_token" in page) == bool(name)


def test_a_signed_in_reader_gets_a_304_too_until_something_of_theirs_changes(board: World):
    ann, ben = (board.visitor().sign_in(f"{name}@example.org") for name in ("ann", "ben"))
    first = ann.get(PATH)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "no-store"
    assert ann.get(PATH, headers=tag).status_code == 304
    assert ben.get(PATH, headers=tag).status_code == 200
    assert board.visitor().get(PATH, headers=tag).status_code == 200


def test_a_team_sees_how_it_came_to_where_it_stands_and_nobody_else_does(board: World):
    ann = board.visitor().sign_in("ann@example.org")
    tag = {"If-None-Match": ann.get(PATH).headers["ETag"]}
    # A file that moves nothing on the leaderboard is a speck more in the team's record.
    send(board, "ann", None, 7)
    page = ann.get(PATH, headers=tag)
    assert page.status_code == 200
    assert "1 of 2 submissions moved the shown score." in page.text
    assert "no. 1, " in page.text
    assert 'id="history"' not in board.visitor().get(PATH).text


def test_where_nothing_is_gated_the_record_is_of_the_best_so_far(world: World):
    world.publish(practice=True)
    world.team("ann")
    for seed, value in enumerate((0.30, 0.28, 0.33)):
        world.now += timedelta(days=1)
        send(world, "ann", None, seed, value)
    page = world.visitor().sign_in("ann@example.org").get(PATH).text
    assert "2 of 3 submissions moved the best score." in page
    assert "no. 3, 0.330" in page
    assert "no. 2, " not in page
    assert 'id="history"' not in world.visitor().get(PATH).text


def test_whoever_is_taken_off_is_gone_at_once_for_everybody(board: World):
    assert "Team ann" in board.visitor().get(PATH).text
    with transaction(board.engine) as session:
        team = next(row for row in session.execute(models.Team.__table__.select()).all() if row.name == "Team ann")
        session.add(
            models.Mark(
                challenge_id=team.challenge_id, team_id=team.id, kind="hidden", reason="why",
                imposed_by=team.captain_id, imposed_at=board.now,
            )
        )  # fmt: skip
    for visitor in (board.visitor(), board.visitor("ko"), board.visitor().sign_in("ben@example.org")):
        assert "Team ann" not in visitor.get(PATH).text
    assert "Team ann" not in board.visitor().get("/challenges/small/leaderboard.csv").text


def test_a_cancelled_challenge_is_shown_as_such_and_a_withdrawn_one_is_not_there(board: World):
    assert board.visitor().get(PATH).status_code == 200
    change(board, update(models.Challenge).values(state="withdrawn"))
    assert board.visitor().get(PATH).status_code == 404
    assert board.visitor().get("/challenges/small/leaderboard.csv").status_code == 404


def test_the_reveal_is_on_the_next_page(board: World):
    assert "Private rank" not in board.visitor().get(PATH).text
    assert board.visitor().get(PATH + "?split=private").status_code == 403
    board.reveal()
    page = board.visitor().get(PATH).text
    assert "Public → private" in page
    assert re.search(r"1 → 1|2 → 1", page)
    by_shift = board.visitor().get(PATH + "?sort=shift").text
    assert 'aria-sort="descending"' in by_shift


def test_the_close_turns_the_page_by_the_clock_alone(board: World):
    assert ">open<" in board.visitor().get(PATH).text
    board.pass_time(days=60)
    assert "closed, results not yet revealed" in board.visitor().get(PATH).text


def test_its_pages_hold_every_team_once_and_a_reader_finds_the_own(board: World):
    many(board, 230)
    names: list[str] = []
    for page in (1, 2, 3):
        text = board.visitor().get(f"{PATH}?page={page}").text
        names += re.findall(r'<th role="rowheader" scope="row" class="t"><a [^>]+>([^<]+)', text)
    assert (len(names), len(set(names))) == (232, 232)
    ben = board.visitor().sign_in("ben@example.org").get(f"{PATH}?page=3").text
    assert 'class="pinned"' in ben
    assert re.search(r'page=\d#our">To your team', ben)
    assert board.visitor().get(f"{PATH}?page=99").text.count("Crew 000") == 1, "beyond the last page stands the last"


def test_teams_are_found_by_name_and_affiliation_with_the_ranks_they_have(board: World):
    many(board, 30)
    found = board.visitor().get(f"{PATH}?q=CREW+00").text
    assert "10 teams found" in found
    assert "Team ann" not in found.split("<table")[1]
    found = board.visitor().get(f"{PATH}?affiliation=School+A").text
    assert "15 teams found" in found
    assert "option selected>School A" in found
    evil = board.visitor().get(PATH + "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in evil
    assert "0 teams found" in evil


def test_the_file_has_every_number_in_full_and_no_formula(board: World):
    change(
        board,
        update(models.Team).where(models.Team.name == "Team ann").values(name="=cmd|'x'!A1", affiliation="@SUM(1)"),
    )
    rows = list(
        csv.DictReader(io.StringIO(board.visitor().get("/challenges/small/leaderboard.csv").text.lstrip("\ufeff")))
    )
    assert (rows[0]["rank"], rows[0]["team"], rows[0]["affiliation"]) == ("1", "'=cmd|'x'!A1", "'@SUM(1)")
    assert float(rows[0]["value"]) == pytest.approx(0.27)
    assert [row["baseline"] for row in rows] == ["", "", "simple"]


def test_nothing_hidden_is_in_the_source(world: World):
    world.publish()
    world.team("ann")
    world.visitor().sign_in("ann@example.org").upload("small", predictions(1))
    with transaction(world.engine) as session:
        last = max(session.execute(models.Evaluation.__table__.select()).all(), key=lambda row: row.id)
    world.decide(last.id, "not_improved", value=0.123456789)
    for address in (PATH, "/challenges/small/leaderboard.csv"):
        assert "0.1234" not in world.visitor().get(address).text


def test_past_the_framework_goes_only_who_is_nobody_and_only_while_nothing_changes(board: World):
    passed = []

    def counted(environ, start):
        passed.append(environ["PATH_INFO"])
        return board.app(environ, start)

    site = Quick(counted, engine=board.engine, clock=lambda: board.now)

    def get(**given: str):
        seen = {}
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": PATH,
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
        }
        environ |= {
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "QUERY_STRING": "",
            "HTTP_ACCEPT_LANGUAGE": "en",
        }
        body = b"".join(
            site({**environ, **given}, lambda status, headers: seen.update(status=status[:3], **dict(headers)))
        )
        return seen, body.decode()

    first, page = get()
    second, again = get()
    assert (page == again, len(passed)) == (True, 1)
    assert first.pop("X-Request-Id") != second.pop("X-Request-Id")
    assert first == second
    assert get(HTTP_IF_NONE_MATCH=first["ETag"])[0]["status"] == "304"
    assert "순위표" in get(HTTP_ACCEPT_LANGUAGE="ko")[1]
    signed_in = board.visitor().sign_in("ann@example.org")
    cookie = "; ".join(f"{one.key}={one.value}" for one in signed_in.client._cookies.values())
    assert "badge you" in get(HTTP_COOKIE=cookie)[1]
    assert "badge you" not in get()[1]
    change(board, update(models.Team).where(models.Team.name == "Team ann").values(name="Team zoe"))
    assert "Team zoe" in get()[1]
    change(board, update(models.Challenge).values(state="withdrawn"))
    assert get()[0]["status"] == "404"
    change(board, update(models.Challenge).values(state="published"))
    board.pass_time(days=60)
    assert "closed, results not yet revealed" in get()[1]


def test_past_the_framework_a_caller_has_so_many_answers_a_minute(board: World):
    passed = []

    def counted(environ, start):
        passed.append(1)
        return board.app(environ, start)

    site = Quick(counted, engine=board.engine, clock=lambda: board.now, per_minute=3)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": PATH,
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }

    def get(address: str) -> None:
        given = {**environ, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "REMOTE_ADDR": address}
        b"".join(site(given, lambda *_: None))

    for _ in range(6):
        get("10.0.0.1")
    assert len(passed) >= 3, "the first, and those beyond the allowance, which the application counts"
    before = len(passed)
    get("10.0.0.2")
    assert len(passed) == before
