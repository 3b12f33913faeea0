import hashlib
from datetime import timedelta

import pytest

from arena import publishing, receipts, wire, wire_receipts
from arena.store.blobs import FolderBlobs
from arena.store.engine import transaction
from tests.arena.conftest import OPENS, predictions, write_folder


def test_the_list_and_the_detail_say_the_same(nobody):
    listed = wire.ChallengeList.model_validate_json(nobody.get("/challenges").data).challenges
    assert [one.slug for one in listed] == ["small"]
    detail = wire.ChallengeDetail.model_validate_json(nobody.get("/challenges/small").data)
    assert detail.model_dump().items() >= listed[0].model_dump().items()
    assert (detail.status, detail.primary, detail.gate, detail.id_column) == (
        "open",
        "ipa@1095",
        "significant",
        "patient_id",
    )
    assert [(column.name, column.holds, column.horizon) for column in detail.columns] == [
        ("p_3y", "event_probability", 1095)
    ]
    assert [(metric.key, metric.primary, metric.better) for metric in detail.metrics] == [("ipa@1095", True, "higher")]
    assert (detail.limits.per_day, detail.limits.total) == (3, 5)
    assert {one.name: one.reference for one in detail.baselines} == {"null": False, "simple": True}
    assert detail.texts["overview"].ko.startswith("# overview")


def test_no_file_of_a_challenge_is_listed_but_those_to_download(nobody):
    detail = wire.ChallengeDetail.model_validate_json(nobody.get("/challenges/small").data)
    assert [file.name for file in detail.files] == [
        "train.csv",
        "test.csv",
        "dictionary.csv",
        "sample_submission.csv",
        "challenge.toml",
    ]
    # Of the labels it tells the digests under the seal, and no name that could be asked for.
    assert "labels." not in nobody.get("/challenges/small").text


def test_a_file_comes_whole_with_its_digest(nobody, site):
    answer = nobody.get("/challenges/small/files/test.csv")
    content = (site.folder / "small" / "test.csv").read_bytes()
    assert (answer.status_code, answer.data, answer.mimetype) == (200, content, "text/csv")
    assert answer.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("wanted", "start", "stop"), [("bytes=0-9", 0, 10), ("bytes=20-", 20, None), ("bytes=-5", -5, None)]
)
def test_a_range_comes_alone(nobody, site, wanted, start, stop):
    content = (site.folder / "small" / "test.csv").read_bytes()
    answer = nobody.get("/challenges/small/files/test.csv", headers={"Range": wanted})
    assert (answer.status_code, answer.data) == (206, content[start:stop])
    assert answer.headers["Content-Range"].endswith(f"/{len(content)}")


def test_a_range_of_another_version_gets_the_whole_file(nobody, site):
    headers = {"Range": "bytes=5-", "If-Range": f'"{"0" * 64}"'}
    answer = nobody.get("/challenges/small/files/test.csv", headers=headers)
    assert (answer.status_code, len(answer.data)) == (200, (site.folder / "small" / "test.csv").stat().st_size)


def test_several_ranges_get_the_whole_file(nobody, site):
    answer = nobody.get("/challenges/small/files/test.csv", headers={"Range": "bytes=0-1,5-6"})
    assert (answer.status_code, len(answer.data)) == (200, (site.folder / "small" / "test.csv").stat().st_size)


def test_a_range_beyond_the_end_is_refused(nobody):
    answer = nobody.get("/challenges/small/files/test.csv", headers={"Range": "bytes=999999-"})
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize(
    "path",
    [
        "/challenges", "/challenges/small", "/challenges/small/files/test.csv", "/challenges/small/leaderboard", "/openapi.json",
        "/challenges/small/versions", "/challenges/small/versions/1", "/labels-key",
    ],
)  # fmt: skip
def test_what_has_not_changed_costs_a_304(nobody, path):
    first = nobody.get(path)
    again = nobody.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_lost_file_is_our_fault(nobody, monkeypatch):
    def lost(_self, sha256):
        raise FileNotFoundError(sha256)

    monkeypatch.setattr(FolderBlobs, "open", lost)
    answer = nobody.get("/challenges/small/files/test.csv")
    assert (answer.status_code, answer.json["code"]) == (503, "file_lost")


