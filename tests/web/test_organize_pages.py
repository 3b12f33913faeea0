"""The organizers' pages in both languages, and what their forms do."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from arena import accounts, admission, audit
from arena.store import marks, models
from arena.store.engine import reading, transaction
from tests.web.conftest import CLOSES, World, predictions
from tests.web.test_pages import text_of

TAILS = [
    *("", "/participants", "/admission", "/teams", "/teams/{team}", "/submissions", "/submissions/{submission}"),
    *("/announcements", "/calendar", "/calendar/extend", "/calendar/close", "/calendar/reveal", "/roles", "/audit", "/audit?show=all"),
]  # fmt: skip


def address(world: World, tail: str) -> str:
    return "/organize/small" + tail.format(team=world.team_id, submission=world.submission.public_id)


def flow(world: World, tail: str, data: dict, *, form: str | None = None, language: str = "en"):
    """Send a form of the organizers' and follow where it leads."""
    answer = world.desk[language].post(address(world, tail), data, form=address(world, form or tail))
    return world.desk[language].get(answer.location) if answer.status_code == 303 else answer


@pytest.mark.parametrize("tail", TAILS)
def test_every_page_is_whole_in_both_languages_and_keeps_the_policy(busy, tail):
    for language in ("ko", "en"):
        answer = busy.desk[language].get(address(busy, tail))
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
        assert answer.text.count("<h1") == 1
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"\sstyle=|<script>|\son(click|load|error)=", answer.text)
        assert answer.headers["Cache-Control"] == "no-store"
    words = text_of(answer).replace("한국어", "").replace("무엇?", "").replace("학생 | Student", "")
    assert not re.search(r"[가-힣]", words), re.search(r".{30}[가-힣].{30}", words)


def test_the_dashboard_says_how_it_is_and_what_waits(busy):
    text = text_of(busy.desk["en"].get("/organize/small"))
    assert "Scoring is on time; 1 request to take part waits" in text
    assert "2 teams of 2 people have sent 1 submission" in text
    assert "Patients are missing the file’s, missing_id" in text
    assert "Decide on 1 request to take part" in text
    assert "none: tell the operator" in text
    busy.desk["en"].get("/organize/small/participants")
    busy.now = CLOSES + timedelta(minutes=1)
    text = text_of(busy.desk["ko"].get("/organize/small"))
    assert "마감했고, 채점을 마쳤습니다" in text
    assert "결과 공개하기 지금 할 수 있습니다." in text


def test_a_request_is_admitted_or_refused_with_a_reason(busy):
    sora = busy.visitor().sign_in("sora@example.org")
    assert "You have asked to take part" in sora.get("/challenges/small/team").text
    with reading(busy.engine) as session:
        user_id = accounts.by_email(session, "sora@example.org").id
    form = {"act": "refuse", "reason": " "}
    answer = flow(busy, f"/participants/{user_id}", form, form="/participants")
    assert (answer.status_code, "Write 1 to 500 characters" in answer.text) == (422, True)
    answer = flow(busy, f"/participants/{user_id}", form | {"reason": "no <b>seat</b>"}, form="/participants")
    assert "Refused" in text_of(answer)
    assert "no &lt;b&gt;seat&lt;/b&gt;" in sora.get("/challenges/small/team").text
    flow(busy, f"/participants/{user_id}", {"act": "admit", "state": "refused"}, form="/participants")
    sora.post("/challenges/small/agreement", {"version": "1"})
    assert "You are admitted" in sora.get("/challenges/small/team").text
    assert sora.post("/challenges/small/team", {"name": "Sora"}).status_code == 303


def test_a_person_asks_with_answers_on_the_site(busy):
    newcomer = busy.visitor()
    busy.person("hana")
    newcomer.sign_in("hana@example.org")
    newcomer.post("/challenges/small/agreement", {"version": "1"})
    assert "First ask to take part" in newcomer.get("/challenges/small/team").text
    field = f"question-{busy.question.id}"
    empty = newcomer.post("/challenges/small/participation", {field: ""})
    assert (empty.status_code, "This question has to be answered" in empty.text) == (422, True)
    assert newcomer.post("/challenges/small/participation", {field: "<i>trials</i>"}).status_code == 303
    assert "&lt;i&gt;trials&lt;/i&gt;" in busy.desk["en"].get("/organize/small/participants").text


