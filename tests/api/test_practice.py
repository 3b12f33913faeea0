"""Practice over the API and with the client: scored by the real worker's code, and nobody else's."""

import io
import threading

import pytest
from sqlmodel import select
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from arena import accounts
from arena.api import create_api
from arena.client import Arena, Refused
from arena.store.engine import reading, transaction
from arena.store.models import Practice
from tests.api.conftest import Caller
from tests.api.serving import serving
from tests.support import practising as cases
from tests.support.publishing import Ringing
from tests.web import kinds
from tests.worker import site as sites
from tests.worker.site import PASSWORD, now
from worker import jobs


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return cases.write("survival", tmp_path_factory.mktemp("practice") / "folder")


@pytest.fixture(scope="module")
def world(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    made = sites.make(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_station", None)
        patch.setattr(jobs, "_vault", None)
        station = jobs.open_station(made.worker)
        yield kinds.publish(made, case.folder, folder / "made")
        station.engine.dispose()
        made.engine.dispose()


@pytest.fixture(scope="module")
def queue():
    return Ringing()


@pytest.fixture(scope="module")
def app(world, queue):
    made = world.site
    api = create_api(
        settings=made.settings,
        engine=made.engine,
        blobs=made.blobs,
        queue=queue,
        signer=made.signer,
        clock=now,
        limited=False,
    )
    return DispatcherMiddleware(NotFound(), {"/api/v1": api})


@pytest.fixture(scope="module")
def enter(world, app):
    def entered(name):
        with transaction(world.site.engine) as session:
            found = accounts.create_user(
                session, email=f"{name}@example.org", name=name, admin=False, password=PASSWORD, at=now()
            )
            _, secret = accounts.issue_token(session, found, name="t", at=now())
        return Caller(Client(app), secret)

    return entered


def post(caller, world, content, **fields):
    data = {"file": (io.BytesIO(content), "mine.csv"), **fields}
    return caller.ask("POST", f"/challenges/{world.slug}/practice", data=data)


def test_a_file_is_received_scored_and_told_as_the_scorers_say(world, case, enter):
    mina = enter("mina")
    sent = post(mina, world, case.first, against=(io.BytesIO(case.second), "other.csv"), note="first")
    assert sent.status_code == 202
    assert (sent.json["status"], sent.json["splits"]) == ("waiting", {})
    found = mina.get(f"/practice/{sent.json['id']}").json
    assert (found["status"], found["against"], found["note"]) == ("done", "other.csv", "first")
    scores, apart = case.expected()
    for key, score in scores.items():
        assert found["splits"]["validation"][key]["value"] == pytest.approx(score.value, abs=1e-12, rel=0)
        assert found["splits"]["validation"][key]["ci"] == pytest.approx(score.ci, abs=1e-12, rel=0)
        assert found["differences"][key]["value"] == pytest.approx(apart[key].value, abs=1e-12, rel=0)
    assert found["report"]["subgroups"]
    again = post(mina, world, case.second, earlier=found["id"])
    assert mina.get(f"/practice/{again.json['id']}").json["against_id"] == found["id"]
    listed = mina.get(f"/challenges/{world.slug}/practice").json["practice"]
    assert [one["id"] for one in listed] == [again.json["id"], found["id"]]


def test_another_persons_is_absent_and_nobody_is_asked_for_a_token(world, case, enter, app):
    mine = post(enter("jun"), world, case.first).json["id"]
    other, nobody = enter("sora"), Caller(Client(app))
    assert other.get(f"/practice/{mine}").status_code == 404
    assert other.get(f"/challenges/{world.slug}/practice").json == {"practice": []}
    assert post(other, world, case.first, earlier=mine).status_code == 404
    assert nobody.get(f"/practice/{mine}").status_code == 401
    assert post(nobody, world, case.first).status_code == 401
    assert other.get("/practice/0123456789abcdef").status_code == 404


def test_what_is_wrong_is_told_and_nothing_is_kept(world, case, enter):
    hana = enter("hana")
    bad = post(hana, world, case.first.replace(b"T0", b"X0", 1))
    assert bad.status_code == 422
    assert {one["code"] for one in bad.json["errors"]} >= {"unknown_id", "missing_id"}
    test = post(hana, world, (case.folder / "sample_submission.csv").read_bytes())
    assert (test.status_code, test.json["code"]) == (422, "test_predictions")
    assert hana.ask("POST", f"/challenges/{world.slug}/practice", data={"note": "x"}).status_code in (415, 422)
    assert post(hana, world, case.first, note="x" * 121).status_code == 422
    assert hana.get(f"/challenges/{world.slug}/practice").json == {"practice": []}


def test_of_parallel_posts_one_waits(world, case, enter, queue):
    """The row lock on the account lets one through; the others are told to wait for it."""
    yuna = enter("yuna")
    answers, queue.deaf = [], True
    try:
        threads = [
            threading.Thread(target=lambda: answers.append(post(yuna, world, case.first).status_code)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        queue.deaf = False
    assert sorted(answers) == [202, *[409] * 7]
    with reading(world.site.engine) as session:
        (row,) = session.exec(select(Practice).where(Practice.state == "waiting"))
    jobs.practice(row.id)
    assert post(yuna, world, case.first).status_code == 202


def test_the_client_practises_and_downloads_what_a_report_needs(world, case, enter, app, tmp_path):
    token = enter("seo").token
    (tmp_path / "one.csv").write_bytes(case.first)
    (tmp_path / "other.csv").write_bytes(case.second)
    with serving(app) as address, Arena(address, token) as arena:
        found = arena.practice(world.slug, tmp_path / "one.csv", against=tmp_path / "other.csv", note="n")
        paths = arena.download(world.slug, tmp_path / "data")
        with pytest.raises(Refused) as caught:
            arena.practice(world.slug, case.folder / "sample_submission.csv")
    assert caught.value.code == "test_predictions"
    scores, _ = case.expected()
    assert found.splits["validation"]["ipa@1095"].value == pytest.approx(scores["ipa@1095"].value, abs=1e-12, rel=0)
    assert {"challenge.toml", "train.csv", "validation.csv"} <= {path.name for path in paths}
    assert "labels.csv" not in {path.name for path in paths}
    # What was downloaded is all that the offline report reads.
    from worker import folder_reports

    offline, code = folder_reports.report(tmp_path / "data", tmp_path / "one.csv", tmp_path / "other.csv")
    assert code == 0
    assert offline["splits"]["validation"]["ipa@1095"]["value"] == pytest.approx(scores["ipa@1095"].value, abs=1e-12)
