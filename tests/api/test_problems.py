"""Every refusal has one shape, says what to do, and tells nothing that the caller may not know."""

import gzip
import json

import pytest

from arena import wire

SIGNED_IN = (
    ("POST", "/challenges/small/agreement", {"version": "1"}),
    ("POST", "/challenges/small/teams", {"name": "A"}),
    ("GET", "/challenges/small/team", None),
    ("POST", "/teams/1/invitations", None),
    ("POST", "/invitations/abc/accept", None),
    ("POST", "/challenges/small/check", None),
    ("POST", "/challenges/small/submissions", None),
    ("GET", "/challenges/small/submissions", None),
    ("GET", "/submissions/0123456789abcdef", None),
    ("PATCH", "/submissions/0123456789abcdef", {"final": True}),
)


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    found = wire.Problem.model_validate_json(answer.data)
    assert found.instance == f"urn:arena:request:{answer.headers['X-Request-Id']}"
    assert (found.status, found.code) == (status, code)
    assert found.detail
    return found


@pytest.mark.parametrize(("method", "path", "body"), SIGNED_IN)
def test_without_a_token_nothing_is_done(nobody, method, path, body):
    given = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
    answer = nobody.ask(method, path, **given)
    problem(answer, 401, "token_needed")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer arena_wrong", "Bearer", "Basic YTpi", "Bearer arena_\u00e9", "nonsense"])
def test_a_bad_token_is_refused_also_where_none_is_needed(nobody, header):
    problem(nobody.get("/challenges", headers={"Authorization": header}), 401, "bad_token")


def test_a_cookie_counts_for_nothing(ours, nobody):
    nobody.http.set_cookie("session", ours.token)
    problem(nobody.get("/challenges/small/team"), 401, "token_needed")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/challenges/nothing",
        "/challenges/NOT-A-SLUG",
        "/challenges/%00",
        "/challenges/small/files/labels.csv",
        "/challenges/small/files/labels.sealed",
        "/challenges/small/files/..%2fchallenge.toml",
        "/challenges/small/files/baseline_simple.csv",
        "/submissions/ffffffffffffffff",
        "/submissions/%00",
        "/submissions/1",
    ],
)
def test_what_is_not_there_is_a_404(ours, path):
    problem(ours.get(path), 404, "not_found")


@pytest.mark.parametrize("team_id", ["0", "99999", "99999999999999999999", "-1", "x"])
def test_a_number_that_is_no_team_is_a_404(ours, team_id):
    problem(ours.post(f"/teams/{team_id}/invitations"), 404, "not_found")


