"""`arena.client` against the API on a real socket."""

import threading
from collections.abc import Callable

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from arena.client import Arena, Damaged, Refused, Unreachable
from tests.api.serving import serving
from tests.arena.conftest import predictions


@pytest.fixture
def address(app):
    with serving(app) as found:
        yield found


@pytest.fixture
def arena(address, ours):
    with Arena(address, ours.token) as made:
        yield made


@pytest.fixture
def file(tmp_path, site):
    path = tmp_path / "mine.csv"
    path.write_bytes(predictions(site.ids, 10))
    return path


def test_a_newcomer_joins_downloads_submits_and_waits(address, site, enter, tmp_path, file):
    with Arena(address, enter("kim").token) as arena:
        agreement = arena.challenge("small").agreement
        assert agreement is not None
        arena.accept("small", agreement.version)
        team = arena.create_team("small", "첫 팀")
        assert arena.team("small") == team
        paths = arena.download("small", tmp_path / "data")
        assert [path.name for path in paths] == [
            "train.csv",
            "test.csv",
            "dictionary.csv",
            "sample_submission.csv",
            "challenge.toml",
        ]
        assert paths[1].read_bytes() == (site.folder / "small" / "test.csv").read_bytes()
        assert arena.check("small", file).rows == len(site.ids)
        seen: list[tuple[int, int]] = []
        sent = arena.submit("small", file, "하나", progress=lambda done, total: seen.append((done, total)))
        assert (sent.status, sent.note, seen[-1]) == ("received", "하나", (file.stat().st_size,) * 2)
        threading.Timer(0.5, lambda: [site.decide(one, "accepted", gain=0.031) for one in (1, 2, 3)]).start()
        states: list[str] = []
        decided = arena.wait(sent, timeout=20, told=lambda found: states.append(found.status))
        assert (decided.decision, decided.shown_gain, states[0], states[-1]) == (
            "accepted",
            0.031,
            "received",
            "scored",
        )
        assert [one.id for one in arena.submissions("small")] == [sent.id]
        assert arena.choose_final(sent.id).final_by_default is False
        assert [row.team for row in arena.leaderboard("small").rows if row.you] == ["첫 팀"]
        with pytest.raises(Refused, match="after the reveal"):
            arena.analysis("small")
        assert arena.labels_key().key == "ab" * 32


def test_a_friend_joins_by_a_code(address, arena, enter):
    code = arena.invite(arena.team("small").id).code
    with Arena(address, enter("friend").token) as friend:
        friend.accept("small", "1")
        assert [one.name for one in friend.join(code).members] == ["Ours", "friend"]


def test_a_refusal_carries_every_problem(arena, file):
    file.write_text("patient_id,p_3y\nP0000,2\n", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        arena.check("small", file)
    assert (caught.value.status, caught.value.code) == (422, "bad_file")
    assert (caught.value.problem.errors[0].line, caught.value.problem.errors[0].code) == (2, "out_of_range")


def test_waiting_ends(arena, file):
    sent = arena.submit("small", file)
    with pytest.raises(TimeoutError, match="still received"):
        arena.wait(sent.id, timeout=0.5)


def test_long_lists_are_read_page_by_page(arena, site, tmp_path, monkeypatch):
    from arena.api.paging import BoardPage, Page

    for seed in (10, 11, 12):
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(predictions(site.ids, seed))
        arena.submit("small", path)
    for model in (Page, BoardPage):
        monkeypatch.setattr(model.model_fields["limit"], "default", 2)
        model.model_rebuild(force=True)
    try:
        assert [one.number for one in arena.submissions("small")] == [3, 2, 1]
        assert len(arena.leaderboard("small").rows) == 3
    finally:
        monkeypatch.undo()
        for model in (Page, BoardPage):
            model.model_rebuild(force=True)


def test_nobody_there_is_said_after_a_few_attempts(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with Arena("http://127.0.0.1:9") as arena, pytest.raises(Unreachable):
        arena.challenges()


class Broken:
    """A server that cuts connections and fails for a while, in front of the real one."""

    def __init__(self, app: Callable[..., object], *faults: Response) -> None:
        self.app = app
        self.faults = list(faults)
        self.seen: list[str] = []
        self.ranges: list[str | None] = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.seen.append(request.headers.get("Idempotency-Key", ""))
        self.ranges.append(request.headers.get("Range"))
        if self.faults:
            return self.faults.pop(0)(environ, start_response)
        return self.app(environ, start_response)


def test_a_repeated_submission_carries_the_same_key(app, ours, file, site):
    busy = Response("", 503, {"Retry-After": "0"})
    broken = Broken(app, busy, Response("", 502), Response("", 504))
    with serving(broken) as address, Arena(address, ours.token) as arena:
        sent = arena.submit("small", file)
    assert (sent.created, sent.rows) == (True, len(site.ids))
    assert len(broken.seen) == 4
    assert len(set(broken.seen)) == 1
    assert broken.seen[0]


def test_a_post_without_a_key_is_not_repeated_blindly(app, ours):
    broken = Broken(app, Response("", 502))
    with serving(broken) as address, Arena(address, ours.token) as arena, pytest.raises(Unreachable):
        arena.invite(1)
    assert len(broken.seen) == 1


def test_a_used_up_quota_is_not_waited_for(app, ours, site, tmp_path):
    with serving(app) as address, Arena(address, ours.token) as arena:
        for seed in (10, 11, 12, 13):
            path = tmp_path / f"{seed}.csv"
            path.write_bytes(predictions(site.ids, seed))
            if seed < 13:
                arena.submit("small", path)
        with pytest.raises(Refused) as caught:
            arena.submit("small", path)
    assert caught.value.code == "quota_day"


def test_a_download_goes_on_where_it_stopped(app, ours, site, tmp_path):
    whole = (site.folder / "small" / "test.csv").read_bytes()
    (tmp_path / "test.csv.part").write_bytes(whole[:100])
    watched = Broken(app)
    with serving(watched) as address, Arena(address, ours.token) as arena:
        arena.download("small", tmp_path, names=["test.csv"])
        assert watched.ranges == [None, "bytes=100-"]
        arena.download("small", tmp_path, names=["test.csv"])  # what is whole is not fetched again
    assert watched.ranges == [None, "bytes=100-", None]
    assert (tmp_path / "test.csv").read_bytes() == whole
    assert not (tmp_path / "test.csv.part").exists()


def test_a_damaged_download_is_not_kept(arena, tmp_path):
    (tmp_path / "test.csv.part").write_bytes(b"x" * 100)
    with pytest.raises(Damaged, match="damaged"):
        arena.download("small", tmp_path, names=["test.csv"])
    assert list(tmp_path.glob("test.csv*")) == []


def test_what_is_no_arena_is_said_to_be_none():
    page = Response("<h1>hello</h1>", mimetype="text/html")
    wanted = pytest.raises(Unreachable, match="does not answer as an Arena does")
    with serving(page) as address, Arena(address) as arena, wanted:
        arena.challenges()


def test_a_file_that_is_not_there_is_found_out_here(arena, tmp_path):
    with pytest.raises(FileNotFoundError):
        arena.submit("small", tmp_path / "none.csv")


def test_the_token_goes_to_the_site_alone(address, arena):
    assert str(arena._http.base_url) == f"{address}/api/v1/"
    assert httpx.URL(arena.url).join("/api/v1/x").host == "127.0.0.1"
