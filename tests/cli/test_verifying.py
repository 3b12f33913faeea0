"""`arena verify`: with the site's key over HTTP, with a kept key without any network."""

import json

import pytest

from arena import receipts
from tests.arena.conftest import predictions


@pytest.fixture
def sent(ours, site, tmp_path):
    content = predictions(site.ids, 10)
    receipt = ours.send("/challenges/small/submissions", content).json["receipt"]
    (tmp_path / "mine.csv").write_bytes(content)
    (tmp_path / "r.json").write_text(json.dumps(receipt, indent=2), encoding="utf-8")
    (tmp_path / "key.json").write_text(json.dumps({"key": site.signer.public_key}), encoding="ascii")
    (tmp_path / "bare").write_text(site.signer.public_key.upper() + "\n", encoding="ascii")
    return receipt


def test_a_receipt_is_verified_over_http_and_offline(arena, address, sent, site):
    done = arena("verify", "r.json", "mine.csv", "--url", address)
    assert done.returncode == 0, done.stderr
    assert "Genuine: signed by the holder of this key." in done.stdout
    assert "The file is the one that it names." in done.stdout
    for part in (sent["submission"], sent["received_at"], sent["file_sha256"], "small"):
        assert part in done.stdout
    for key in ("key.json", "bare"):
        assert arena("verify", "r.json", "--key", key).returncode == 0
    found = json.loads(arena("verify", "r.json", "mine.csv", "--key", "key.json", "--json").stdout)
    assert (found["valid"], found["faults"], found["receipt"]) == (True, [], sent)
    assert found["fingerprint"] == receipts.fingerprint(site.signer.public_key)
    assert "진짜 접수증입니다" in arena("verify", "r.json", "--key", "bare", language="ko_KR.UTF-8").stdout


def test_what_is_wrong_has_its_name_and_exit_code(arena, sent, tmp_path):
    (tmp_path / "changed.json").write_text(json.dumps({**sent, "received_at": "1999-01-01T00:00:00+00:00"}))
    done = arena("verify", "changed.json", "--key", "bare")
    assert (done.returncode, "changed afterwards" in done.stderr, "1999" in done.stdout) == (1, True, False)
    (tmp_path / "other.csv").write_text("x")
    done = arena("verify", "r.json", "other.csv", "--key", "bare", "--json")
    assert done.returncode == 1
    assert [one["code"] for one in json.loads(done.stdout)["faults"]] == ["other_file"]
    (tmp_path / "foreign").write_text("11" * 32)
    done = arena("verify", "r.json", "--key", "foreign")
    assert (done.returncode, "another key" in done.stderr) == (1, True)
    assert arena("verify", "mine.csv", "--key", "bare").returncode == 1


def test_wrong_calls_and_silent_sites(arena, sent, tmp_path):
    assert arena("verify", "nothing.json", "--key", "bare").returncode == 2
    assert arena("verify", "r.json", "--key", "mine.csv").returncode == 2
    assert arena("verify", "r.json", "--key", "bare", "--url", "http://127.0.0.1:1").returncode == 2
    unsaid = arena("verify", "r.json")
    assert (unsaid.returncode, "--url or --key" in unsaid.stderr.replace("\n", " ")) == (2, True)
    assert arena("verify", "r.json", "--url", "http://127.0.0.1:1").returncode == 3
