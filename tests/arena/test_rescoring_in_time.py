"""What a rescoring may change at each moment: before, around and after the reveal, and after the close."""

from datetime import timedelta

import pytest

from arena import audit, publishing, rescoring, standings, submissions, sweeping, teams
from arena.errors import Conflict, Forbidden
from arena.store import evaluations, ledger, models
from arena.store import rescoring as store
from arena.store import submissions as submission_store
from arena.store.engine import reading, transaction
from arena.store.rescoring import Under
from tests.arena.conftest import Site
from tests.arena.relabelling import Bell, board, finish, pending, relabel, score, start, values


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
        found = standings.standings(session, site.hosted(), split="public", at=site.now)
        assert standings.labels_versions(session, site.hosted(), found, site.now) == [2]
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
