"""The analysis of the finals, as the worker really computes it: pages, downloads, and what a mark changes."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from sqlmodel import select

from arena import analyses, leaderboards, moderation
from arena.store.engine import reading, transaction
from arena.store.models import Comparison, Team, User
from tests.web import kinds
from tests.web.kinds import Published
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import now
from worker import jobs

TEAMS = {"=1+2 팀": 1.0, "Second": 0.92, "Third <b>": 0.9, "Far behind": 0.1}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Four teams after the reveal: three close together, one far behind."""
    home = tmp_path_factory.mktemp("season")
    site = sites.make(home / "instance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_station", None)
        patch.setattr(jobs, "_vault", None)
        station = jobs.open_station(site.worker)
        rows = small.write(home / "folder", rows=1200)
        published = kinds.publish(site, home / "folder", home / "out")
        hosted = site.hosted()
        for number, (name, own) in enumerate(TEAMS.items()):
            user = site.team(hosted, f"team{number}")
            _, evaluation_id = site.submit(
                user, hosted, small.predictions(rows.ids, rows.probability(own, 0.2, number))
            )
            jobs.score(evaluation_id or 0)
            with transaction(site.engine) as session:
                team = session.exec(select(Team).where(Team.captain_id == user.id)).one()
                team.name = name
                session.add(team)
        assert published.visitor("en").client.get(f"/challenges/{published.slug}/analysis").status_code == 403
        published.reveal()
        yield published
        station.engine.dispose()
        site.engine.dispose()


def analysis(season: Published) -> analyses.Analysis:
    with reading(season.site.engine) as session:
        found = analyses.of(session, season.hosted, now())
    assert found is not None
    return found


def test_the_entrants_stand_in_the_order_of_their_ranks_with_every_matrix_in_that_order(season):
    found = analysis(season)
    assert [one.rank for one in found.entrants] == sorted(one.rank for one in found.entrants)
    assert found.entrants[-1].team == "Far behind"
    assert found.entrants[-1].tie_group != found.entrants[0].tie_group
    last = len(found.entrants) - 1
    assert found.p[0][last] < 0.001
    assert found.p[last][0] > 0.99
    assert last in found.wins(0)
    for row, one in enumerate(found.entrants):
        assert sum(found.counts[row]) == found.replicates
        assert one.first == found.counts[row][0] / found.replicates
        for column, other in enumerate(found.entrants):
            assert found.advantage[row][column] == pytest.approx(one.value - other.value, abs=1e-12)
    rules = {one.name: one.ranks for one in found.orderings}
    assert rules["full_sample"][last] == len(found.entrants)


def test_the_page_says_it_in_both_languages_and_names_nobody_as_markup(season):
    leaders = [one.team for one in analysis(season).entrants if one.tie_group == "A"]
    for language, words in (("ko", "구별되지"), ("en", "cannot be told apart")):
        page = season.visitor(language).get(f"/challenges/{season.slug}/analysis").text
        assert words in page
        assert "Third <b>" not in page
        assert "Third &lt;b&gt;" in page
        assert page.count('role="img"') == 4
    assert len(leaders) > 1


def test_the_downloads_hold_the_same_numbers_and_no_formula(season):
    found = analysis(season)
    client = season.visitor("en")
    text = client.get(f"/challenges/{season.slug}/analysis/ranks.csv").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [float(row["ipa@1095"]) for row in rows] == [one.value for one in found.entrants]
    assert not any(row["team"].startswith("=") for row in rows)
    pairs = client.get(f"/challenges/{season.slug}/analysis/pairs.csv").text
    assert pairs.count("\r\n") == 1 + 4 * 3
    assert client.get(f"/challenges/{season.slug}/analysis/rules.csv").status_code == 200
    assert client.get(f"/challenges/{season.slug}/analysis/nothing.csv").status_code == 404
    whole = json.loads(client.get(f"/challenges/{season.slug}/analysis.json").text)
    assert whole["sha256"] == found.sha256
    assert whole["entrants"][0]["value"] == found.entrants[0].value


def test_equal_data_draw_equal_bytes(season):
    page = [season.visitor("en").get(f"/challenges/{season.slug}/analysis").text for _ in range(2)]
    drawings = [re.findall(r"<svg.*?</svg>", one, re.DOTALL) for one in page]
    assert drawings[0] == drawings[1]


def test_the_private_leaderboard_has_its_ranks_and_tie_groups_from_the_comparison(season):
    with reading(season.site.engine) as session:
        board = leaderboards.board(session, season.hosted, split="private", viewer_team_id=None, at=now())
    expected = {one.team: (one.rank, one.tie_group) for one in analysis(season).entrants}
    assert {row.team: (row.rank, row.tie_group) for row in board.rows if not row.baseline} == expected


def test_whoever_leaves_the_leaderboard_leaves_the_analysis_once_the_rest_are_compared(season):
    gone = analysis(season).entrants[0]
    with transaction(season.site.engine) as session:
        by = session.exec(select(User)).first()
        assert by is not None
        following = moderation.mark_team(
            session, by, season.hosted, gone.team_id, kind="hidden", reason="asked to", at=now()
        )
    assert following.compare
    page = season.visitor("en").get(f"/challenges/{season.slug}/analysis").text
    assert "being computed" in page
    assert gone.team not in page
    with reading(season.site.engine) as session:
        assert analyses.places(session, season.hosted) == {}
    jobs.compare(season.hosted.id)
    found = analysis(season)
    assert gone.team not in [one.team for one in found.entrants]
    with reading(season.site.engine) as session:
        assert len(session.exec(select(Comparison)).all()) == 2


def test_letters():
    assert [analyses.letters(number) for number in (1, 26, 27, 52, 53)] == ["A", "Z", "AA", "AZ", "BA"]
