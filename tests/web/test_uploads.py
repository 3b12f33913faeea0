"""From a file that is sent to its report: checks, quota, receipts and the final."""

import json
import re

from arena.receipts import verify
from tests.web.conftest import predictions
from tests.web.visiting import submitted, text_of


def test_a_bad_file_lists_every_problem_by_line_and_costs_nothing(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor("ko").sign_in("mina@example.org")
    bad = predictions(5).replace(b"P0003,", b"P9999,").replace(b"P0007,0.", b"P0007,7.")
    answer = visitor.upload("small", bad)
    assert answer.status_code == 422
    for code in ("unknown_id", "missing_id", "out_of_range"):
        assert f"<code>{code}</code>" in answer.text
    assert "<mark>P9999</mark>" in answer.text
    assert "제출 횟수는 줄지 않았습니다" in answer.text
    assert "2번 가운데 2번" in visitor.get("/challenges/small/submit").text
    assert world.queue.rung == []


def test_only_checking_submits_nothing(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    answer = visitor.upload("small", predictions(5), act="check")
    assert answer.status_code == 200
    assert "The format is right" in answer.text
    assert "2 of 2" in answer.text
    assert "No predictions uploaded yet" in visitor.get("/challenges/small/submissions").text


def test_a_file_too_large_is_refused_before_it_is_read(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    answer = visitor.upload("small", b"x" * 400_000)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_nobody_uploads_without_an_account_or_a_team(world):
    world.publish()
    world.person("mina")
    stranger = world.visitor()
    assert 'type="file"' not in stranger.get("/challenges/small/submit").text
    teamless = world.visitor().sign_in("mina@example.org")
    answer = teamless.upload("small", predictions(5))
    assert answer.status_code == 403
    assert "First make a team" in answer.text


def test_a_report_polls_until_it_is_decided_and_then_stops(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor)
    waiting = visitor.get(address)
    assert f'hx-get="{address}/status"' in waiting.text
    assert 'hx-trigger="every 1s"' in waiting.text
    part = visitor.get(f"{address}/status", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "hx-trigger" in part.text
    assert part.headers["Cache-Control"] == "no-store"
    world.decide(world.queue.rung[-1], "not_improved")
    done = visitor.get(f"{address}/status", headers={"HX-Request": "true"})
    assert "hx-trigger" not in done.text
    assert "No significant improvement" in done.text


def test_before_the_reveal_a_report_shows_the_shown_state_only(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor)
    world.decide(world.queue.rung[-1], "accepted", 0.012, value=0.777123)
    text = visitor.get(address).text
    assert "The shown score is now 0.2620" in text
    # Of a first submission nothing was accepted before: the sentence names the baseline.
    assert "what it had to beat: the baseline" in text
    assert "0.777" not in text
    board = visitor.get("/challenges/small/leaderboard").text
    assert "0.2620" in board
    assert "±0.012" in board
    assert "0.777" not in board
    assert visitor.get("/challenges/small/leaderboard?split=private").status_code == 403


def test_practice_shows_everything_at_once(world):
    world.publish("tiny", practice=True)
    world.team("mina", "tiny")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor, slug="tiny")
    world.decide(world.queue.rung[-1], "shown", None, value=0.31)
    text = visitor.get(address).text
    assert "Significantly better than the baseline" in text
    assert "0.310" in text
    assert "0.290–0.330" in text
    assert "+0.060" in text
    assert "Practice" in text
    board = visitor.get("/challenges/tiny/leaderboard").text
    assert "Team mina stands first" in board
    assert "0.290–0.330" in board


def test_the_same_predictions_again_lead_to_the_old_decision(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    first = submitted(visitor)
    world.decide(world.queue.rung[-1], "not_improved")
    again = visitor.upload("small", predictions(5).replace(b"\n", b"\r\n"))
    assert again.location == f"{first}?same=1"
    assert "were submitted before" in visitor.get(again.location).text
    assert len(world.queue.rung) == 1


def test_the_quota_refuses_with_the_time_of_its_renewal(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    submitted(visitor, 5)
    submitted(visitor, 6)
    answer = visitor.upload("small", predictions(7))
    assert answer.status_code == 429
    assert "0 of 2" in answer.text


def test_the_receipt_can_be_kept_and_verified(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    address = submitted(visitor)
    answer = visitor.get(f"{address}/receipt.json")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert verify(json.loads(answer.data), world.signer.public_key)


def test_another_teams_submission_looks_like_none(world):
    world.publish()
    world.team("mina")
    world.team("jun")
    mina, jun = (world.visitor().sign_in(f"{name}@example.org") for name in ("mina", "jun"))
    address = submitted(mina)
    absent = jun.get("/submissions/ffffffffffffffff")
    for tail in ("", "/status", "/receipt.json"):
        other = jun.get(address + tail)
        assert other.status_code == 404
        strip = re.compile(r"req-\w{4}-\w{4}|/submissions/\w+(/\w+(\.json)?)?|req_\S+")
        if tail == "":
            assert strip.sub("", text_of(other)) == strip.sub("", text_of(absent))
    assert jun.post(f"{address}/final", form="/challenges/small/team").status_code == 404


def test_the_final_is_chosen_until_the_close(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    first, second = submitted(visitor, 5), submitted(visitor, 6)
    for ring in world.queue.rung:
        world.decide(ring, "not_improved")
    assert "You have not chosen one" in visitor.get(second).text
    visitor.post(f"{first}/final", form=first)
    assert "This submission is your final" in visitor.get(first).text
    world.pass_time(days=60)
    answer = visitor.post(f"{second}/final", form="/account")
    assert answer.status_code == 409
