"""A challenge of reports over HTTP: described, without a primary metric, with an empty leaderboard."""

import shutil
from pathlib import Path

import pytest

import challenges
from arena import publishing, wire
from arena.store.engine import transaction
from tests.arena.conftest import CLOSES, OPENS

PATH = "/challenges/fitness-report"


@pytest.fixture
def reports(site):
    collected = publishing.collect(site.blobs, Path(challenges.__path__[0]) / "fitness_report")
    with transaction(site.engine) as session:
        publishing.publish(session, collected, opens_at=OPENS, closes_at=CLOSES, at=OPENS, sign=site.signer.sign)
    return site


@pytest.mark.usefixtures("reports")
def test_it_is_listed_and_described(nobody):
    listed = wire.ChallengeList.model_validate_json(nobody.get("/challenges").data).challenges
    assert [(one.slug, one.primary) for one in listed] == [("small", "ipa@1095"), ("fitness-report", None)]
    detail = wire.ChallengeDetail.model_validate_json(nobody.get(PATH).data)
    assert (detail.kind, detail.primary, detail.id_column) == ("report", None, None)
    assert (detail.columns, detail.metrics, detail.baselines, detail.facts) == ([], [], [], {})
    assert [file.role for file in detail.files] == ["definition"]


def test_its_leaderboard_has_no_rows(reports, enter, nobody):
    person, _ = reports.team("Writers", slug="fitness-report")
    for caller in (nobody, enter(person)):
        found = caller.get(f"{PATH}/leaderboard").json
        assert (found["rows"], found["total"], found["primary"], found["next"]) == ([], 0, None, None)
        assert caller.get(f"{PATH}/leaderboard?split=private").json["code"] == "not_revealed"


def test_without_a_metric_nothing_is_gated_and_nothing_is_better(site, tmp_path, nobody):
    # The gate is the default of every definition; where nothing is scored it must hide and compare nothing.
    folder = tmp_path / "reports"
    shutil.copytree(Path(challenges.__path__[0]) / "fitness_report", folder)
    path = folder / "challenge.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('gate = "none"', 'gate = "significant"'), encoding="utf-8")
    collected = publishing.collect(site.blobs, folder)
    with transaction(site.engine) as session:
        publishing.publish(session, collected, opens_at=OPENS, closes_at=CLOSES, at=OPENS, sign=site.signer.sign)
    hosted = site.hosted("fitness-report")
    assert (hosted.gated, hosted.shows_scores(site.now), hosted.better) == (False, True, "higher")
    assert nobody.get(f"{PATH}/leaderboard").json["rows"] == []


def test_it_takes_no_prediction_file(reports, enter):
    person, _ = reports.team("Writers", slug="fitness-report")
    for path in ("check", "submissions"):
        answer = enter(person).send(f"{PATH}/{path}", b"patient_id,risk\n")
        assert (answer.status_code, answer.json["code"]) == (409, "no_predictions")
