"""The second file on the pages: asked for in the form, received in the report, answered after the reveal."""

import io
import re

import pytest

from tests.web.conftest import predictions


@pytest.fixture
def mina(world):
    world.publish(companion=True)
    world.team("mina")
    return world.visitor().sign_in("mina@example.org")


def scored(world):
    for ring in world.queue.rung:
        world.decide(ring, "not_improved")


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_form_asks_for_it_where_the_challenge_does(world, mina):
    page = mina.get("/challenges/small/submit").text
    assert 'name="companion"' in page
    assert "Predictions without fitness" in page
    world.publish("tiny", practice=True)
    world.team("jun", "tiny")
    assert 'name="companion"' not in world.visitor().sign_in("jun@example.org").get("/challenges/tiny/submit").text


def test_both_are_received_and_nothing_more_is_told(world, mina):
    address = mina.upload("small", predictions(5), companion=predictions(6)).location
    for outcome in (None, "accepted"):
        if outcome:
            world.decide(world.queue.rung[-1], outcome, 0.012, value=0.777123)
        text = text_of(mina.get(address))
        assert "second.csv, 40 rows" in text
        assert (
            "Predictions without fitness. Never ranked. If this submission is your final, the two are compared at the reveal."
            in text
        )
        assert "What did fitness add?" not in text
    assert "1 of 2" in mina.get("/challenges/small/submit").text


def test_a_file_that_nobody_chose_is_none(mina):
    answer = mina.upload("small", predictions(5), companion=b"")
    assert answer.status_code == 422  # an empty file with a name is a file
    sent = {"file": (io.BytesIO(predictions(5)), "mine.csv"), "act": "submit", "note": ""}
    sent["companion"] = (io.BytesIO(b""), "")
    assert mina.post("/challenges/small/submit", sent).status_code == 303


def test_only_checking_reads_both_and_keeps_neither(world, mina):
    answer = mina.upload("small", predictions(5), act="check", companion=predictions(6))
    assert "All 40 rows of both files were read" in answer.text
    assert "No predictions uploaded yet" in mina.get("/challenges/small/submissions").text


@pytest.mark.parametrize("act", ["check", "submit"])
def test_a_bad_second_file_is_named_and_costs_nothing(world, mina, act):
    bad = predictions(6).replace(b"P0007,0.", b"P0007,7.")
    answer = mina.upload("small", predictions(5), act=act, companion=bad)
    assert answer.status_code == 422
    assert "<code>second.csv</code>" in answer.text
    assert "<code>out_of_range</code>" in answer.text
    same = mina.upload("small", predictions(5), act=act, companion=predictions(5))
    assert same.status_code == 422
    assert 'id="e-companion"' in same.text
    assert world.queue.rung == []


def test_added_later_it_belongs_to_the_earlier_submission(world, mina):
    first = mina.upload("small", predictions(5)).location
    later = mina.upload("small", predictions(5), companion=predictions(6))
    assert later.location == f"{first}?same=1"
    assert "second.csv" in mina.get(later.location).text
    assert len(world.queue.rung) == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0114, "by +0.0114 (95% CI 0.0073–0.0155) in IPA at 3 years. It is better by more than chance explains."),
        (0.0011, "The interval holds 0, so chance may explain it."),
        (-0.0114, "It is worse by more than chance explains."),
    ],
)
def test_after_the_reveal_the_report_answers_the_question(world, mina, value, words):
    address = mina.upload("small", predictions(5), companion=predictions(6)).location
    submission = mina.get(address).text
    digest = re.findall(r"sha256 (\w{64})", submission)[0]
    found = {"ipa@1095": {"value": value, "se": 0.0021, "ci": [value - 0.0041, value + 0.0041], "reason": None}}
    scored(world)
    world.reveal(report={"companion": {"file_sha256": digest, "differences": found}, "subgroups": []})
    text = text_of(mina.get(address))
    assert "What did fitness add?" in text
    assert "On the private patients this file differs from the second file, “Predictions without fitness”" in text
    assert words in text
    assert "from the reference baseline, “Simple model”, by +0.0500" in text
    assert "are compared at the reveal" not in text
    assert not re.search(r"[가-힣]", text.replace("한국어", ""))
    mina.client.set_cookie("arena_language", "ko")
    korean = text_of(mina.get(address))
    assert "체력은 무엇을 보탰습니까?" in korean
    assert "둘째 파일(체력을 뺀 예측)과의 IPA, 3년 차이는 비공개 환자에서" in korean
    assert re.findall(r"<b>(그림 \d+)", mina.get(address).text) == ["그림 1", "그림 2"]


def test_a_final_without_a_second_file_says_what_is_missing(world, mina):
    address = mina.upload("small", predictions(5)).location
    scored(world)
    world.reveal()
    text = text_of(mina.get(address))
    assert "No second file came with this submission" in text
    assert "from the reference baseline, “Simple model”, by +0.0500" in text


def test_a_second_file_that_could_not_be_compared_says_so(world, mina):
    address = mina.upload("small", predictions(5), companion=predictions(6)).location
    scored(world)
    world.reveal(report={"companion": {"file_sha256": "0" * 64, "differences": {}}, "subgroups": []})
    assert "The difference from the second file is undefined." in text_of(mina.get(address))


def test_what_is_no_final_is_answered_nothing(world, mina):
    first = mina.upload("small", predictions(5), companion=predictions(6)).location
    mina.upload("small", predictions(7))
    scored(world)
    world.reveal()
    assert "What did fitness add?" not in mina.get(first).text
