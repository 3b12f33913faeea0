"""Two people through the whole story on a real `arena up`, in a real browser: once in Korean by keyboard alone, once in English."""

import csv
import io
import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.hands import Keyboard, Mouse
from tests.support.instance import Instance

pytestmark = pytest.mark.browser
PASSWORD = "six hundred metres"
# A core page without its fonts, in bytes as they travel.
CORE = 150_000

WORDS = {
    "ko": {
        "team": "팀", "account": "계정 만들기", "email": "전자우편", "name": "이름", "password": "비밀번호",
        "make_account": "계정 만들기", "agreement": "동의서 읽기", "accept": "동의하기", "team_name": "팀 이름",
        "make_team": "팀 만들기", "invite": "초대 만들기", "join": "팀에 들어가기", "data": "자료", "upload": "올리기",
        "file": "예측 파일", "note": "메모", "submit": "검사하고 제출", "submissions": "내 제출", "final": "최종 제출로 고르기",
        "is_final": "최종", "leaderboard": "순위표", "private": "비공개",
    },
    "en": {
        "team": "Team", "account": "Make (?:an account|one)", "email": "E-mail", "name": "Name", "password": "Password",
        "make_account": "Make the account", "agreement": "Read the agreement", "accept": "Accept", "team_name": "Team name",
        "make_team": "Make the team", "invite": "Make an invitation", "join": "Join the team", "data": "Data", "upload": "Upload",
        "file": "Prediction file", "note": "Note", "submit": "Check and submit", "submissions": "Submissions",
        "final": "Make this the final", "is_final": "final", "leaderboard": "Leaderboard", "private": "private",
    },
}  # fmt: skip
# Each story closes its challenge, so each has one of its own, which no other test needs open.
STORIES = [("ko", "one-year-mortality", Keyboard), ("en", "cause-of-death", Mouse)]


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Browser, arena: Instance, language: str, hands: type[Mouse], slug: str) -> None:
        self.context = browser.new_context(
            locale={"ko": "ko-KR", "en": "en-GB"}[language], viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.arena, self.words, self.slug = arena, WORDS[language], slug
        self.hands = hands(self.page)

    def named(self, role: str, word: str) -> object:
        """Return what has this role and a name that begins so; within the page's own part, not its menus."""
        pattern = re.compile(rf"^\s*(?:{self.words[word]})", re.IGNORECASE)
        return self.page.get_by_role("main").get_by_role(role, name=pattern)

    def field(self, word: str) -> object:
        return self.page.get_by_role("main").get_by_label(re.compile(rf"^\s*{self.words[word]}"))

    def go(self, word: str) -> None:
        """Follow the challenge's own menu."""
        menu = self.page.locator("nav.subnav").get_by_role("link", name=re.compile(rf"^\s*{self.words[word]}"))
        self.hands.press(menu)
        self.page.wait_for_load_state()

    def sign_up(self, email: str, name: str) -> None:
        self.hands.press(self.named("link", "account"))
        self.hands.write(self.field("email"), email)
        self.hands.write(self.field("name"), name)
        self.hands.write(self.field("password"), PASSWORD)
        self.hands.press(self.named("button", "make_account"))

    def agree(self) -> None:
        self.hands.press(self.named("link", "agreement"))
        self.hands.tick(self.page.get_by_role("main").get_by_role("checkbox"))
        self.hands.press(self.named("button", "accept"))

    def upload(self, file: Path, note: str) -> None:
        self.go("upload")
        self.hands.choose(self.field("file"), file)
        self.hands.write(self.field("note"), note)
        self.hands.press(self.named("button", "submit"))

    def decided(self) -> str:
        """Watch the report until it says its decision, without a reload; return its address."""
        self.page.wait_for_url(re.compile("/submissions/"))
        expect(self.page.locator("#report[hx-get]")).to_have_count(0, timeout=60_000)
        expect(self.page.get_by_role("status").first).not_to_be_empty()
        return self.page.url.partition("?")[0]


@pytest.fixture(params=STORIES, ids=[story[0] for story in STORIES])
def story(request: pytest.FixtureRequest, arena: Instance, chromium: Browser) -> Iterator[tuple[Person, Person, str]]:
    language, slug, hands = request.param
    people = [Person(chromium, arena, language, hands, slug) for _ in range(2)]
    yield (*people, language)
    for person in people:
        person.context.close()


def predictions(test: str, horizons: list[str], knows: float) -> str:
    """A file that heeds age and stage as far as it knows; nothing is trained, since nothing here depends on how good it is."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(["patient_id", *horizons])
    for row in csv.DictReader(io.StringIO(test)):
        stage = float(row["ajcc"] or 2.3)
        risk = 1 / (1 + math.exp(2.2 - knows * (0.03 * (float(row["age"]) - 65) + 0.9 * (stage - 2.3))))
        shares = [0.45, 1.0, 1.3][: len(horizons)]
        write.writerow([row["patient_id"], *(f"{min(1.0, share * risk):.6f}" for share in shares)])
    return out.getvalue()


def test_two_people_from_the_first_visit_to_the_private_result(arena, story, tmp_path: Path):
    began = time.monotonic()
    mina, jun, language = story
    team = f"Six minutes {language}"
    _come_together(arena, mina, jun, language, team)
    report = _take_part(arena, mina, jun, team, tmp_path)
    # The organizer closes and reveals; then the final's private score stands in its report and on the leaderboard.
    for act in ("close", "reveal"):
        done = arena.arena("challenge", act, mina.slug)
        assert done.returncode == 0, done.stderr
    jun.page.goto(report)
    section = jun.page.locator("#report")
    expect(section).to_contain_text(re.compile(jun.words["private"], re.IGNORECASE))
    expect(section).to_contain_text(re.compile(r"0\.\d{2,}.{0,30}\(−?0\.\d+–−?0\.\d+\)", re.DOTALL))
    jun.go("leaderboard")
    expect(jun.page.get_by_role("main")).to_contain_text(re.compile(jun.words["private"], re.IGNORECASE))
    expect(jun.page.get_by_role("main").get_by_role("table").first).to_contain_text(team)
    print(f"{language}: {time.monotonic() - began:.0f} s")


def _come_together(arena: Instance, mina: Person, jun: Person, language: str, team: str) -> None:
    slug = mina.slug
    # Mina finds the challenge, makes an account, agrees, makes a team and an invitation.
    mina.page.goto(arena.address)
    if isinstance(mina.hands, Keyboard):
        mina.hands.skip()
    mina.hands.press(mina.page.get_by_role("main").locator(f"a[href='/challenges/{slug}']"))
    mina.go("team")
    mina.sign_up(f"mina-{language}@example.org", "Mina Kim")
    mina.agree()
    mina.hands.write(mina.field("team_name"), team)
    mina.hands.press(mina.named("button", "make_team"))
    expect(mina.page.get_by_role("heading", level=1)).to_contain_text(team)
    invite = re.compile(mina.words["invite"])
    mina.hands.press(mina.page.get_by_role("main").get_by_role("button", name=invite))
    mina.page.locator("input[readonly]").first.wait_for()
    link = next(one for one in mina.page.locator("input[readonly]").evaluate_all("(all) => all.map((one) => one.value)") if "/invitations/" in one)  # fmt: skip

    # Jun follows the link, makes an account on the way, agrees and joins.
    jun.page.goto(link)
    jun.sign_up(f"jun-{language}@example.org", "Jun Lee")
    jun.page.wait_for_url(re.compile("/invitations/"))
    jun.named("link", "agreement").or_(jun.named("button", "join")).first.wait_for()
    if jun.named("link", "agreement").count():
        jun.agree()
    jun.hands.press(jun.named("button", "join"))
    expect(jun.page.get_by_role("main")).to_contain_text("Mina Kim")


def _take_part(arena: Instance, mina: Person, jun: Person, team: str, folder: Path) -> str:
    """Return the address of the final's report."""
    slug = mina.slug
    # Jun downloads the data; his first file has an unknown patient, which is told on its line and costs nothing.
    jun.go("data")
    test = jun.hands.download(jun.page.get_by_role("main").locator("a[href$='/files/test.csv']")).read_text("utf-8")
    horizons = ["p_1y"] if slug == "one-year-mortality" else ["p_1y", "p_3y", "p_5y"]
    first = test.splitlines()[1].partition(",")[0]
    good, better, bad = (folder / f"{name}.csv" for name in ("good", "better", "bad"))
    good.write_text(predictions(test, horizons, 0.8), "utf-8")
    better.write_text(predictions(test, horizons, 1.0), "utf-8")
    bad.write_text(good.read_text("utf-8").replace(first, "NOBODY", 1), "utf-8")
    jun.upload(bad, "bad")
    expect(jun.page.locator("table.problems")).to_contain_text("NOBODY")
    expect(jun.page.locator("[data-verdict]")).to_be_focused()

    # Mended, it is submitted, scored and told without a reload.
    jun.upload(good, "mended")
    report = jun.decided()
    assert jun.page.get_by_role("main").locator(".hash").count() >= 1

    # Mina sees it, sends a better one, reads its report and makes Jun's the final.
    mina.page.goto(f"{arena.address}/challenges/{slug}")
    mina.go("submissions")
    expect(mina.page.get_by_role("main")).to_contain_text("mended")
    mina.upload(better, "stage at full weight")
    assert mina.decided() != report
    mina.go("submissions")
    mina.hands.press(mina.page.get_by_role("main").locator(f"a[href='{report.removeprefix(arena.address)}']"))
    mina.hands.press(mina.named("button", "final"))
    expect(mina.page.get_by_role("main")).to_contain_text(mina.words["is_final"])
    expect(mina.named("button", "final")).to_have_count(0)

    # The leaderboard has the team; before the reveal it has no private score.
    mina.go("leaderboard")
    expect(mina.page.get_by_role("main").get_by_role("table").first).to_contain_text(team)
    return report


def test_the_core_pages_of_the_shipped_challenges_are_light(arena: Instance, chromium: Browser):
    context = chromium.new_context(locale="ko-KR")
    page = context.new_page()
    page.goto(f"{arena.address}/signup")
    page.get_by_label("전자우편").fill("light@example.org")
    page.get_by_label("이름", exact=True).fill("Light")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="계정 만들기").click()
    page.wait_for_load_state()
    weigh = _scales(page)
    flagship = "/challenges/colorectal-fitness"
    paths = ("/", flagship, f"{flagship}/data", f"{flagship}/leaderboard", f"{flagship}/submit", "/signin")
    weights = {path: weigh(arena.address + path) for path in paths}
    print({path: f"{weight / 1000:.0f} KB" for path, weight in weights.items()})
    assert {path: weight for path, weight in weights.items() if weight > CORE} == {}
    context.close()


def _scales(page: Page) -> Callable[[str], int]:
    """Return a function that counts the bytes that travel for a page at a first visit, its fonts apart."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))

    def weigh(address: str) -> int:
        kinds.clear()
        sizes.clear()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return round(sum(size for request, size in sizes.items() if kinds.get(request) != "Font"))

    return weigh