def test_the_agreement_is_accepted_in_its_present_version(enter):
    caller = enter("kim")
    assert caller.get("/challenges/small").json["agreement"]["accepted"] is False
    refused = caller.post("/challenges/small/agreement", {"version": "0"})
    assert (refused.status_code, refused.json["code"]) == (409, "agreement_version")
    accepted = caller.post("/challenges/small/agreement", {"version": "1"})
    assert accepted.status_code == 200
    again = caller.post("/challenges/small/agreement", {"version": "1"})
    assert again.json == accepted.json
    assert caller.get("/challenges/small").json["agreement"]["accepted"] is True


def test_files_wait_for_the_agreement_where_it_comes_before_the_download(site, nobody, enter):
    folder = site.folder / "guarded"
    write_folder(folder, slug="guarded")
    toml = (folder / "challenge.toml").read_text(encoding="utf-8")
    (folder / "challenge.toml").write_text(
        toml.replace('before = "submission"', 'before = "download"'), encoding="utf-8"
    )
    collected = publishing.collect(site.blobs, folder)
    with transaction(site.engine) as session:
        publishing.publish(session, collected, opens_at=OPENS, closes_at=None, at=OPENS, sign=site.signer.sign)
    caller = enter("kim")
    path = "/challenges/guarded/files/train.csv"
    assert nobody.get(path).json["code"] == "token_needed"
    assert (caller.get(path).status_code, caller.get(path).json["code"]) == (403, "agreement_needed")
    caller.post("/challenges/guarded/agreement", {"version": "1"})
    assert caller.get(path).status_code == 200


def test_the_labels_key_is_there_for_everybody(nobody):
    found = wire.LabelsKey.model_validate_json(nobody.get("/labels-key").data)
    assert found.key == "ab" * 32
    assert len(found.fingerprint.replace(" ", "")) == 32


def test_the_receipt_key_is_there_for_everybody(nobody, site):
    found = wire_receipts.ReceiptKey.model_validate_json(nobody.get("/receipt-key").data)
    assert found.key == site.signer.public_key
    assert found.fingerprint == receipts.fingerprint(found.key)


def test_without_a_labels_key_it_is_our_fault(nobody, settings):
    settings.labels_key_file.unlink()
    answer = nobody.get("/labels-key")
    assert (answer.status_code, answer.json["code"]) == (503, "no_labels_key")


def test_files_wait_for_the_opening(nobody, site):
    site.now = OPENS - timedelta(seconds=1)
    answer = nobody.get("/challenges/small/files/train.csv")
    assert (answer.status_code, answer.json["code"]) == (403, "not_open")
    site.now = OPENS
    assert nobody.get("/challenges/small/files/train.csv").status_code == 200


@pytest.mark.parametrize("path", ["/challenges/small/team", "/challenges/small/submissions", "/submissions/{id}"])
def test_what_is_ones_own_is_kept_by_oneself_alone(ours, theirs, site, path):
    sent = ours.send("/challenges/small/submissions", predictions(site.ids, 10)).json["id"]
    first = ours.get(path.format(id=sent))
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    assert {"Authorization", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    tag = {"If-None-Match": first.headers["ETag"]}
    assert ours.get(path.format(id=sent), headers=tag).status_code == 304
    # Another team with the same tag is no reader of it.
    assert theirs.get(path.format(id=sent), headers=tag).status_code in (200, 404)


def test_lists_come_in_stretches_in_a_stable_order(nobody, site):
    for slug in ("b-two", "a-three"):
        site.publish(slug)
    whole = [one["slug"] for one in nobody.get("/challenges").json["challenges"]]
    assert whole == ["small", "b-two", "a-three"]
    seen, address = [], "/challenges?limit=2"
    while address:
        page = nobody.get(address).json
        seen.append([one["slug"] for one in page["challenges"]])
        address = (page["next"] or "").removeprefix("/api/v1")
    assert seen == [["small", "b-two"], ["a-three"]]
    assert nobody.get("/challenges?offset=50").json == {"challenges": [], "next": None}
    versions = nobody.get("/challenges/small/versions?limit=1").json
    assert ([one["number"] for one in versions["versions"]], versions["next"]) == ([1], None)
    for bad in ("limit=0", "limit=1001", "offset=-1", "limit=x"):
        assert nobody.get(f"/challenges?{bad}").status_code == 422
