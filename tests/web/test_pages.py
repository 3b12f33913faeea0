import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from arena.web import assets, markdown
from tests.web.conftest import OPENS, PASSWORD, predictions
from tests.web.visiting import OF_ONE, READING, submitted, text_of


@pytest.mark.parametrize("path", READING + [f"/challenges/small{tail}" for tail in OF_ONE])
def test_every_page_is_whole_in_both_languages_and_keeps_the_policy(world, path):
    world.publish()
    for language, other in (("ko", "en"), ("en", "ko")):
        answer = world.visitor(language).get(path)
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
        assert f"lang={other}" in answer.text
        assert answer.text.count("<h1") == 1
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"\sstyle=|<script>|\son(click|load|error)=", answer.text)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", READING + [f"/challenges/small{tail}" for tail in OF_ONE])
def test_english_pages_hold_no_korean(world, path):
    world.publish()
    words = text_of(world.visitor("en").get(path)).replace("한국어", "")
    assert not re.search(r"[가-힣]", words), re.search(r".{30}[가-힣].{30}", words)


def test_the_language_follows_the_browser_then_the_cookie_then_the_account(world):
    korean = world.visitor("ko")
    assert 'lang="ko"' in korean.get("/").text
    answer = korean.get("/?lang=en&x=1")
    assert (answer.status_code, answer.location) == (303, "/?x=1")
    assert '<html lang="en"' in korean.get("/").text
    person = world.person("mina")
    assert person.language == "ko"
    other = world.visitor("en")
    other.post("/signin", {"email": "mina@example.org", "password": PASSWORD})
    assert '<html lang="ko"' in other.get("/").text


def test_the_theme_is_a_cookie_and_no_script(world):
    visitor = world.visitor()
    assert "data-theme" not in visitor.get("/").text
    visitor.get("/?theme=dark")
    assert 'data-theme="dark"' in visitor.get("/").text
    visitor.get("/?theme=system")
    assert "data-theme" not in visitor.get("/").text


def test_home_without_challenges_says_what_to_do_next(world):
    assert "No challenge is open now" in world.visitor().get("/").text


def test_home_shows_the_open_challenge_its_calendar_and_where_the_own_team_stands(world):
    world.publish()
    world.publish("tiny", practice=True)
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    visitor.upload("small", predictions(5))
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    text = visitor.get("/").text
    assert "A small challenge &lt;small&gt;" in text
    assert "Synthetic data" in text
    assert 'class="plot cal' in text
    assert "Team mina" in text
    assert "1 of 2" in text  # submissions left today
    assert "A small challenge &lt;tiny&gt;" in text


def test_organizers_texts_cannot_carry_scripts(world):
    world.publish()
    for tail in ("", "/data", "/evaluation", "/rules", "/agreement"):
        text = world.visitor().get(f"/challenges/small{tail}").text
        assert "English text of" in text
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


