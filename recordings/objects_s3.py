"""Objects in a bucket of an S3 server.

One client for all threads of a process, which is what botocore makes them for, with
its pool of connections. Uploads go in parts of 8 MiB.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

from recordings.objects import (
    ObjectStorage,
    ObjectWriter,
    Shown,
    StorageAway,
    StoredObject,
    Upload,
    patiently,
)

PART_BYTES = 8 << 20  # an object has 10,000 parts at most: 80 GB
DELETED_AT_ONCE = 1000  # as S3 has it
ABSENT = ("NoSuchKey", "404")


class UploadLost(OSError):
    """The server does not know the upload any more."""


class BucketStorage(ObjectStorage, S3Storage):
    """``is_direct``: browsers are sent to the bucket for files."""

    def __init__(self, *, is_direct: bool, **settings: Any) -> None:
        self._is_direct = is_direct
        self._lock = Lock()
        self._shared: Any = None
        config = Config(
            signature_version="s3v4",
            # The bucket in the host's name is Amazon's way; others know the path.
            s3={
                "addressing_style": "path" if settings["endpoint_url"] else "virtual",
                "payload_signing_enabled": False,
            },
            # Checksums of the whole are sent with a part by some servers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=15,  # seconds
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=32,
        )
        super().__init__(client_config=config, **settings)

    @property
    def connection(self) -> Any:
        with self._lock:
            if self._shared is None:
                self._shared = self._create_session().resource(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                )
            return self._shared

    @cached_property
    def client(self) -> Any:
        return self.connection.meta.client

    def full_key(self, key: str) -> str:
        return str(self.location) + key

    def where(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self.full_key(key)}

    def read(self, key: str) -> bytes:
        with answers(key):
            data: bytes = self.client.get_object(**self.where(key))["Body"].read()
            return data

    def read_part(self, key: str, first: int, count: int) -> bytes:
        part = f"bytes={first}-{first + count - 1}"
        with answers(key):
            answer = self.client.get_object(**self.where(key), Range=part)
            data: bytes = answer["Body"].read()
            return data

    def size(self, name: str) -> int:
        with answers(name):
            return int(self.client.head_object(**self.where(name))["ContentLength"])

    def exists(self, name: str) -> bool:
        with answers(name):
            return bool(super().exists(name))

    def writer(self, key: str) -> ObjectWriter:
        return PartsWriter(self, key, patience_seconds=None)

    def _save(self, name: str, content: "File[bytes]") -> str:
        """At once or not: who saves small things has something better to do."""
        with PartsWriter(self, name, patience_seconds=0) as writer:
            writer.copy(content)
        return name

    def delete(self, name: str) -> None:
        with answers(name):
            self.client.delete_object(**self.where(name))

    def delete_many(self, keys: Iterable[str]) -> None:
        listed = list(keys)
        for start in range(0, len(listed), DELETED_AT_ONCE):
            part = listed[start : start + DELETED_AT_ONCE]
            with answers(part[0]):
                answer = self.client.delete_objects(
                    Bucket=self.bucket_name,
                    Delete={
                        "Objects": [{"Key": self.full_key(key)} for key in part],
                        "Quiet": True,
                    },
                )
            for error in answer.get("Errors", ()):
                raise OSError(f"{error['Key']} was not deleted: {error['Code']}.")

    def walk(self, prefix: str) -> Iterator[StoredObject]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=self.full_key(prefix)
        )
        with answers(prefix):
            for page in pages:
                for one in page.get("Contents", ()):
                    key = one["Key"].removeprefix(self.location)
                    yield StoredObject(key, one["Size"], one["LastModified"])

    def uploads(self) -> Iterator[Upload]:
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket_name, Prefix=self.location
        )
        # Some servers say so of a bucket that has seen none yet.
        with suppress(UploadLost), answers("uploads"):
            for page in pages:
                for one in page.get("Uploads", ()):
                    key = one["Key"].removeprefix(self.location)
                    yield Upload(key, one["UploadId"], one["Initiated"])

    def abort_upload(self, upload: Upload) -> None:
        with answers(upload.key), suppress(UploadLost):
            self.client.abort_multipart_upload(
                **self.where(upload.key), UploadId=upload.id
            )

    def signed_url(self, key: str, shown: Shown, *, seconds: int) -> str | None:
        if not self._is_direct:
            return None
        disposition = content_disposition_header(
            as_attachment=not shown.inline, filename=shown.name
        )
        asked = {
            "ResponseContentType": shown.content_type,
            "ResponseContentDisposition": disposition or "inline",
        }
        url: str = self.client.generate_presigned_url(
            "get_object", Params=self.where(key) | asked, ExpiresIn=seconds
        )
        return url


class PartsWriter(ObjectWriter):
    """What fits into one part is sent as one; of more, each part when it is full.

    Waits for a storage that is away for ``patience_seconds``, or as long as
    ``patiently`` does.
    """

    def __init__(
        self, storage: BucketStorage, key: str, *, patience_seconds: float | None
    ) -> None:
        self._storage = storage
        self._client = storage.client
        self._where = storage.where(key)
        self._key = key
        self._patience = (
            {} if patience_seconds is None else {"seconds": patience_seconds}
        )
        self._buffer = bytearray()
        self._upload: str | None = None
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) > PART_BYTES:
            self._send_part(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]
        return len(data)

    def commit(self) -> None:
        try:
            if self._upload is None:
                self._call("put_object", Body=bytes(self._buffer), **self._about())
            else:
                self._send_part(bytes(self._buffer))
                self._complete()
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Where even that fails, the periodic task does it."""
        if self._upload is not None:
            upload, self._upload = self._upload, None
            with suppress(OSError):
                self._call("abort_multipart_upload", UploadId=upload)

    def _send_part(self, data: bytes) -> None:
        if self._upload is None:
            begun = self._call("create_multipart_upload", **self._about())
            self._upload = begun["UploadId"]
        number = len(self._parts) + 1
        sent = self._call(
            "upload_part", UploadId=self._upload, PartNumber=number, Body=data
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})

    def _complete(self) -> None:
        try:
            self._call(
                "complete_multipart_upload",
                UploadId=self._upload,
                MultipartUpload={"Parts": self._parts},
            )
        except UploadLost:
            # The answer to an earlier try was lost: then the object is there.
            if not self._storage.exists(self._key):
                raise

    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = self._storage._get_write_parameters(self._key)
        return about

    def _call(self, operation: str, **arguments: Any) -> Any:
        def call() -> Any:
            with answers(self._key):
                return getattr(self._client, operation)(**self._where, **arguments)

        return patiently(call, **self._patience)


@contextmanager
def answers(key: str) -> Iterator[None]:
    """botocore's errors as those of files."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in ABSENT:
            raise FileNotFoundError(f"{key} is not in the bucket.") from error
        if code == "NoSuchUpload":
            raise UploadLost(f"The upload of {key} is lost.") from error
        kind = StorageAway if status >= 500 or status == 429 else OSError
        raise kind(f"{key}: {error}") from error
    except (BotoCoreError, OSError) as error:
        if isinstance(error, FileNotFoundError | UploadLost):
            raise
        raise StorageAway(f"{key}: {error}") from error