def test_the_allow_list_and_questions_are_edited_on_their_page(busy):
    text = text_of(flow(busy, "/allow-list", {"entries": "sora@example.org, *@hospital.or.kr"}, form="/admission"))
    assert "*@hospital.or.kr" in text
    with reading(busy.engine) as session:
        sora = accounts.by_email(session, "sora@example.org")
        assert admission.standing(session, sora, busy.hosted()).state == "admitted"
    wrong = flow(busy, "/allow-list", {"entries": "<script>"}, form="/admission")
    assert (wrong.status_code, "&lt;script&gt;" in wrong.text, "<script>" in wrong.text) == (422, True, False)
    added = flow(
        busy,
        "/questions",
        {
            "kind": "choice",
            "ko": "신분",
            "en": "You are",
            "options": "학생 | Student\n그 밖 | Other\n\n둘 다",
            "required": "1",
        },
        form="/admission",
    )
    assert "Student · Other · 둘 다" in text_of(added)
    wrong = flow(busy, "/questions", {"kind": "choice", "ko": "신분", "en": "x", "options": "하나"}, form="/admission")
    assert (wrong.status_code, "2 to 30 options" in wrong.text) == (422, True)


def test_an_invitation_link_is_shown_once_and_makes_a_judge(busy):
    answer = flow(busy, "/roles/invitations", {"role": "judge", "note": "Prof. Kim"}, form="/roles")
    link = re.search(r'value="http://[^"]+(/invited/[^"]+)"', answer.text)
    assert link
    assert link[1] not in busy.desk["en"].get("/organize/small/roles").text
    stranger = busy.visitor()
    assert "You are invited to judge" in stranger.get(link[1]).text
    refused = busy.visitor().sign_in("mina@example.org").post(link[1])
    assert (refused.status_code, "can be neither its organizer nor its judge" in refused.text) == (409, True)
    busy.person("judge")
    judge = busy.visitor().sign_in("judge@example.org")
    assert judge.post(link[1]).status_code == 303
    assert judge.get(link[1]).status_code == 404
    with reading(busy.engine) as session:
        person = accounts.by_email(session, "judge@example.org")
        assert accounts.roles(session, person, busy.hosted().row) == {"judge"}
    assert "Organizers and judges of this challenge cannot join" in judge.get("/challenges/small/team").text


def test_a_hidden_team_reads_why_and_leaves_the_board_until_it_is_cleared(busy):
    mina = busy.visitor().sign_in("mina@example.org")
    assert "+mina" in mina.get("/challenges/small/leaderboard").text
    wrong = flow(busy, "/teams/{team}/marks", {"kind": "hidden", "reason": ""}, form="/teams/{team}")
    assert wrong.status_code == 422
    flow(busy, "/teams/{team}/marks", {"kind": "flagged", "reason": "odd"}, form="/teams/{team}")
    assert "odd" not in mina.get("/challenges/small/team").text
    flow(busy, "/teams/{team}/marks", {"kind": "hidden", "reason": "copied <i>it</i>"}, form="/teams/{team}")
    assert "copied &lt;i&gt;it&lt;/i&gt;" in mina.get("/challenges/small/team").text
    assert "copied" in mina.get("/challenges/small/submissions").text
    board = text_of(busy.visitor().get("/challenges/small/leaderboard"))
    assert "+mina" not in board
    with reading(busy.engine) as session:
        mark = next(one for one in marks.in_force(session, busy.hosted().id) if one.kind == "hidden")
    lifted = flow(busy, f"/teams/{{team}}/marks/{mark.id}/lift", {"lift_reason": "cleared"}, form="/teams/{team}")
    assert "The mark is lifted" in text_of(lifted)
    assert "cleared" in lifted.text
    assert "+mina" in busy.visitor().get("/challenges/small/leaderboard").text