def test_files_are_sent_whole_or_in_ranges_under_their_digest(world):
    world.publish()
    visitor = world.visitor()
    whole = visitor.get("/challenges/small/files/train.csv")
    assert whole.status_code == 200
    digest = whole.headers["X-Checksum-Sha256"]
    assert digest in visitor.get("/challenges/small/data").text
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert "attachment" in whole.headers["Content-Disposition"]
    part = visitor.get("/challenges/small/files/train.csv", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    same = visitor.get("/challenges/small/files/train.csv", headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize(
    "name",
    ["labels.csv", "labels.sealed", "facts.json", "baseline_simple.csv", "..%2f..%2fetc%2fpasswd", "overview.en.md"],
)
def test_only_what_is_published_can_be_downloaded(world, name):
    world.publish()
    assert world.visitor().get(f"/challenges/small/files/{name}").status_code == 404


def test_data_behind_an_agreement_waits_for_it(world):
    world.publish(before="download")
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    assert visitor.get("/challenges/small/files/train.csv").status_code == 403
    assert "Agreement first" in visitor.get("/challenges/small/data").text
    visitor.post("/challenges/small/agreement", {"version": "1"})
    assert visitor.get("/challenges/small/files/train.csv").status_code == 200


def test_from_agreement_to_team_to_invitation_to_a_second_member(world):
    world.publish()
    world.person("mina")
    world.person("jun")
    mina, jun = (world.visitor().sign_in(f"{name}@example.org") for name in ("mina", "jun"))
    assert "First the agreement" in mina.get("/challenges/small/team").text
    assert mina.post("/challenges/small/agreement", {"version": "1"}).location == "/challenges/small/team"
    assert mina.post("/challenges/small/team", {"name": "Log-Rank"}).status_code == 303
    # The next act of a new team is to get the data: its page says so and leads there.
    own = mina.get("/challenges/small/team")
    assert "First get the data and make predictions" in own.text
    assert own.text.count('href="/challenges/small/data"') == 2
    assert "Renewed on " in own.text
    made = mina.post("/challenges/small/team/invitations", form="/challenges/small/team")
    link = re.search(r'value="http://[^"/]+(/invitations/[\w-]+)"', made.text)[1]
    assert "First the agreement" in jun.get(link).text
    assert jun.post("/challenges/small/agreement", {"version": "1", "next": link}).location == link
    assert jun.post(link).location == "/challenges/small/team"
    people = mina.get("/challenges/small/team").text
    assert "jun" in people
    assert "mina" in people
    taken = world.visitor()
    world.person("third")
    taken.sign_in("third@example.org").post("/challenges/small/agreement", {"version": "1"})
    answer = taken.post("/challenges/small/team", {"name": "LOG-RANK"})
    assert answer.status_code == 409
    assert "There is a team of this name" in answer.text
    assert taken.get(link).status_code == 404


def test_every_error_has_a_page_in_both_languages_with_a_reference(world):
    world.publish()
    for language, word in (("en", "There is nothing to show"), ("ko", "보여 드릴 것이 없습니다")):
        answer = world.visitor(language).get("/challenges/nothing-here")
        assert answer.status_code == 404
        assert word in answer.text
        shown = re.search(r"<code>(req-\w{4}-\w{4})</code>", answer.text)[1]
        assert shown == answer.headers["X-Request-Id"]


def test_an_unexpected_error_shows_no_word_of_itself(world, caplog):
    world.publish()

    @world.app.get("/breaks")
    def breaks():
        raise RuntimeError("patient P0001 died on day 12")

    answer = world.visitor().get("/breaks")
    assert answer.status_code == 500
    assert "P0001" not in answer.text
    assert "fault of ours" in answer.text
    assert answer.headers["X-Request-Id"] in caplog.text


def test_health_and_readiness(world):
    assert world.visitor().get("/healthz").json == {"status": "up"}
    ready = world.visitor().get("/readyz")
    assert ready.status_code == 503
    assert ready.json == {"ready": False, "database": True, "redis": False, "workers": 0}


def test_static_files_may_be_kept_for_ever_and_are_typed(world):
    page = world.visitor().get("/").text
    for address in set(re.findall(r'"(/static/[^"]+)"', page)):
        answer = world.visitor().get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith(
            {"css": "text/css", "js": "text/javascript", "svg": "image/svg"}[address.rsplit(".", 1)[1]]
        )
    sheet = assets.digest("vendor/pretendard/pretendard.css")
    font = f"/static/{sheet}/vendor/pretendard/woff2-dynamic-subset/PretendardVariable.subset.91.woff2"
    assert "immutable" in world.visitor().get(font).headers["Cache-Control"]
    assert world.visitor().get(f"/static/{sheet}/../app.py").status_code == 404


def test_a_leaderboard_pages_through_many_teams_and_finds_the_own(world):
    world.publish("tiny", practice=True)
    for number in range(3):
        world.team(f"t{number}", "tiny")
        visitor = world.visitor().sign_in(f"t{number}@example.org")
        submitted(visitor, 10 + number, "tiny")
        world.decide(world.queue.rung[-1], "shown", None, value=0.3 + number / 100)
    board = visitor.get("/challenges/tiny/leaderboard").text
    ranks = re.findall(r'class="rank">(\d+)<', board)
    assert ranks == ["1", "2", "3"]
    assert board.count('class="you" id="our"') == 1
    assert "not ranked" in board
    table = re.search(r'(?s)<table class="board".*?</table>', board)[0]
    assert 'href="#board-grid"' in table
    for drawn in re.findall(r"(?s)<svg aria-hidden.*?</svg>", table):
        ET.fromstring(drawn)


def test_a_report_shows_declared_subgroups_and_keeps_masked_cells_masked(world):
    world.publish("tiny", practice=True)
    world.team("mina", "tiny")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor, slug="tiny")
    values = [
        {
            "value": "1",
            "masked": False,
            "rows": 30,
            "events": 12,
            "score": 0.28,
            "se": 0.02,
            "ci": [0.24, 0.32],
            "reason": None,
        },
        {"value": "2", "masked": True},
        {
            "value": "9",
            "masked": False,
            "rows": 25,
            "events": 10,
            "score": None,
            "se": None,
            "ci": None,
            "reason": "too_few_at_risk",
        },
    ]
    report = {"split": "public", "rows": 60, "events": 24, "subgroups": [{"column": "sex", "values": values}]}
    world.decide(world.queue.rung[-1], "shown", None, value=0.31, report=report)
    text = visitor.get(address).text
    assert "sex male" in text
    assert "0.280 (0.240–0.320)" in text
    assert text.count('<td class="r">masked</td>') == 3
    assert "Fewer than 20 patients" in text
    assert "masked: fewer than five" in text


def test_an_organizers_headings_stand_in_the_margin_and_code_keeps_its_marks():
    text = "# Title\n\nBefore.\n\n## One\n\ntext\n\n```\n## not a heading\n```\n\n## Two\n"
    found = markdown.sections(text)
    assert [title for title, _ in found] == ["", "One", "Two"]
    assert "## not a heading" in found[1][1]
    assert 'tabindex="0"' in found[1][1]
    assert "Title" not in found[0][1]


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example"])
def test_a_switch_of_language_leads_off_the_site_by_no_address(world, path):
    answer = world.app.test_client().get("/", query_string="lang=ko", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 303
    assert not answer.headers["Location"].startswith(("//", "/\\", "/%5C", "http"))


def test_an_event_is_not_called_a_death(world):
    # Only a challenge's own texts know what its event is: the end of recurrence-free survival, for one.
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor)
    world.decide(world.queue.rung[-1], "not_improved")
    for path in ["/", address, *(f"/challenges/small{tail}" for tail in OF_ONE)]:
        for language, words in (("en", r"\b(died|deaths?|mortality)\b"), ("ko", "사망")):
            visitor.client.set_cookie("arena_language", language)
            assert not re.search(words, text_of(visitor.get(path)), re.IGNORECASE), (path, language)


def test_files_wait_for_the_opening(world):
    world.publish()
    world.now = OPENS - timedelta(seconds=1)
    assert world.visitor().get("/challenges/small/files/train.csv").status_code == 403
    page = world.visitor().get("/challenges/small/data").text
    assert "Not yet open" in page
    assert "Agreement first" not in page
    world.now = OPENS
    assert world.visitor().get("/challenges/small/files/train.csv").status_code == 200


def test_a_line_never_ends_within_a_word_of_code():
    text = str(markdown.render(f"Use `--stratify` or `check my-name --{'x' * 40}`, `a-b<c`.\n\n```\nrun --all\n```\n"))
    assert '<code><span class="whole">--stratify</span></code>' in text
    assert f'<code>check <span class="whole">my-name</span> --{"x" * 40}</code>' in text
    assert '<code><span class="whole">a-b&lt;c</span></code>' in text
    assert "run --all" in text
