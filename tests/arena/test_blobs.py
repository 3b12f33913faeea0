"""Both stores: a folder, and S3 through a real server."""

import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from arena.store.blobs import STALE_SECONDS, Blobs, FolderBlobs, copy_to, open_blobs


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "folder":
        return open_blobs(str(tmp_path / "blobs"))
    server = request.getfixturevalue("s3_server")
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    return open_blobs("s3://arena-test/files")


@pytest.fixture(scope="session")
def s3_server():
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    ).create_bucket(Bucket="arena-test")
    yield environment
    server.stop()


def test_the_same_bytes_are_kept_once_under_their_digest(blobs: Blobs, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    first, second = blobs.put(io.BytesIO(content)), blobs.put(io.BytesIO(content))
    assert first == second
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert blobs.size(first.sha256) == len(content)
    with blobs.open(first.sha256) as stream:
        assert stream.read() == content
    copy_to(blobs, first.sha256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content
    blobs.delete(first.sha256)
    assert blobs.size(first.sha256) is None
    with pytest.raises(FileNotFoundError):
        blobs.open(first.sha256)


def test_an_upload_cut_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError

    store = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(ConnectionError):
        store.put(Cut())
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 63, "/" * 64, ""])
def test_only_a_digest_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FolderBlobs(tmp_path).open(name)


def test_what_a_killed_process_was_putting_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    kept = FolderBlobs(root).put(io.BytesIO(b"whole"))
    left, arriving = root / ".incoming-left", root / ".incoming-arriving"
    for path in (left, arriving):
        path.write_bytes(b"half")
    hours_ago = time.time() - 2 * STALE_SECONDS
    for path in (left, root / kept.sha256[:2] / kept.sha256):
        os.utime(path, (hours_ago, hours_ago))
    blobs = open_blobs(str(root))
    assert (left.exists(), arriving.exists(), blobs.size(kept.sha256)) == (False, True, 5)
