import json
import re
import stat
import threading
import time

import pytest

from arena.store.engine import reading, transaction
from arena.store.models import Challenge, Evaluation
from tests.arena.conftest import predictions


@pytest.fixture
def member(arena, address, ours):
    """Our team's member, logged in."""
    done = arena("login", address, "--token-stdin", said=ours.token + "\n")
    assert done.returncode == 0, done.stderr
    return arena


@pytest.fixture
def mine(tmp_path, site):
    path = tmp_path / "mine.csv"
    path.write_bytes(predictions(site.ids, 10))
    return path


def test_a_newcomer_goes_the_whole_way(arena, address, enter, site, tmp_path, mine):
    token = enter("kim").token
    assert arena("login", address, "--token", token).returncode == 0
    listed = arena("challenges")
    assert (listed.returncode, "small" in listed.stdout, "ipa@1095" in listed.stdout) == (0, True, True)
    unread = arena("join", "small", "--team", "첫 팀")
    assert (unread.returncode, "# agreement" in unread.stdout, "--accept 1" in unread.stderr) == (1, True, True)
    joined = arena("join", "small", "--team", "첫 팀", "--accept", "1")
    assert (joined.returncode, "3 submissions left today" in joined.stderr) == (0, True)
    got = arena("download", "small")
    assert got.stdout.splitlines() == [
        f"small/{name}" for name in ("train.csv", "test.csv", "dictionary.csv", "sample_submission.csv")
    ]
    assert (tmp_path / "small" / "test.csv").read_bytes() == (site.folder / "small" / "test.csv").read_bytes()
    assert "60 rows, nothing to mend" in arena("check", "small", mine).stderr
    decider = threading.Thread(target=_decide, args=(site,))
    decider.start()
    sent = arena("submit", "small", mine, "-m", "Cox", "--wait")
    decider.join()
    assert sent.returncode == 0, sent.stderr
    assert "Accepted. The gain over the reference baseline is shown as +0.0310." in sent.stdout
    assert "in line" in sent.stderr
    assert "Today 1 of 3 submissions are used, 2 are left" in sent.stderr
    assert "4 of 5 are left in all" in sent.stderr
    board = arena("leaderboard", "small")
    assert ("첫 팀" in board.stdout, "your team" in board.stdout, "(2)" in board.stdout) == (True, True, True)
    found = json.loads(arena("submissions", "small", "--json").stdout)
    assert [(one["note"], one["decision"]) for one in found] == [("Cox", "accepted")]
    shown = arena("submissions", "small")
    assert ("Cox" in shown.stdout, "Today 1 of 3 submissions are used" in shown.stderr) == (True, True)


def _decide(site):
    """Be the worker: decide the third evaluation, the team's first, a moment after it has come."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        time.sleep(1)
        with reading(site.engine) as session:
            come = session.get(Evaluation, 3) is not None
        if come:
            time.sleep(1)
            assert site.decide(3, "accepted", gain=0.031)
            return


def test_the_login_is_readable_by_its_owner_alone(member, tmp_path, ours):
    path = tmp_path / "person" / ".config" / "arena" / "login.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["token"] == ours.token
    assert member("challenges").returncode == 0


def test_a_wrong_token_is_learnt_at_the_login(arena, address, tmp_path):
    done = arena("login", address, "--token", "arena_wrong")
    assert (done.returncode, "No such token" in done.stderr) == (1, True)
    assert not (tmp_path / "person" / ".config" / "arena" / "login.json").exists()


def test_without_a_login_it_says_how_to_log_in(arena):
    done = arena("challenges")
    assert (done.returncode, "arena login URL" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_a_lapsed_agreement_says_where_it_is_mended(member, mine, site):
    with transaction(site.engine) as session:
        row = session.get_one(Challenge, site.hosted().id)
        row.definition = {**row.definition, "agreement": {**row.definition["agreement"], "version": "2"}}
        row.definition_sha256 = "2" * 64
    done = member("submit", "small", mine)
    assert done.returncode == 1
    assert "present version of the agreement" in done.stderr
    assert re.search(r"Mend it here: http://\S+/challenges/small/agreement", done.stderr)


def test_a_bad_file_is_told_by_line_and_costs_nothing(member, mine, site):
    mine.write_text("patient_id,p_3y\nP0000,2\n", encoding="utf-8")
    done = member("submit", "small", mine)
    assert (done.returncode, done.stdout) == (1, "")
    assert "line 2 p_3y: " in done.stderr
    assert "[out_of_range]" in done.stderr
    assert json.loads(member("submissions", "small", "--json").stdout) == []
    korean = member("check", "small", mine, language="ko_KR.UTF-8")
    assert ("2행 p_3y" in korean.stderr, "찾았습니다" in korean.stderr) == (True, True)
    assert site.ids


def test_the_same_predictions_again_cost_nothing(member, mine):
    first = json.loads(member("submit", "small", mine, "--json").stdout)
    again = member("submit", "small", mine, "--json")
    assert (json.loads(again.stdout)["id"], "before (number 1)" in again.stderr) == (first["id"], True)


def test_what_may_not_be_seen_yet_is_refused(member):
    done = member("leaderboard", "small", "--split", "private")
    assert (done.returncode, "after the reveal" in done.stderr) == (1, True)
    assert member("download", "nothing").returncode == 1


def test_a_server_that_is_away_is_the_servers_fault(arena):
    done = arena("login", "http://127.0.0.1:9", "--token", "arena_x")
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("submit", "small", "none.csv"),
        ("submit", "small"),
        ("join", "small"),
        ("join", "small", "--team", "A", "--code", "x"),
        ("leaderboard", "small", "--split", "both"),
        ("nothing",),
    ],
)
def test_a_wrong_call_is_a_usage_error(member, arguments):
    done = member(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_a_friend_joins_by_a_code(arena, address, ours, enter):
    team_id = ours.get("/challenges/small/team").json["id"]
    code = ours.post(f"/teams/{team_id}/invitations").json["code"]
    arena("login", address, "--token", enter("friend").token)
    done = arena("join", "small", "--code", code, "--accept", "1", "--json")
    assert [one["name"] for one in json.loads(done.stdout)["members"]] == ["Ours", "friend"]


def test_a_second_file_goes_with_the_first(arena, address, site, enter, tmp_path):
    site.publish("asked", companion=True)
    person, _ = site.team("Asked", slug="asked")
    arena("login", address, "--token", enter(person).token)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(predictions(site.ids, 10))
    second.write_bytes(predictions(site.ids, 20))
    done = arena("submit", "asked", first, "--companion", second)
    assert (done.returncode, "The second file is received too" in done.stdout) == (0, True), done.stderr
    assert arena("check", "asked", first, "--companion", first).returncode == 1
    assert arena("submit", "asked", first, "--companion", tmp_path / "none.csv").returncode == 2
