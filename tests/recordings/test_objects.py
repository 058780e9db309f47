"""What every archive does, a folder and a bucket of a real S3 server."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.utils import timezone

from conference import object_storage
from recordings.archive import archive
from recordings.objects import FolderStorage, ObjectStorage, Shown
from recordings.objects_s3 import PART_BYTES, BucketStorage
from recordings.orphans import remove_strays
from tests.s3 import S3Server

SHOWN = Shown("Weekly sync.mp4", "video/mp4", inline=False)


def folder(path: Path) -> dict[str, Any]:
    return {
        "BACKEND": "recordings.objects.FolderStorage",
        "OPTIONS": {"location": path},
    }


def bucket(s3: S3Server, **options: Any) -> BucketStorage:
    return BucketStorage(**s3.storage(**options)["OPTIONS"])


@pytest.fixture(params=["folder", "bucket"])
def storage(
    request: pytest.FixtureRequest, s3: S3Server, tmp_path: Path
) -> ObjectStorage:
    if request.param == "folder":
        return FolderStorage(location=tmp_path)
    return bucket(s3)


@pytest.fixture
def key(storage: ObjectStorage) -> Iterator[str]:
    key = f"rooms/{uuid4()}/one.seg"
    yield key
    storage.delete(key)


def test_what_is_saved_is_read_whole_and_in_part(
    storage: ObjectStorage, key: str
) -> None:
    assert storage.save(key, ContentFile(b"0123456789")) == key
    assert storage.read(key) == b"0123456789"
    assert storage.read_part(key, 2, 3) == b"234"
    assert storage.read_part(key, 8, 100) == b"89"
    assert (storage.size(key), storage.exists(key)) == (10, True)
    with storage.open(key) as file:
        assert file.read() == b"0123456789"


def test_what_is_not_there_is_a_missing_file(storage: ObjectStorage, key: str) -> None:
    assert not storage.exists(key)
    for ask in (
        lambda: storage.read(key),
        lambda: storage.read_part(key, 0, 1),
        lambda: storage.size(key),
    ):
        with pytest.raises(FileNotFoundError):
            ask()
    storage.delete_many([key])


def test_objects_are_listed_by_the_start_of_their_keys(storage: ObjectStorage) -> None:
    start = f"rooms/{uuid4()}"
    keys = [f"{start}/a/1.seg", f"{start}/a/2.seg", f"{start}/b.mp4"]
    for key in keys:
        storage.save(key, ContentFile(b"12345"))
    found = sorted(storage.walk(f"{start}/"), key=lambda one: one.key)
    assert [one.key for one in found] == keys
    assert {one.bytes for one in found} == {5}
    assert all(
        abs(one.modified_at - timezone.now()) < timedelta(minutes=5) for one in found
    )
    assert [one.key for one in storage.walk(f"{start}/a/")] == keys[:2]
    storage.delete_many(keys)
    assert list(storage.walk(f"{start}/")) == []
    assert list(storage.walk(f"rooms/{uuid4()}/")) == []


@pytest.mark.parametrize("size", [0, 5, PART_BYTES, 2 * PART_BYTES + 17])
def test_a_writer_takes_any_size(storage: ObjectStorage, key: str, size: int) -> None:
    piece = os.urandom(1 << 20)
    content = (piece * (size // len(piece) + 1))[:size]
    with storage.writer(key) as writer:
        for start in range(0, size, 700_000):
            writer.write(content[start : start + 700_000])
    assert storage.read(key) == content
    assert not list(storage.uploads())


def test_what_is_not_finished_is_not_there(storage: ObjectStorage, key: str) -> None:
    def fail() -> None:
        with storage.writer(key) as writer:
            writer.write(bytes(PART_BYTES + 1))
            raise RuntimeError("of the exporter")

    with pytest.raises(RuntimeError):
        fail()
    assert not storage.exists(key)
    assert not list(storage.uploads())
    assert not list(storage.walk(key.rpartition("/")[0]))


def test_a_link_to_the_bucket_gives_parts_and_expires(s3: S3Server) -> None:
    storage = bucket(s3)
    storage.save("rooms/a.mp4", ContentFile(b"0123456789"))
    url = storage.signed_url("rooms/a.mp4", SHOWN, seconds=60)
    assert url is not None
    asked = urllib.request.Request(url, headers={"Range": "bytes=3-5"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.read() == b"345"
        assert answer.headers["Content-Range"] == "bytes 3-5/10"
        assert answer.headers["Content-Type"] == "video/mp4"
        assert "Weekly sync.mp4" in answer.headers["Content-Disposition"]
    for wrong in (url[:-4] + "0000", url.partition("?")[0]):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(wrong, timeout=60)
        assert refused.value.code in (400, 403)
        refused.value.close()
    storage.delete("rooms/a.mp4")


def test_browsers_go_to_the_bucket_only_if_they_may(s3: S3Server) -> None:
    storage = bucket(s3, is_direct=False)
    assert storage.signed_url("rooms/a.mp4", SHOWN, seconds=60) is None


def test_objects_are_encrypted_and_named_as_the_settings_say(s3: S3Server) -> None:
    storage = bucket(
        s3,
        location="conference/",
        object_parameters={"ServerSideEncryption": "AES256"},
    )
    for name, size in (("small", 5), ("large", PART_BYTES + 1)):
        storage.save(name, ContentFile(bytes(size)))
        head = storage.client.head_object(Bucket="archive", Key=f"conference/{name}")
        assert head["ServerSideEncryption"] == "AES256"
    assert sorted(one.key for one in storage.walk("")) == ["large", "small"]
    assert not bucket(s3).exists("small")
    storage.delete_many(["large", "small"])


DYING = """
import os, signal, django
os.environ["DJANGO_SETTINGS_MODULE"] = "conference.settings"
django.setup()
from recordings.archive import archive
archive().writer("rooms/film.mp4").write(bytes((8 << 20) + 1))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db
def test_uploads_whose_process_died_are_aborted(s3: S3Server, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "archive": s3.storage()}
    killed = subprocess.run(
        [sys.executable, "-c", DYING], env=os.environ | s3.environment
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(list(archive().uploads())) == 1
    assert remove_strays(now=timezone.now()).uploads == 0  # may still be written
    assert remove_strays(now=timezone.now() + timedelta(hours=2)).uploads == 1
    assert not list(archive().uploads())


def test_the_environment_chooses(
    s3: S3Server, monkeypatch: Any, tmp_path: Path
) -> None:
    assert object_storage.read(tmp_path) == folder(tmp_path)
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    chosen = object_storage.read(tmp_path)
    assert chosen == s3.storage()
    assert object_storage.download_origin(chosen) == s3.url
    monkeypatch.setenv("S3_DOWNLOADS", "proxy")
    assert object_storage.download_origin(object_storage.read(tmp_path)) == ""


def test_links_to_amazon_lead_where_pages_may_play_from(
    monkeypatch: Any, tmp_path: Path, s3: S3Server
) -> None:
    for name, value in (s3.environment | {"S3_REGION": "eu-west-1"}).items():
        if name != "S3_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    chosen = object_storage.read(tmp_path)
    url = BucketStorage(**chosen["OPTIONS"]).signed_url("a.mp4", SHOWN, seconds=60)
    assert str(url).startswith(f"{object_storage.download_origin(chosen)}/a.mp4?")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S3_ENDPOINT_URL", "s3.example.com"),
        ("S3_KEY_TEMPLATE", "conference/"),
        ("S3_KEY_TEMPLATE", "conference-{key}"),
        ("S3_KEY_TEMPLATE", "{key}.bin"),
        ("S3_ENCRYPTION", "rot13"),
        ("S3_KMS_KEY_ID", "alias/meetings"),
        ("S3_ACCESS_KEY_ID", "alone"),
        ("S3_DOWNLOADS", "maybe"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: Any, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        object_storage.read(tmp_path)
