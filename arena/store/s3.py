"""Stored files in an S3 bucket."""

import hashlib
import tempfile
from typing import Any, BinaryIO, cast

import boto3
from botocore.exceptions import ClientError

from arena.store.blobs import CHUNK, Blob


class S3Blobs:
    """Objects named by their SHA-256; the client reads its address and credentials from the usual AWS variables."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix
        self._client: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:  # made at first use, so that a forked horse opens its own connections
            self._client = boto3.client("s3")
        return self._client

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}/{sha256[:2]}/{sha256}".lstrip("/")

    def put(self, stream: BinaryIO) -> Blob:
        digest = hashlib.sha256()
        size = 0
        with tempfile.SpooledTemporaryFile(max_size=8 * CHUNK) as spool:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                spool.write(chunk)
            spool.seek(0)
            self.client.upload_fileobj(spool, self.bucket, self._key(digest.hexdigest()))
        return Blob(digest.hexdigest(), size)

    def open(self, sha256: str) -> BinaryIO:
        spool = tempfile.SpooledTemporaryFile(max_size=8 * CHUNK)  # noqa: SIM115 (the caller closes it)
        try:
            self.client.download_fileobj(self.bucket, self._key(sha256), spool)
        except ClientError as error:
            spool.close()
            raise FileNotFoundError(sha256) from error
        spool.seek(0)
        return cast("BinaryIO", spool)

    def size(self, sha256: str) -> int | None:
        try:
            return int(self.client.head_object(Bucket=self.bucket, Key=self._key(sha256))["ContentLength"])
        except ClientError:
            return None

    def delete(self, sha256: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self._key(sha256))
