from arena import publishing, wire, wire_analysis
from arena.store.engine import transaction
from tests.arena.conftest import predictions

PATH = "/challenges/small/leaderboard"


def board(caller, query=""):
    return wire.Leaderboard.model_validate_json(caller.get(PATH + query).data)


def test_before_the_reveal_only_the_shown_state_is_there(site, ours, theirs, nobody):
    ours.send("/challenges/small/submissions", predictions(site.ids, 10))
    theirs.send("/challenges/small/submissions", predictions(site.ids, 11))
    for evaluation_id, gain in ((1, None), (2, None), (3, 0.031), (4, 0.027)):
        site.decide(evaluation_id, "accepted" if gain else "shown", gain=gain, value=0.123456789)
    found = board(ours)
    assert (found.state, found.split, found.revealed, found.primary) == ("shown", "public", False, "ipa@1095")
    teams = [(row.rank, row.team, row.shown_gain, row.you) for row in found.rows if not row.baseline]
    assert teams == [(1, "Ours", 0.031, True), (2, "Theirs", 0.027, False)]
    assert [row.you for row in board(nobody).rows] == [False] * 4
    assert {row.baseline: (row.rank, row.would_rank, row.reference) for row in found.rows if row.baseline} == {
        "null": (None, 3, False),
        "simple": (None, 3, True),
    }
    assert "0.123456789" not in nobody.get(PATH).text


def test_the_private_split_and_the_analysis_wait_for_the_reveal(ours, nobody):
    for caller in (ours, nobody):
        for path in (f"{PATH}?split=private", "/challenges/small/analysis"):
            answer = caller.get(path)
            assert (answer.status_code, answer.json["code"]) == (403, "not_revealed")


def test_after_the_reveal_finals_have_their_private_scores(site, ours, theirs):
    ours.send("/challenges/small/submissions", predictions(site.ids, 10))
    theirs.send("/challenges/small/submissions", predictions(site.ids, 11))
    for evaluation_id in (1, 2, 3, 4):
        site.decide(evaluation_id, "accepted", gain=0.02 + evaluation_id / 1000)
    site.at(minutes=1)
    with transaction(site.engine) as session:
        publishing.close(session, site.hosted(), site.now)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    assert ours.get(f"{PATH}?split=private").status_code == 403
    for place, evaluation_id in enumerate(rings):
        site.decide(evaluation_id, "accepted", value=0.1 + place / 100)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    found = board(ours, "?split=private")
    assert (found.state, found.revealed) == ("full", True)
    teams = [(row.rank, row.team, row.public_rank, row.shift) for row in found.rows if not row.baseline]
    assert teams == [(1, "Theirs", 1, 0), (2, "Ours", 2, 0)]
    score = found.rows[0].scores["ipa@1095"]
    assert (score.value, score.ci) == (0.13, (0.11, 0.15))
    analysis = wire_analysis.Analysis.model_validate_json(ours.get("/challenges/small/analysis").data)
    assert (analysis.revealed, analysis.rows, analysis.next) == (True, found.rows, None)
    first = wire_analysis.Analysis.model_validate_json(ours.get("/challenges/small/analysis?limit=1").data)
    rest = wire_analysis.Analysis.model_validate_json(ours.get("/challenges/small/analysis?offset=1").data)
    assert first.next == "/api/v1/challenges/small/analysis?limit=1&offset=1"
    assert (first.rows + rest.rows, first.total, rest.next) == (found.rows, len(found.rows), None)


def test_a_long_board_comes_in_pages(site, ours, theirs):
    ours.send("/challenges/small/submissions", predictions(site.ids, 10))
    theirs.send("/challenges/small/submissions", predictions(site.ids, 11))
    whole = board(ours)
    first = board(ours, "?limit=3")
    assert (first.total, len(first.rows)) == (4, 3)
    rest = wire.Leaderboard.model_validate_json(ours.get(first.next.removeprefix("/api/v1")).data)
    assert (first.rows + rest.rows, rest.next) == (whole.rows, None)
