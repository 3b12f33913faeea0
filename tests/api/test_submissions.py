import csv
import gzip
import io
import socket

import httpx
import pytest

from arena import receipts, wire, wire_reports
from arena.store import models
from arena.store.engine import reading
from tests.api.serving import serving
from tests.arena.conftest import CLOSES, predictions

PATH = "/challenges/small/submissions"


def test_a_check_counts_the_rows_and_costs_nothing(ours, site):
    answer = ours.send("/challenges/small/check", predictions(site.ids, 10))
    assert (answer.status_code, answer.json["rows"]) == (200, len(site.ids))
    packed = ours.send("/challenges/small/check", gzip.compress(predictions(site.ids, 10)), name="mine.csv.gz")
    assert packed.json["rows"] == len(site.ids)
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 0


def test_every_problem_of_a_file_is_told_by_line_in_both_languages(ours, site):
    rows = list(csv.reader(io.StringIO(predictions(site.ids, 10).decode())))
    rows[3][1], rows[5][0], rows[7][1] = "half", "P9999", "1.5"
    content = "\n".join(",".join(row) for row in rows).encode()
    english = ours.send(PATH, content)
    korean = ours.send("/challenges/small/check", content, headers={"Accept-Language": "ko"})
    for answer in (english, korean):
        assert (answer.status_code, answer.json["code"], answer.mimetype) == (
            422,
            "bad_file",
            "application/problem+json",
        )
    found = {(item["line"], item["column"], item["code"]) for item in english.json["errors"]}
    assert {(4, "p_3y", "not_a_number"), (8, "p_3y", "out_of_range")} <= found
    assert any(line == 6 and code == "unknown_id" for line, _, code in found)
    assert english.json["total"] == len(english.json["errors"]) == korean.json["total"]
    pairs = zip(english.json["errors"], korean.json["errors"], strict=True)
    assert all(one["message"] != other["message"] for one, other in pairs)
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 0


def test_only_the_first_fifty_problems_are_listed(ours, site):
    content = "patient_id,p_3y\n" + "".join(f"{one},x\n" for one in site.ids)
    answer = ours.send("/challenges/small/check", content.encode())
    assert (len(answer.json["errors"]), answer.json["total"]) == (50, len(site.ids))


def test_a_submission_is_received_with_a_receipt(ours, site):
    answer = ours.send(PATH, predictions(site.ids, 10), note="처음")
    assert answer.status_code == 202
    sent = wire.Submitted.model_validate_json(answer.data)
    assert (sent.status, sent.decision, sent.created, sent.number, sent.note) == ("received", None, True, 1, "처음")
    assert (sent.final, sent.final_by_default, sent.scores, sent.place_in_line) == (True, True, {}, 3)
    assert receipts.verify(sent.receipt, site.signer.public_key)
    assert sent.receipt["file_sha256"] == sent.sha256
    shown = ours.get(f"/submissions/{sent.id}")
    assert wire.Submission.model_validate_json(shown.data) == wire.Submission.model_validate(sent.model_dump())


def test_the_same_predictions_return_the_old_decision(ours, site):
    content = predictions(site.ids, 10)
    first = ours.send(PATH, content).json
    for evaluation_id in (1, 2, 3):
        site.decide(evaluation_id, "accepted", gain=0.031)
    head, *lines = content.decode().splitlines()
    again = ours.send(PATH, "\r\n".join([head, *reversed(lines)]).encode())
    assert again.status_code == 202
    assert (again.json["id"], again.json["created"]) == (first["id"], False)
    assert (again.json["decision"], again.json["shown_gain"]) == ("accepted", 0.031)
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 1


