"""The whole way on a real `arena up`: sign up, agree, make a team, submit, be scored, stand on the leaderboard."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.instance import Instance

PRACTICE = "colon-adjuvant"
FLAGSHIP = "colorectal-fitness"
PASSWORD = "six hundred metres"


@pytest.fixture(scope="session")
def predictions(arena: Instance, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that trains a challenge's starter once, on the files that any visitor can download."""
    made: dict[str, Path] = {}

    def train(slug: str) -> Path:
        if slug not in made:
            folder = tmp_path_factory.mktemp(slug)
            with httpx.Client(base_url=arena.address, trust_env=False) as http:
                for name in ("train.csv", "test.csv", "starter.py"):
                    answer = http.get(f"/challenges/{slug}/files/{name}")
                    assert answer.status_code == 200, (name, answer.status_code)
                    (folder / name).write_bytes(answer.content)
            command = [sys.executable, "starter.py", "train.csv", "test.csv", "mine.csv"]
            began = time.monotonic()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, done.stderr
            print(f"{slug}: the starter took {time.monotonic() - began:.1f} s")
            made[slug] = folder / "mine.csv"
        return made[slug]

    return train


@pytest.fixture
def token(arena: Instance, request: pytest.FixtureRequest) -> str:
    """A token of a new account, as the operator makes one."""
    email = re.sub(r"\W+", "-", request.node.name).strip("-") + "@example.org"
    assert arena.arena("user", "create", email, "--name", "Lee").returncode == 0
    done = arena.arena("user", "token", email)
    assert done.returncode == 0, done.stderr
    found = re.search(r"arena_\S+", done.stdout)
    assert found, done.stdout
    return found[0]


def test_the_baselines_stand_on_the_leaderboards_before_the_first_visitor(arena: Instance):
    for slug in (FLAGSHIP, PRACTICE):
        status, text = arena.get(f"/api/v1/challenges/{slug}/leaderboard")
        rows = json.loads(text)["rows"]
        assert status == 200
        assert len(rows) >= 3, text
        assert all(row["baseline"] and row["rank"] is None for row in rows)


def test_every_shipped_challenge_has_a_datasheet_without_an_unexplained_finding(arena: Instance):
    for one in json.loads(arena.get("/api/v1/challenges")[1])["challenges"]:
        status, text = arena.get(f"/challenges/{one['slug']}/datasheet.json")
        assert status == 200, one["slug"]
        found = [line for line in json.loads(text)["lines"] if line["state"] != "pass" and line["reason"] is None]
        assert found == [], one["slug"]
        assert arena.get(f"/challenges/{one['slug']}/datasheet")[0] == 200


def test_by_api(arena: Instance, token: str, predictions: Callable[[str], Path]):
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=arena.address + "/api/v1", headers=headers, trust_env=False, timeout=30) as api:
        _take_part(api, PRACTICE, "shown", predictions(PRACTICE))
        _take_part(api, FLAGSHIP, "accepted", predictions(FLAGSHIP))


def _take_part(api: httpx.Client, slug: str, decision: str, predictions: Path) -> None:
    challenge = api.get(f"/challenges/{slug}").json()
    agreement = challenge["agreement"]
    if agreement:
        accepted = api.post(f"/challenges/{slug}/agreement", json={"version": agreement["version"]})
        assert accepted.status_code == 200, accepted.text
    assert api.post(f"/challenges/{slug}/teams", json={"name": "By API"}).status_code == 201
    with predictions.open("rb") as file:
        checked = api.post(f"/challenges/{slug}/check", files={"file": file})
    assert checked.status_code == 200, checked.text
    began = time.monotonic()
    with predictions.open("rb") as file:
        sent = api.post(f"/challenges/{slug}/submissions", files={"file": file}, data={"note": "starter"})
    assert sent.status_code == 202, sent.text
    submission = _decided(api, sent.json()["id"])
    print(f"{slug}: decided {time.monotonic() - began:.2f} s after the upload began")
    assert submission["status"] == "scored"
    assert submission["decision"] == decision
    rows = api.get(f"/challenges/{slug}/leaderboard").json()["rows"]
    own = next(row for row in rows if row["you"])
    assert own["rank"] is not None
    if slug == PRACTICE:
        score = submission["scores"]["public"][challenge["primary"]]
        assert 0.5 < score["value"] < 1
        assert score["ci"][0] < score["value"] < score["ci"][1]
    else:
        assert submission["shown_gain"] > 0
        assert submission["scores"] == {}


def _decided(api: httpx.Client, public_id: str) -> dict[str, object]:
    give_up = time.monotonic() + 60
    while True:
        submission = api.get(f"/submissions/{public_id}").json()
        if submission["status"] in ("scored", "failed"):
            return submission
        assert time.monotonic() < give_up, submission
        time.sleep(0.02)


def test_by_the_command_line(arena: Instance, token: str, predictions: Callable[[str], Path], tmp_path: Path):
    config = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}

    def call(*words: str) -> str:
        done = arena.arena(*words, environ=config)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    call("login", arena.address, "--token", token)
    assert FLAGSHIP in call("challenges")
    call("join", PRACTICE, "--team", "By command", "--accept", "1")
    call("download", PRACTICE, str(tmp_path / "data"))
    call("check", PRACTICE, str(predictions(PRACTICE)))
    said = call("submit", PRACTICE, str(predictions(PRACTICE)), "-m", "starter", "--wait")
    assert re.search(r"0\.\d\d", said), said
    assert "By command" in call("leaderboard", PRACTICE)
    assert "starter" in call("submissions", PRACTICE)


@pytest.mark.browser
@pytest.mark.parametrize("slug", [PRACTICE, FLAGSHIP])
def test_by_browser(arena: Instance, page: Page, predictions: Callable[[str], Path], slug: str):
    file = predictions(slug)
    page.goto(arena.address)
    page.get_by_role("main").get_by_role(
        "link", name=re.compile("colon cancer|fitness", re.IGNORECASE)
    ).first.wait_for()
    page.goto(f"{arena.address}/challenges/{slug}/team")
    page.get_by_role("main").get_by_role("link", name="Make an account").click()
    page.get_by_label("E-mail").fill(f"browser-{slug}@example.org")
    page.get_by_label("Name", exact=True).fill("Park")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    if page.get_by_role("link", name="Read the agreement").count():
        page.get_by_role("link", name="Read the agreement").click()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Accept").click()
    page.get_by_label("Team name").fill(f"By browser on {slug}")
    page.get_by_role("button", name="Make the team").click()
    page.goto(f"{arena.address}/challenges/{slug}/submit")
    page.get_by_label("Prediction file").set_input_files(file)
    began = time.monotonic()
    page.get_by_role("button", name="Check and submit").click()
    page.wait_for_url(re.compile("/submissions/"))
    expect(page.locator("#report[hx-get]")).to_have_count(0, timeout=60_000)
    print(f"{slug}: decision seen {time.monotonic() - began:.2f} s after the click")
    assert page.locator("[data-verdict] .state.good").count() == 1 or slug == PRACTICE, page.inner_text("main")
    page.goto(f"{arena.address}/challenges/{slug}/leaderboard")
    expect(page.get_by_role("table").first).to_contain_text(f"By browser on {slug}")


@pytest.mark.browser
def test_the_set_up_link_makes_the_first_administrator_once(arena: Instance, page: Page):
    page.goto(arena.setup_link)
    page.get_by_label("E-mail").fill("admin@example.org")
    page.get_by_label("Name", exact=True).fill("Choi")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url(re.compile(re.escape(arena.address) + "/?$|/account"))
    assert page.goto(arena.setup_link).status in (403, 404)
