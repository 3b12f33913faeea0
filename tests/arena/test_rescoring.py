"""Every submission again: added once, counted, switched all at once, and nobody loses anything by it. On both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from arena import audit, leaderboards, publishing, rescoring, submissions, sweeping, teams, viewing
from arena.errors import Conflict, Forbidden, NotFound
from arena.leaderboards import Board
from arena.store import evaluations, ledger, models
from arena.store import rescoring as store
from arena.store import submissions as submission_store
from arena.store.engine import reading, transaction
from arena.store.rescoring import Under
from tests.arena.conftest import Site


class Bell:
    """A doorbell that only remembers: the workers of these tests are the tests."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.compared: list[int] = []

    def depth(self) -> int:
        return 0

    def unheard(self) -> Callable[[str, int], bool]:
        return lambda _name, _row_id: False

    def score(self, evaluation_id: int) -> bool:
        self.rung.append(evaluation_id)
        return True

    def compare(self, challenge_id: int) -> bool:
        self.compared.append(challenge_id)
        return True


def relabel(site: Site) -> None:
    """Give the challenge another version of its labels."""
    hosted = site.hosted()
    with transaction(site.engine) as session:
        number = hosted.labels.version + 1
        session.add(
            models.Labels(
                challenge_id=hosted.id,
                version=number,
                ciphertext_sha256=str(number) * 64,
                ids_sha256=hosted.labels.ids_sha256,
                created_at=site.now,
            )
        )


def start(site: Site) -> list[int]:
    with transaction(site.engine) as session:
        return rescoring.start(session, site.hosted(), user_id=None, at=site.now)


def finish(site: Site) -> bool:
    with transaction(site.engine) as session:
        return rescoring.finish(session, site.hosted(), site.now)


def progress(site: Site) -> rescoring.Progress:
    with reading(site.engine) as session:
        return rescoring.progress(session, site.hosted())


def board(site: Site, split: str = "public", labels_version: int | None = None) -> Board:
    with reading(site.engine) as session:
        return leaderboards.board(
            session, site.hosted(), split=split, viewer_team_id=None, at=site.now, labels_version=labels_version
        )


def values(shown: Board) -> dict[str, float | None]:
    return {row.team: row.scores["ipa@1095"].value for row in shown.rows}


def pending(site: Site) -> list[models.Evaluation]:
    with reading(site.engine) as session:
        rows = session.exec(select(models.Evaluation).order_by(col(models.Evaluation.id)))
        return [row for row in rows if row.state == "received"]


def score(site: Site, rows: list[models.Evaluation], base: float) -> None:
    for row in rows:
        assert site.decide(row.id, "shown", value=base + row.submission_id / 100)


def everything(site: Site) -> list[dict]:
    """Whatever a rescoring may not touch."""
    with reading(site.engine) as session:
        tables = (models.Submission, models.Team, models.Decision)
        return [row.model_dump() for table in tables for row in session.exec(select(table).order_by(table.id))]


@pytest.fixture
def shown(site: Site) -> Site:
    """Practice with two teams that have a score each, and two baselines."""
    site.publish(gate="none", practice=True)
    for name in "AB":
        person, _ = site.team(name)
        site.submit(person, ord(name))
    score(site, pending(site), 0.1)
    return site


def test_new_scores_count_all_at_once_and_the_old_ones_stay_readable(shown: Site):
    old, before = values(board(shown)), everything(shown)
    relabel(shown)
    assert len(start(shown)) == 4
    again = pending(shown)
    assert {row.in_force for row in again} == {False}
    for number, row in enumerate(again):
        assert values(board(shown)) == old, f"after {number} of 4"
        assert not finish(shown)
        assert progress(shown).scored == number
        score(shown, [row], 0.5)
    assert values(board(shown)) == old
    assert finish(shown)
    new = values(board(shown))
    assert {name: round(new[name] - old[name], 9) for name in old} == dict.fromkeys(old, 0.4)
    assert values(board(shown, labels_version=1)) == old
    assert (board(shown).labels_version, board(shown, labels_version=1).labels_version) == (2, 1)
    assert everything(shown) == before
    assert progress(shown) == rescoring.Progress(2, "1", total=4, scored=4, failed=0, under_way=False)
    with pytest.raises(NotFound):
        board(shown, labels_version=3)


