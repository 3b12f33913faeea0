import math
from datetime import UTC, datetime

import pytest

from arena import leaderboards, publishing, viewing
from arena.errors import Conflict, Forbidden
from arena.standings import rank
from arena.store import submissions as store
from arena.store.engine import reading, transaction


@pytest.mark.parametrize(
    ("values", "better", "expected"),
    [
        ([0.3, 0.2, 0.2, 0.1], "higher", [1, 2, 2, 4]),
        ([0.3, 0.2, 0.2, 0.1], "lower", [4, 2, 2, 1]),
        ([None, 0.2, math.nan, math.inf, -math.inf], "higher", [None, 1, None, None, None]),
        ([None, 0.2], "lower", [None, 1]),
        ([], "higher", []),
        ([0.1 + 0.2, 0.3], "higher", [1, 2]),  # full precision: no rounding makes a tie
        ([-0.0, 0.0], "higher", [1, 1]),
    ],
)
def test_rank(values: list[float | None], better: str, expected: list[int | None]) -> None:
    assert rank(values, better=better) == expected


def test_a_baseline_gets_the_rank_it_would_have_and_takes_none() -> None:
    assert rank([0.3, 0.25, 0.2], better="higher", comes_after=[False, True, False]) == [1, 2, 2]
    assert rank([0.3, 0.3], better="higher", comes_after=[False, True]) == [1, 1]


def board(site, split: str = "public", viewer: int | None = None, slug: str = "small") -> leaderboards.Board:
    with reading(site.engine) as session:
        return leaderboards.board(session, site.hosted(slug), split=split, viewer_team_id=viewer, at=site.now)


def test_before_the_reveal_only_the_shown_state_is_there(site) -> None:
    for ring in site.publish():
        site.decide(ring, "shown")
    people = {name: site.team(name) for name in ("A", "B", "C", "D")}
    gains = {"A": 0.008, "B": 0.012, "C": 0.008}
    for seed, (name, (person, _)) in enumerate(people.items()):
        recorded = site.submit(person, 100 + seed)
        outcome = "accepted" if name in gains else "not_improved"
        site.decide(recorded.evaluation_id, outcome, gain=gains.get(name), value=0.9)
    found = board(site, viewer=people["C"][1].id)
    assert found.state == "shown"
    rows = [(row.rank, row.team, row.shown_gain) for row in found.rows if not row.baseline]
    assert rows == [(1, "B", 0.012), (2, "A", 0.008), (2, "C", 0.008), (None, "D", None)]
    assert [row.team for row in found.rows if row.you] == ["C"]
    reference = next(row for row in found.rows if row.reference)
    assert (reference.rank, reference.would_rank, reference.shown_gain) == (None, 4, 0.0)
    assert 0.9 not in [score.value for row in found.rows for score in row.scores.values()]
    with pytest.raises(Forbidden, match="not_revealed"):
        board(site, "private")


def test_practice_shows_the_best_file_of_each_team_in_full(site) -> None:
    for ring in site.publish("drill", gate="none", practice=True):
        site.decide(ring, "shown", value=0.2)
    person, _ = site.team("A", slug="drill")
    for seed, value in ((1, 0.30), (2, 0.25)):
        site.decide(site.submit(person, seed, slug="drill").evaluation_id, "shown", value=value)
    found = board(site, slug="drill")
    top = found.rows[0]
    assert (top.rank, top.team, top.scores["ipa@1095"].value, top.scores["ipa@1095"].ci) == (
        1,
        "A",
        0.30,
        pytest.approx((0.28, 0.32)),
    )
    assert [row.would_rank for row in found.rows if row.baseline] == [2, 2]


def test_the_reveal_scores_finals_once_after_the_close(site) -> None:
    for ring in site.publish():
        site.decide(ring, "shown")
    people = [site.team(name)[0] for name in ("A", "B")]
    for person, gain in zip(people, (0.02, 0.01), strict=True):
        site.decide(site.submit(person, 7 + int(gain * 100)).evaluation_id, "accepted", gain=gain)
    with transaction(site.engine) as session, pytest.raises(Conflict, match="not_closed"):
        publishing.start_reveal(session, site.hosted(), site.now)
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
        assert publishing.start_reveal(session, site.hosted(), site.now) == rings, "safe to repeat"
        assert not publishing.finish_reveal(session, site.hosted(), site.now)
    assert len(rings) == 4
    for ring, value in zip(rings, (0.1, 0.2, 0.25, 0.30), strict=True):
        assert site.decide(ring, "", value=value)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    rows = [(row.rank, row.team, row.public_rank, row.shift) for row in board(site, "private").rows if not row.baseline]
    assert rows == [(1, "B", 2, 1), (2, "A", 1, -1)]


def test_a_reveal_waits_for_a_file_that_was_written_down_late(site) -> None:
    for ring in site.publish():
        site.decide(ring, "shown")
    person, _ = site.team("A")
    site.decide(site.submit(person, 7).evaluation_id, "accepted", gain=0.02)
    in_time, site.now = site.now, datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    # A request that took its time before the close, and its place in the database after the reveal had begun.
    revealing, site.now = site.now, in_time
    late = site.submit(person, 8)
    site.now = revealing
    for ring in rings:
        assert site.decide(ring, "", value=0.1)

    def finish() -> bool:
        with transaction(site.engine) as session:
            return publishing.finish_reveal(session, site.hosted(), site.now)

    assert not finish(), "the late file has no decision yet"
    assert site.decide(late.evaluation_id, "not_improved")
    assert not finish(), "its private evaluation is added"
    with reading(site.engine) as session:
        added = store.evaluations(session, [late.submission.id])[late.submission.id]["private"]
    assert site.decide(added.id, "", value=0.3)
    assert finish()
    assert [row.scores["ipa@1095"].value for row in board(site, "private").rows if not row.baseline] == [0.3]


def test_while_a_reveal_is_under_way_no_private_score_is_shown(site) -> None:
    for ring in site.publish(gate="none"):
        site.decide(ring, "shown", value=0.2)
    person, team = site.team("A")
    site.decide(site.submit(person, 7).evaluation_id, "shown", value=0.3)
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    for ring in rings:
        assert site.decide(ring, "", value=0.1)

    def splits() -> set[str]:
        with reading(site.engine) as session:
            return set(viewing.of_team(session, site.hosted(), team, site.now)[0].scores)

    assert splits() == {"public"}
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    assert splits() == {"public", "private"}