def test_a_disqualified_file_shows_why_and_cannot_be_made_final(busy):
    where = "/submissions/{submission}"
    flow(busy, f"{where}/marks", {"kind": "disqualified", "reason": "used labels"}, form=where)
    mina = busy.visitor().sign_in("mina@example.org")
    report = mina.get(f"/submissions/{busy.submission.public_id}")
    assert "used labels" in report.text
    assert "Make this the final" not in report.text
    answer = mina.client.post(f"/submissions/{busy.submission.public_id}/final", data={"csrf_token": "x"})
    assert answer.status_code == 400
    sent = mina.post(f"/submissions/{busy.submission.public_id}/final", form="/account")
    assert (sent.status_code, "used labels" in sent.text) == (409, True)


def test_a_disqualified_team_cannot_upload_and_is_told_why(busy):
    flow(busy, "/teams/{team}/marks", {"kind": "disqualified", "reason": "two accounts"}, form="/teams/{team}")
    mina = busy.visitor().sign_in("mina@example.org")
    page = mina.get("/challenges/small/submit")
    assert ("two accounts" in page.text, 'type="file"' in page.text) == (True, False)
    sent = mina.post(
        "/challenges/small/submit",
        {"file": (io.BytesIO(predictions(9)), "x.csv"), "act": "submit"},
        form="/account",
    )
    assert (sent.status_code, "two accounts" in sent.text) == (403, True)


def test_the_submissions_are_filtered_and_downloaded_as_a_table(busy):
    desk = busy.desk["en"]
    assert "No submission fits" in desk.get("/organize/small/submissions?decision=kept").text
    assert "1 submission that fit" in desk.get("/organize/small/submissions?day=2026-11-23&state=scored").text
    for odd in (
        "day=2026-13-99",
        "team=x",
        "page=0",
        "page=999999999",
        "state=<b>",
        "refunded=maybe",
        "day=0000-01-01",
    ):
        assert desk.get(f"/organize/small/submissions?{odd}").status_code == 200, odd
    rows = table(desk.get("/organize/small/submissions.csv"))
    assert rows[0][:3] == ["team", "number", "submission"]
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["team"], line["filename"]) == ("'+mina", "'=1+1.csv")
    assert (line["decision"], float(line["shown_value"]), line["score"]) == ("accepted", 0.262, "")
    assert len(table(desk.get("/organize/small/submissions.csv?decision=kept"))) == 1


def table(answer):
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_no_download_holds_a_formula(busy):
    desk = busy.desk["ko"]
    for name in ("participants", "submissions", "audit"):
        for row in table(desk.get(f"/organize/small/{name}.csv")):
            assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r"))], (name, row)
    people = table(desk.get("/organize/small/participants.csv"))
    assert people[0][-1] == "무엇?"
    assert {row[0]: row[-1] for row in people[1:]}["sora"] == "'=sora"


def test_the_audit_trail_can_be_verified_from_its_download(busy):
    with transaction(busy.engine) as session:
        audit.chain(session, busy.now)
    content = json.loads(busy.desk["en"].get("/organize/small/audit.json").text)
    assert content["head"]["digest"]
    for entry in content["entries"]:
        made = audit._digest([entry["at"], entry["kind"], content["challenge_id"], entry["data"]])
        assert (made, entry["chained"]) == (entry["digest"], True)
    assert [entry["id"] for entry in content["entries"]] == sorted(entry["id"] for entry in content["entries"])


