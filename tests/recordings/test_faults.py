"""The storage goes away, or is full: nothing is lost, and what failed says so.

``FAULT_SECONDS`` is for how long an S3 server is away; 20 in the full test.
"""

import os
import resource
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conference.errors import Conflict
from recordings.archive import archive
from recordings.export_file import file_link
from recordings.exporting import run_export
from recordings.models import Export, ExportFormat, ExportState, Recording
from recordings.objects import StorageAway
from recordings.objects_s3 import PART_BYTES
from recordings.rules import (
    delete_export,
    delete_recording,
    request_export,
    retry_export,
)
from recordings.tasks import remove_stray_objects
from rooms.streams.record import Codec
from tests.recordings.media import tone
from tests.recordings.meeting import Meeting
from tests.recordings.test_keeping import hot, kept
from tests.s3 import S3Server, s3_server
from tests.server import asgi_server

AWAY_SECONDS = float(os.environ.get("FAULT_SECONDS", "2"))


@pytest.fixture
def own_s3(settings: Any) -> Iterator[S3Server]:
    """The archive is in a server that may be stopped."""
    with s3_server() as server:
        settings.STORAGES = {**settings.STORAGES, "archive": server.storage()}
        yield server


@contextmanager
def later(work: Any) -> Iterator[None]:
    """Done by itself when the server has been away for so long."""
    timer = threading.Timer(AWAY_SECONDS, work)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def recorded(meeting: Meeting, seconds: float = 3, **options: Any) -> Recording:
    recording = meeting.record(0, seconds)
    bob = meeting.join("Bob")
    meeting.publish(bob, tone(440, start=0, end=seconds, **options))
    meeting.keep(seconds + 200)
    recording.refresh_from_db()
    return recording


def test_records_wait_for_a_bucket_that_is_away(
    meeting: Meeting, own_s3: S3Server
) -> None:
    bob = meeting.join("Bob")
    meeting.record(0, 12)
    meeting.publish(bob, tone(440, start=0, end=12))
    sent = hot(bob)
    own_s3.stop()
    with pytest.raises(StorageAway):
        meeting.keep(60)
    assert hot(bob) == sent
    own_s3.start()
    own_s3.pause()
    with later(own_s3.resume):
        meeting.keep(60)
    found = [record.stored for record in kept(bob)]
    assert found == sent[: len(found)]
    assert len(found) == pytest.approx(600, abs=2)
    assert hot(bob) == sent[len(found) :]


@pytest.mark.parametrize("format", ["mp4", "tracks"])
def test_an_export_waits_for_a_bucket_that_is_away(
    meeting: Meeting, own_s3: S3Server, format: str
) -> None:
    export = request_export(meeting.access, recorded(meeting), format=format)
    own_s3.stop()
    with later(own_s3.start):
        run_export(str(export.pk), 1)
    export.refresh_from_db()
    assert export.state == ExportState.READY, export.error_detail
    assert archive().size(export.key) == export.bytes
    assert not list(archive().uploads())


def test_an_upload_waits_for_a_bucket_that_is_away(own_s3: S3Server) -> None:
    part = os.urandom(PART_BYTES)
    writer = archive().writer("rooms/film.mp4")
    writer.write(part + part)
    own_s3.pause()
    with later(own_s3.resume):
        writer.write(part)
    own_s3.pause()
    with later(own_s3.resume):
        writer.write(b"the end")
        writer.commit()
    assert archive().read("rooms/film.mp4") == part * 3 + b"the end"
    assert not list(archive().uploads())


def test_a_download_waits_for_a_bucket_that_is_away(
    meeting: Meeting, own_s3: S3Server, settings: Any
) -> None:
    export = Export.objects.create(
        recording=recorded(meeting),
        format=ExportFormat.MP4,
        state=ExportState.READY,
        key="rooms/film.mp4",
        finished_at=timezone.now(),
    )
    film = os.urandom(12 << 20)
    archive().save(export.key, ContentFile(film))
    proxied = own_s3.storage(is_direct=False)
    settings.STORAGES = {**settings.STORAGES, "archive": proxied}
    link = file_link(export, inline=False)
    environment: dict[str, Any] = own_s3.environment | {"S3_DOWNLOADS": "proxy"}
    with (
        asgi_server(Path(settings.DATA_DIR), **environment) as server,
        urllib.request.urlopen(server.url + link, timeout=90) as answer,
    ):
        got = answer.read(1 << 20)
        own_s3.pause()
        with later(own_s3.resume):
            got += answer.read()
    assert got == film


def test_what_is_asked_for_meanwhile_says_so(
    meeting: Meeting, own_s3: S3Server, settings: Any
) -> None:
    export = Export.objects.create(
        recording=recorded(meeting),
        format=ExportFormat.MP4,
        state=ExportState.READY,
        key="rooms/film.mp4",
    )
    Recording.objects.update(poster="rooms/poster.jpg")
    proxied = own_s3.storage(is_direct=False)
    settings.STORAGES = {**settings.STORAGES, "archive": proxied}
    alice = Client()
    alice.force_login(meeting.alice)
    own_s3.stop()
    poster = reverse("recording_poster", args=[export.recording_id])
    for address in (file_link(export, inline=False), poster):
        answer = alice.get(address)
        assert answer.status_code == 503
        assert "does not answer" in answer.text
        assert answer.headers["Retry-After"] == "30"
    delete_export(meeting.access, export)  # the file is left for later
    assert not Export.objects.exists()
    with pytest.raises(Conflict):
        delete_export(meeting.access, export)


def test_a_deletion_does_not_wait_and_is_finished_later(
    meeting: Meeting, own_s3: S3Server
) -> None:
    recording = recorded(meeting)
    (key,) = recording.segments.values_list("key", flat=True)
    own_s3.stop()
    delete_recording(meeting.access, recording)
    assert not Recording.objects.exists()
    own_s3.start()
    assert archive().exists(key)
    meeting.room.delete()  # else it is left alone for an hour
    remove_stray_objects()
    assert not archive().exists(key)


@contextmanager
def small_disk(limit: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_fails_the_export_and_nothing_else(
    meeting: Meeting, settings: Any
) -> None:
    recording = recorded(meeting, seconds=120, codec=Codec.PCM)
    export = request_export(meeting.access, recording, format="tracks")
    with small_disk(8 << 20):  # the file has 11 MB
        run_export(str(export.pk), 1)
    export.refresh_from_db()
    assert (export.state, export.error_code) == (ExportState.FAILED, "disk_full")
    assert "full" in export.error_detail
    assert not list((settings.DATA_DIR / "work").iterdir())
    left = [one.key for one in archive().walk("rooms/") if str(export.pk) in one.key]
    assert left == []
    retry_export(meeting.access, export)
    run_export(str(export.pk), 2)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert export.bytes > 8 << 20
    delete_recording(meeting.access, recording)