def test_a_method_that_is_not_taken_names_those_that_are(ours):
    answer = ours.ask("DELETE", "/challenges")
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"name": "A"}', "text/plain", 415, "unsupported_media_type"),
        (b'{"name": ', "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b"[" * 60_000, "application/json", 400, "bad_request"),
        (b"[]", "application/json", 422, "invalid_field"),
        (b"null", "application/json", 422, "invalid_field"),
        (b"{}", "application/json", 422, "invalid_field"),
        (b'{"name": 3}', "application/json", 422, "invalid_field"),
        (b'{"name": ""}', "application/json", 422, "invalid_field"),
        (b'{"name": "A", "admin": true}', "application/json", 422, "invalid_field"),
        (b'{"name": "\\u0000\\u202e"}', "application/json", 422, "invalid_field"),
        (b'{"name": "\\ud800"}', "application/json", 422, "invalid_field"),
        (b'{"name": NaN}', "application/json", 422, "invalid_field"),
        (b'{"name": Infinity}', "application/json", 422, "invalid_field"),
        (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400, "bad_request"),
        (json.dumps({"name": "x" * 70_000}).encode(), "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_field(enter, content, kind, status, code):
    caller = enter("kim")
    caller.post("/challenges/small/agreement", {"version": "1"})
    problem(caller.ask("POST", "/challenges/small/teams", data=content, content_type=kind), status, code)


@pytest.mark.parametrize("value", ["false", '"true"', "1", "null"])
def test_numbers_and_words_are_not_taken_for_truth(ours, value):
    data = f'{{"final": {value}}}'
    answer = ours.ask("PATCH", "/submissions/0123456789abcdef", data=data, content_type="application/json")
    problem(answer, 422, "invalid_field")


def test_a_refused_field_is_named(enter):
    found = problem(enter("kim").post("/challenges/small/teams", {"title": "A"}), 422, "invalid_field")
    assert {item.field for item in found.errors} == {"name", "title"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("split=private", 403),
        ("split=both", 422),
        ("limit=0", 422),
        ("limit=x", 422),
        ("offset=99999999999999999999", 422),
    ],
)
def test_a_query_that_does_not_fit_is_refused(nobody, query, status):
    problem(
        nobody.get(f"/challenges/small/leaderboard?{query}"),
        status,
        "not_revealed" if status == 403 else "invalid_field",
    )


def test_sentences_come_in_the_language_asked_for(nobody):
    korean = nobody.get("/challenges/nothing", headers={"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"})
    assert problem(korean, 404, "not_found").detail == "그런 챌린지가 없습니다."
    assert korean.headers["Content-Language"] == "ko"
    other = nobody.get("/challenges/nothing", headers={"Accept-Language": "fr"})
    assert problem(other, 404, "not_found").detail == "There is no such challenge."


def test_a_fault_of_ours_tells_nothing_of_itself(nobody, monkeypatch, caplog):
    from arena import hosting

    def broken(_session):
        raise ValueError("label of P0001 is 1")

    monkeypatch.setattr(hosting, "every", broken)
    answer = nobody.get("/challenges")
    problem(answer, 500, "our_fault")
    assert "P0001" not in answer.text
    assert "P0001" in caplog.text


def test_a_database_that_is_away_is_said_to_be_our_fault(nobody, monkeypatch, caplog):
    from sqlalchemy.exc import OperationalError

    from arena import hosting

    def away(_session):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(hosting, "every", away)
    answer = nobody.get("/challenges")
    problem(answer, 503, "database")
    assert answer.headers["Retry-After"] == "2"
    assert caplog.records


def test_every_answer_has_a_reference_of_its_own_and_the_log_has_it_too(nobody, monkeypatch, caplog):
    from arena import hosting

    def broken(_session):
        raise ValueError

    first, second = (nobody.get("/labels-key", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] for _ in "ab")
    assert first != second
    assert first.startswith("req-")
    monkeypatch.setattr(hosting, "every", broken)
    reference = nobody.get("/challenges").headers["X-Request-Id"]
    assert reference in caplog.text


@pytest.mark.parametrize("path", ["/challenges/", "//challenges", "/challenges/small/", "/challenges/small/versions/"])
def test_a_slash_too_many_changes_nothing(nobody, path):
    plain = "/" + path.strip("/")
    assert nobody.get(path).data == nobody.get(plain).data


def test_a_head_is_a_get_without_its_body(nobody):
    got, head = nobody.get("/challenges/small"), nobody.ask("HEAD", "/challenges/small")
    assert (head.status_code, head.data) == (200, b"")
    kept = ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Vary")
    assert [head.headers[name] for name in kept] == [got.headers[name] for name in kept]
    assert nobody.ask("HEAD", "/challenges/nothing").status_code == 404


def test_options_name_the_methods_and_nothing_else(nobody):
    answer = nobody.ask("OPTIONS", "/challenges")
    assert (answer.status_code, answer.data, answer.headers.get("Content-Type")) == (204, b"", None)
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["Allow"].split(", "))
    problem(nobody.ask("OPTIONS", "/nothing"), 404, "not_found")


def test_an_address_without_end_is_refused(nobody):
    problem(nobody.get("/challenges?" + "x" * 9000), 414, "address_too_long")


def test_a_body_compressed_as_a_whole_is_refused_unread(ours):
    body = gzip.compress(b'{"name": "' + b"x" * 1000 + b'"}')
    headers = {"Content-Encoding": "gzip"}
    answer = ours.ask("POST", "/challenges/small/teams", data=body, content_type="application/json", headers=headers)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"hello", "multipart/form-data"),
        (b"hello", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ncut',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nid\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"a" * 200_000, "multipart/form-data; boundary=" + "y" * 3000),
        (b"--x\r\n" + b"X-A: b\r\n" * 5000, "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("path", ["/challenges/small/check", "/challenges/small/submissions"])
def test_a_form_that_is_broken_is_refused_and_costs_nothing(ours, path, content, kind):
    answer = ours.ask("POST", path, data=content, content_type=kind)
    assert answer.status_code in (400, 413, 422), answer.text
    problem(answer, answer.status_code, answer.json["code"])
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 0


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "application/x-www-form-urlencoded", ""])
def test_a_file_comes_in_a_form_alone(ours, kind):
    problem(ours.ask("POST", "/challenges/small/check", data=b"id", content_type=kind), 415, "unsupported_media_type")