def test_an_announcement_is_previewed_posted_read_and_withdrawn(busy):
    draft = {
        "title_ko": "제목 <b>",
        "title_en": "Title <b>",
        "body_ko": "글",
        "body_en": "**bold** <script>alert(1)</script> [x](javascript:alert(1)) ![i](http://evil.example/a.png)",
    }
    preview = flow(busy, "/announcements", {**draft, "act": "preview"})
    assert "<strong>bold</strong>" in preview.text
    mina = busy.visitor().sign_in("mina@example.org")
    assert "Title" not in mina.get("/challenges/small").text
    assert "The announcement is posted" in text_of(flow(busy, "/announcements", {**draft, "act": "post", "mail": "1"}))
    overview = mina.get("/challenges/small").text
    assert "Title &lt;b&gt;" in overview
    assert "unread" in overview.split("<main")[1]
    page = mina.get("/challenges/small/announcements").text
    assert '<span class="badge you">new</span>' in page
    for hostile in ("<script>alert", 'href="javascript', "<img"):
        assert hostile not in page
    # In the head stands what else she was told: of a decision.
    assert "unread" not in mina.get("/challenges/small").text.split("<main")[1]
    stranger = busy.visitor()
    assert "Title &lt;b&gt;" in stranger.get("/challenges/small/announcements").text
    assert "unread" not in stranger.get("/challenges/small").text
    with reading(busy.engine) as session:
        assert session.get(models.Mail, 1) is None  # there is no mail server here
    wrong = flow(busy, "/announcements", {**draft, "title_en": "", "act": "post"})
    assert (wrong.status_code, "제목 &lt;b&gt;" in wrong.text) == (422, True)
    flow(busy, "/announcements/1/withdraw", {}, form="/announcements")
    assert "Title" not in stranger.get("/challenges/small/announcements").text


def test_the_calendars_acts_ask_first_and_say_what_follows(busy):
    desk = busy.desk["en"]
    assert "Close now" in desk.get("/organize/small/calendar").text
    later = {"closes_at": "2027-01-10T18:00", "reason": "holidays"}
    assert flow(busy, "/calendar/extend", later | {"closes_at": "soon"}).status_code == 422
    assert flow(busy, "/calendar/extend", later | {"closes_at": "2026-11-24T18:00"}).status_code == 422
    flow(busy, "/calendar/extend", later)
    assert busy.hosted().row.closes_at.isoformat() == "2027-01-10T09:00:00+00:00"
    flow(busy, "/calendar/pause", {"reason": "a faulty file"})
    assert "a faulty file" in busy.visitor().get("/challenges/small").text
    flow(busy, "/calendar/resume", {})
    assert "This cannot be taken back." in desk.get("/organize/small/calendar/close").text
    flow(busy, "/calendar/close", {})
    assert busy.hosted().status(busy.now) == "closed"
    assert flow(busy, "/calendar/close", {}, form="/calendar/reveal").status_code == 409
    before = len(busy.queue.rung)
    flow(busy, "/calendar/reveal", {})
    assert len(busy.queue.rung) == before + 2
    assert "The reveal is under way" in desk.get("/organize/small").text
    kinds = [one["kind"] for one in json.loads(desk.get("/organize/small/audit.json").text)["entries"]]
    assert [kind for kind in kinds if kind.startswith(("challenge_", "intake_", "reveal"))] == [
        *("challenge_published", "challenge_extended", "intake_paused", "intake_resumed"),
        *("challenge_closed", "reveal_started"),
    ]
    assert "olga" in text_of(desk.get("/organize/small/audit"))


def test_an_unpublished_challenge_is_scheduled_and_withdrawn_from_its_page(busy):
    with transaction(busy.engine) as session:
        row = session.get(models.Challenge, busy.hosted().id)
        row.state, row.opens_at, row.closes_at = "ready", None, None
    desk = busy.desk["en"]
    assert "The opening is not set yet" in desk.get("/organize/small").text
    flow(busy, "/calendar/schedule", {"opens_at": "2026-12-01T09:00", "closes_at": "2026-12-31T18:00"})
    assert busy.visitor().get("/challenges/small").status_code == 200
    flow(busy, "/calendar/withdraw", {"reason": "wrong units"})
    assert busy.visitor().get("/challenges/small").status_code == 404
    assert "wrong units" in desk.get("/organize/small/calendar").text


def test_only_who_runs_something_finds_the_way_there(busy):
    link = 'href="/organize"'
    assert link in busy.desk["en"].get("/").text
    assert 'href="/organize/small"' in busy.desk["en"].get("/challenges/small").text
    for visitor in (busy.visitor(), busy.visitor().sign_in("mina@example.org")):
        assert link not in visitor.get("/").text
        assert "/organize/small" not in visitor.get("/challenges/small").text