def test_an_idempotency_key_makes_a_repeated_request_the_same(ours, site):
    headers = {"Idempotency-Key": "a key"}
    first = ours.send(PATH, predictions(site.ids, 10), headers=headers)
    again = ours.send(PATH, predictions(site.ids, 10), headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json["id"] == again.json["id"]
    other = ours.send(PATH, predictions(site.ids, 11), headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_used")
    site.now = CLOSES
    late = ours.send(PATH, predictions(site.ids, 10), headers=headers)
    assert (late.status_code, late.json["id"]) == (202, first.json["id"])
    new = ours.send(PATH, predictions(site.ids, 12), headers={"Idempotency-Key": "another"})
    assert (new.status_code, new.json["code"]) == (409, "closed")


@pytest.mark.parametrize("key", ["", "x" * 256, "\u00e9"])
def test_a_key_that_cannot_be_one_is_refused(ours, site, key):
    answer = ours.send(PATH, predictions(site.ids, 10), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_the_quota_ends_and_says_when_it_renews(ours, site):
    for seed in (10, 11, 12):
        assert ours.send(PATH, predictions(site.ids, seed)).status_code == 202
    answer = ours.send(PATH, predictions(site.ids, 13))
    assert (answer.status_code, answer.json["code"]) == (429, "quota_day")
    assert "2026-11-24T00:00+09:00" in answer.json["detail"]


def test_nothing_is_received_from_the_close_on(ours, site):
    site.now = CLOSES
    answer = ours.send(PATH, predictions(site.ids, 10))
    assert (answer.status_code, answer.json["code"]) == (409, "closed")


def test_without_a_team_nothing_is_received(site, enter):
    answer = enter("alone").send(PATH, predictions(site.ids, 10))
    assert (answer.status_code, answer.json["code"]) == (403, "no_team")
    assert enter("nobody").get(PATH).json == {"submissions": [], "next": None}


def test_an_upload_above_the_limit_is_refused_before_it_is_kept(app, ours, site):
    def parts():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\npatient_id,p_3y\n'
        for _ in range(40):
            yield b"P0001,0.5\n" * 1000
        yield b"\r\n--x--\r\n"

    headers = {"Authorization": f"Bearer {ours.token}", "Content-Type": "multipart/form-data; boundary=x"}
    kept = sorted(site.blobs.root.rglob("*"))
    with serving(app) as address:
        for content in (parts(), b"".join(parts())):  # chunked, and with its length told
            answer = httpx.post(f"{address}/api/v1{PATH}", content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert sorted(site.blobs.root.rglob("*")) == kept


def test_a_file_barely_above_the_limit_is_refused_with_its_size(ours):
    answer = ours.send(PATH, b"x" * 100_001)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "100,001" in answer.json["detail"]


def test_a_form_without_a_file_is_told_what_is_missing(ours):
    answer = ours.ask("POST", PATH, data={"note": "x"}, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file")
    answer = ours.ask("POST", PATH, data=b"patient_id,p_3y\n", content_type="text/csv")
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_another_teams_submission_is_not_there(ours, theirs, site):
    sent = ours.send(PATH, predictions(site.ids, 10)).json["id"]
    assert ours.get(f"/submissions/{sent}").status_code == 200
    assert theirs.get(f"/submissions/{sent}").status_code == 404
    answer = theirs.ask("PATCH", f"/submissions/{sent}", json={"final": True})
    assert answer.status_code == 404
    missing = theirs.get("/submissions/ffffffffffffffff")
    assert theirs.get(f"/submissions/{sent}").data == missing.data
    assert theirs.get(PATH).json["submissions"] == []


def test_a_baselines_submission_is_not_there(ours, site):
    with reading(site.engine) as session:
        public_id = session.get_one(models.Submission, 1).public_id
    assert ours.get(f"/submissions/{public_id}").status_code == 404


def test_the_final_is_the_latest_until_one_is_chosen(ours, site):
    first, second = (ours.send(PATH, predictions(site.ids, seed)).json["id"] for seed in (10, 11))
    assert [(one["id"], one["final"]) for one in ours.get(PATH).json["submissions"]] == [(second, True), (first, False)]
    chosen = ours.ask("PATCH", f"/submissions/{first}", json={"final": True})
    assert (chosen.status_code, chosen.json["final"], chosen.json["final_by_default"]) == (200, True, False)
    assert [(one["id"], one["final"]) for one in ours.get(PATH).json["submissions"]] == [(second, False), (first, True)]
    site.now = CLOSES
    late = ours.ask("PATCH", f"/submissions/{second}", json={"final": True})
    assert (late.status_code, late.json["code"]) == (409, "closed")


def test_the_list_comes_in_pages(ours, site):
    sent = [ours.send(PATH, predictions(site.ids, seed)).json["id"] for seed in (10, 11, 12)]
    first = ours.get(f"{PATH}?limit=2").json
    assert [one["id"] for one in first["submissions"]] == sent[:0:-1]
    second = ours.get(first["next"].removeprefix("/api/v1")).json
    assert ([one["id"] for one in second["submissions"]], second["next"]) == (sent[:1], None)


def test_before_the_reveal_a_gated_decision_shows_only_its_gain(ours, site):
    sent = ours.send(PATH, predictions(site.ids, 10)).json["id"]
    for evaluation_id in (1, 2, 3):
        site.decide(evaluation_id, "accepted", gain=0.031, value=0.123456789)
    answer = ours.get(f"/submissions/{sent}")
    assert (answer.json["status"], answer.json["decision"], answer.json["scores"]) == ("scored", "accepted", {})
    assert answer.json["shown_value"] == pytest.approx(0.281)
    assert "0.123456789" not in answer.text


def test_a_file_that_swells_when_unpacked_is_refused(ours, site):
    bomb = gzip.compress(b"patient_id,p_3y\n" + b"0" * 50_000_000)
    assert len(bomb) < 100_000
    answer = ours.send(PATH, bomb, name="bomb.csv.gz")
    assert (answer.status_code, answer.json["code"]) in ((413, "too_large"), (422, "bad_file"))
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 0


def test_an_upload_that_is_cut_off_is_no_submission(app, ours, site):
    """The line breaks after half of the body: nothing is kept, and the next attempt is the first."""
    kept = sorted(site.blobs.root.rglob("*"))
    request = httpx.Request(
        "POST",
        f"http://x/api/v1{PATH}",
        files={"file": ("a.csv", predictions(site.ids, 10))},
        headers={"Authorization": f"Bearer {ours.token}"},
    )
    lines = [f"POST /api/v1{PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
    body = request.read()
    with serving(app) as address:
        with socket.create_connection((address.split(":")[1].strip("/"), int(address.rpartition(":")[2]))) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode() + body[: len(body) // 2])
        again = httpx.request("POST", f"{address}/api/v1{PATH}", content=body, headers=request.headers)
    assert sorted(site.blobs.root.rglob("*")) != kept
    assert (again.status_code, again.json()["number"], again.json()["created"]) == (202, 1, True)


def test_a_report_is_there_once_scores_are_shown(site, enter):
    site.publish("free", gate="none", practice=True)
    person, _ = site.team("Free", slug="free")
    mine = enter(person)
    sent = mine.send("/challenges/free/submissions", predictions(site.ids, 10)).json["id"]
    waiting = mine.get(f"/submissions/{sent}/report")
    assert (waiting.status_code, waiting.json["code"]) == (409, "not_scored")
    group = {
        "steps": [[365, 0.9, 0.8, 1.0]],
        "predicted": [[365, 0.88]],
        "at_risk": [[365, 40], [1095, None]],
        "rows": 20,
    }
    values = [
        {"value": "1", "masked": True},
        {
            "value": "0",
            "masked": False,
            "rows": 30,
            "events": 9,
            "score": 0.2,
            "se": 0.1,
            "ci": [0.0, 0.4],
            "reason": None,
        },
    ]
    report = {
        "split": "public", "rows": 60, "events": 24, "subgroups": [{"column": "sex", "values": values}], "survival": [group],
        "calibration": {"1095": {"bins": [[0.2, 0.3, 0.1, 0.5]], "smooth": [[0.1, 0.1]]}}, "roc": {"1095": [[0, 1]]},
    }  # fmt: skip
    for number in range(1, 9):
        site.decide(number, "shown", value=0.31, report=report)
    found = mine.get(f"/submissions/{sent}/report")
    assert found.status_code == 200, found.text
    told = wire_reports.SubmissionReport.model_validate_json(found.data)
    assert (told.split, told.rows, told.events, told.incidence) == ("public", 60, 24, [])
    assert told.survival[0].at_risk == [(365, 40), (1095, None)]
    assert [(one.horizon, one.bins) for one in told.calibration] == [(1095, [(0.2, 0.3, 0.1, 0.5)])]
    masked, shown = told.subgroups[0].values
    assert (masked.masked, masked.rows, masked.value) == (True, None, None)
    assert (shown.subgroup, shown.rows, shown.value, shown.ci) == ("0", 30, 0.2, (0.0, 0.4))
    # What the page does not draw, because it could be read for labels, is not here either.
    assert "roc" not in found.text
    assert "smooth" not in found.text


def test_before_the_reveal_a_gated_submission_has_no_report(ours, theirs, site):
    sent = ours.send(PATH, predictions(site.ids, 10)).json["id"]
    for number in (1, 2, 3):
        site.decide(
            number,
            "accepted",
            gain=0.031,
            value=0.3,
            report={"split": "public", "rows": 60, "events": 24, "subgroups": []},
        )
    answer = ours.get(f"/submissions/{sent}/report")
    assert (answer.status_code, answer.json["code"]) == (403, "not_revealed")
    assert theirs.get(f"/submissions/{sent}/report").status_code == 404