def test_starting_twice_adds_nothing_and_finishing_twice_does_nothing(shown: Site):
    relabel(shown)
    started: list[list[int]] = []
    threads = [threading.Thread(target=lambda: started.append(start(shown))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 4
    assert {tuple(one) for one in started} == {tuple(row.id for row in pending(shown))}
    score(shown, pending(shown), 0.5)
    assert finish(shown)
    assert not finish(shown)
    assert start(shown) == []
    with reading(shown.engine) as session:
        kinds = [entry.kind for entry in ledger.of_challenge(session, 1)]
    assert (kinds.count("rescoring_started"), kinds.count("rescored")) == (1, 1)


def test_a_file_that_comes_meanwhile_waits_for_the_others_to_count(shown: Site):
    relabel(shown)
    start(shown)
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    score(shown, pending(shown), 0.5)
    assert "C" not in values(board(shown))
    with reading(shown.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, shown.now)
    assert view.scores["public"]["ipa@1095"].value == pytest.approx(0.5 + recorded.submission.id / 100)
    assert finish(shown)
    assert "C" in values(board(shown))


def test_what_was_received_under_the_old_labels_is_not_left_out(shown: Site):
    relabel(shown)
    start(shown)
    # A transaction that began before the start and commits after it leaves an evaluation under the old labels.
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with transaction(shown.engine) as session:
        row = session.get(models.Evaluation, recorded.evaluation_id)
        row.labels_version, row.in_force = 1, True
        session.add(row)
    score(shown, pending(shown), 0.5)
    assert not finish(shown)
    (late,) = pending(shown)
    assert (late.submission_id, late.labels_version) == (recorded.submission.id, 2)
    score(shown, [late], 0.5)
    assert finish(shown)
    assert set(values(board(shown))) >= {"A", "B", "C"}


def test_a_failure_refunds_nothing_and_can_be_tried_again(shown: Site):
    relabel(shown)
    start(shown)
    before = everything(shown)
    failing, *others = reversed(pending(shown))
    score(shown, others, 0.5)
    for attempt in range(evaluations.ATTEMPTS):
        with transaction(shown.engine) as session:
            held = evaluations.claim(session, failing.id, token=f"t{attempt}", at=shown.now, lease_seconds=9)
            evaluations.give_back(session, held, code="scoring", at=shown.now)
    assert everything(shown) == before
    assert progress(shown).stuck
    assert not finish(shown)
    assert start(shown) == [failing.id]
    assert not progress(shown).stuck
    for attempt in range(2 * evaluations.ATTEMPTS):
        with transaction(shown.engine) as session:
            assert evaluations.claim(session, failing.id, token=f"u{attempt}", at=shown.now, lease_seconds=1)
        shown.at(seconds=2)
    with transaction(shown.engine) as session:
        assert evaluations.fail_exhausted(session, shown.now) == [failing.id]
    assert everything(shown) == before
    start(shown)
    score(shown, [failing], 0.5)
    assert finish(shown)


def test_a_refunded_file_is_left_out(shown: Site):
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with transaction(shown.engine) as session:
        row = session.get(models.Submission, recorded.submission.id)
        row.refunded_at = shown.now
        evaluation = session.get(models.Evaluation, recorded.evaluation_id)
        evaluation.state = "failed"
        session.add_all([row, evaluation])
    relabel(shown)
    start(shown)
    assert recorded.submission.id not in {row.submission_id for row in pending(shown)}
    score(shown, pending(shown), 0.5)
    assert finish(shown)


def test_the_sweeper_rings_and_finishes(shown: Site):
    relabel(shown)
    start(shown)
    bell = Bell()
    swept = sweeping.sweep(shown.engine, bell, shown.at(seconds=3).now)
    assert sorted(bell.rung) == [row.id for row in pending(shown)]
    assert swept.rescored == ()
    score(shown, pending(shown), 0.5)
    assert sweeping.sweep(shown.engine, bell, shown.now).rescored == ("small",)
    assert bell.compared == [], "nothing has been revealed"


def test_a_new_file_stands_before_a_rescoring(shown: Site):
    relabel(shown)
    start(shown)
    person, _ = shown.team("C")
    recorded = shown.submit(person, 99)
    with reading(shown.engine) as session:
        _, view = viewing.one(session, person, recorded.submission.public_id, shown.now)
    assert view.place_in_line == 1
    shown.at(seconds=3)

    class Busy(Bell):
        def depth(self) -> int:
            return 5

    bell = Busy()
    sweeping.sweep(shown.engine, bell, shown.at(seconds=60).now)
    assert bell.rung == [recorded.evaluation_id], "while others wait, a rescoring rings for nothing"


@pytest.fixture
def revealed(site: Site) -> Site:
    """A gated challenge after its reveal: two teams, one of them with two files."""
    for ring in site.publish():
        assert site.decide(ring, "shown")
    for name, files in (("A", 2), ("B", 1)):
        person, _ = site.team(name)
        for seed in range(files):
            recorded = site.submit(person, ord(name) + seed)
            assert site.decide(recorded.evaluation_id, "accepted", gain=0.01)
    site.now = site.hosted().row.closes_at + timedelta(minutes=1)
    with transaction(site.engine) as session:
        publishing.start_reveal(session, site.hosted(), site.now)
    score(site, pending(site), 0.1)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    return site


def test_after_the_reveal_the_ledger_has_the_ranks_of_before_and_after(revealed: Site):
    old = {row.team: row.rank for row in board(revealed, "private").rows}
    relabel(revealed)
    assert len(start(revealed)) == 9  # five files on the public split, four finals on the private one
    for row in pending(revealed):
        # The order turns round: the later a file came the worse it is now.
        assert revealed.decide(row.id, "shown", value=0.9 - row.submission_id / 100)
    assert finish(revealed)
    new = {row.team: row.rank for row in board(revealed, "private").rows}
    assert (old["A"], old["B"], new["A"], new["B"]) == (2, 1, 1, 2)
    with reading(revealed.engine) as session:
        (entry,) = [one for one in ledger.of_challenge(session, 1) if one.kind == "rescored"]
    assert entry.data["labels"] == {"before": 1, "after": 2}
    assert entry.data["ranks"] == [
        {"split": "private", "team": "A", "before": 2, "after": 1},
        {"split": "private", "team": "B", "before": 1, "after": 2},
    ]
    assert {row.team: row.rank for row in board(revealed, "private", 1).rows} == old
    bell = Bell()
    relabel(revealed)
    start(revealed)
    score(revealed, pending(revealed), 0.3)
    assert sweeping.sweep(revealed.engine, bell, revealed.now).rescored == ("small",)
    assert bell.compared == [1], "the comparison is computed again"
    with transaction(revealed.engine) as session:
        audit.chain(session, revealed.now)
        assert audit.verify(session) == []


def test_before_the_reveal_no_score_of_earlier_labels_is_shown(site: Site):
    site.publish(gate="none")
    score(site, pending(site), 0.1)
    relabel(site)
    start(site)
    score(site, pending(site), 0.5)
    assert finish(site)
    assert values(board(site, labels_version=2)) == values(board(site))
    with pytest.raises(Forbidden) as refused:
        board(site, labels_version=1)
    assert refused.value.code == "not_revealed"
    with reading(site.engine) as session:
        assert leaderboards.labels_versions(session, site.hosted(), "public", site.now) == [2]
        (entry,) = [one for one in ledger.of_challenge(session, 1) if one.kind == "rescored"]
    assert "ranks" not in entry.data


def test_a_reveal_waits_for_a_rescoring_and_a_rescoring_for_a_reveal(site: Site):
    for ring in site.publish():
        assert site.decide(ring, "shown")
    relabel(site)
    start(site)
    site.now = site.hosted().row.closes_at + timedelta(minutes=1)

    def reveal() -> list[int]:
        with transaction(site.engine) as session:
            return publishing.start_reveal(session, site.hosted(), site.now)

    with pytest.raises(Conflict) as refused:
        reveal()
    assert refused.value.code == "rescoring"
    score(site, pending(site), 0.5)
    with pytest.raises(Conflict) as refused:
        reveal()
    assert refused.value.code == "rescoring", "until the new scores count"
    assert finish(site)
    rings = reveal()
    with reading(site.engine) as session:
        assert {session.get(models.Evaluation, ring).labels_version for ring in rings} == {2}
    relabel(site)
    with pytest.raises(Conflict) as refused:
        start(site)
    assert refused.value.code == "reveal_under_way"
    score(site, pending(site), 0.5)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)


def test_told_decisions_stand_and_the_next_file_is_judged_by_the_new_labels(site: Site):
    for ring in site.publish():
        assert site.decide(ring, "shown")
    person, team = site.team("A")
    told = site.submit(person, 1)
    assert site.decide(told.evaluation_id, "accepted", gain=0.02)
    quota_before = _quota(site, team)
    before = values_shown(site)
    relabel(site)
    start(site)
    for row in pending(site):
        assert site.decide(row.id, "not_improved")
    assert finish(site)
    assert values_shown(site) == before
    assert _quota(site, team) == quota_before
    later = site.submit(person, 2)
    with reading(site.engine) as session:
        assert evaluations.decision_of(session, told.submission.id).outcome == "accepted"
        row = session.get(models.Evaluation, later.evaluation_id)
        assert (row.labels_version, row.in_force) == (2, True)
        assert submission_store.decisions(session, [told.submission.id])[told.submission.id].labels_version == 1


def _quota(site: Site, team: models.Team) -> teams.Quota:
    with reading(site.engine) as session:
        return teams.quota(session, site.hosted(), team, site.now)


def values_shown(site: Site) -> list[tuple[str, float | None]]:
    return [(row.team, row.shown_gain) for row in board(site).rows]


@pytest.mark.parametrize(("status", "begun"), [("open", True), ("closed", False)])
def test_a_new_scorer_rescores_what_is_open_and_never_what_is_closed(
    site: Site, monkeypatch: pytest.MonkeyPatch, status: str, begun: bool
):
    site.publish(gate="none")
    score(site, pending(site), 0.1)
    for module in (rescoring, submissions, publishing, sweeping):
        monkeypatch.setattr(module, "SCORER_VERSION", "2")
    if status == "closed":
        site.now = site.hosted().row.closes_at + timedelta(minutes=1)
    bell = Bell()
    assert sweeping.begin(site.engine, bell, site.now) == (("small",) if begun else ())
    assert len(pending(site)) == (2 if begun else 0)
    assert sorted(bell.rung) == [row.id for row in pending(site)]
    if not begun:
        # On demand it is rescored all the same.
        assert len(start(site)) == 2
    score(site, pending(site), 0.5)
    assert finish(site)
    assert min(values(board(site)).values()) > 0.4
    assert sweeping.begin(site.engine, bell, site.now) == ()
    with reading(site.engine) as session:
        assert not store.is_stale(session, 1, Under(1, "2"))
