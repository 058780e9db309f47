"""The life of an export: queued, running, ready, failed, cancelled, taken over."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from conference.errors import Conflict, Denied, Invalid
from recordings.archive import archive
from recordings.exporting import Attempt, Stopped, claim, run_export
from recordings.models import Export, ExportState, Recording, Segment
from recordings.rules import (
    cancel_export,
    delete_export,
    delete_recording,
    request_export,
    retry_export,
)
from recordings.tasks import DEAD_AFTER, LOST_AFTER, MOST_DEATHS, requeue_exports
from rooms.access import Access
from rooms.models import Role
from tests.recordings.media import tone
from tests.recordings.meeting import Meeting

ROOT = Path(__file__).parent.parent.parent
QUEUE = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
LONG = 60  # seconds that a worker may take on a slow machine


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(0, 3)
    bob = meeting.join("Bob")
    meeting.publish(bob, tone(440, start=0, end=3))
    meeting.keep()
    recording.refresh_from_db()
    return recording


@pytest.fixture
def export(meeting: Meeting, recording: Recording) -> Export:
    return request_export(meeting.access, recording, format="mp4")


@pytest.fixture(autouse=True)
def empty_queue() -> Iterator[None]:
    yield
    for message in QUEUE.iterdir():
        message.unlink()


def test_an_export_is_made(meeting: Meeting, export: Export) -> None:
    run_export(str(export.pk), export.attempt)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert export.progress == 1
    assert export.bytes == archive().size(export.key)
    assert not list((settings.DATA_DIR / "work").iterdir())


def test_a_message_that_comes_twice_makes_one_file(export: Export) -> None:
    run_export(str(export.pk), export.attempt)
    key = Export.objects.get().key
    run_export(str(export.pk), export.attempt)
    assert Export.objects.get().key == key


def test_a_cancelled_export_stops_and_leaves_no_file(
    meeting: Meeting, export: Export
) -> None:
    attempt = claim(str(export.pk), export.attempt)
    assert attempt is not None
    cancel_export(meeting.access, export)
    with pytest.raises(Stopped):
        attempt.progress(0.5)
    assert Export.objects.get().state == ExportState.CANCELLED
    with pytest.raises(Conflict):
        cancel_export(meeting.access, export)


def test_one_that_is_cancelled_while_it_waits_is_never_made(
    meeting: Meeting, export: Export
) -> None:
    cancel_export(meeting.access, export)
    run_export(str(export.pk), export.attempt)
    assert Export.objects.get().state == ExportState.CANCELLED


def test_progress_is_said_once_a_second(export: Export) -> None:
    attempt = Attempt(export)
    Export.objects.update(state=ExportState.RUNNING)
    attempt.progress(0.25)
    attempt.progress(0.26)
    assert Export.objects.get().progress == 0.25


@pytest.mark.parametrize(("harm", "code"), [("remove", "missing"), ("cut", "damaged")])
def test_a_failure_is_told_to_the_owner_and_can_be_retried(
    meeting: Meeting, export: Export, harm: str, code: str
) -> None:
    path = Path(archive().path(Segment.objects.get().key))
    whole = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(whole[:-10])
    run_export(str(export.pk), export.attempt)
    export.refresh_from_db()
    assert (export.state, export.error_code) == (ExportState.FAILED, code)
    assert export.error_detail.endswith(".")

    path.write_bytes(whole)
    retry_export(meeting.access, export)
    assert (export.state, export.attempt, export.error_code) == ("queued", 2, "")
    run_export(str(export.pk), 1)  # the message of the first attempt
    assert Export.objects.get().state == ExportState.QUEUED
    run_export(str(export.pk), 2)
    assert Export.objects.get().state == ExportState.READY
    with pytest.raises(Conflict):
        retry_export(meeting.access, export)


def test_an_export_whose_worker_died_is_queued_again_a_few_times(
    export: Export,
) -> None:
    for death in range(1, MOST_DEATHS + 1):
        assert claim(str(export.pk), export.attempt) is not None
        Export.objects.update(seen_at=timezone.now() - DEAD_AFTER * 2)
        requeue_exports()
        export.refresh_from_db()
        assert export.deaths == death
    assert (export.state, export.error_code) == (ExportState.FAILED, "worker_lost")


def test_a_worker_that_was_taken_for_dead_changes_nothing(export: Export) -> None:
    slow = claim(str(export.pk), export.attempt)
    assert slow is not None
    Export.objects.update(seen_at=timezone.now() - DEAD_AFTER * 2)
    requeue_exports()
    with pytest.raises(Stopped):
        slow.update(state=ExportState.READY)
    assert Export.objects.get().state == ExportState.QUEUED


def test_a_message_that_was_lost_is_sent_again(export: Export) -> None:
    for message in QUEUE.iterdir():
        message.unlink()
    Export.objects.update(seen_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    requeue_exports()
    assert len(list(QUEUE.iterdir())) == 1
    requeue_exports()
    assert len(list(QUEUE.iterdir())) == 1


def test_only_a_ready_recording_is_exported(meeting: Meeting) -> None:
    with pytest.raises(Conflict, match="not ready"):
        request_export(meeting.access, meeting.record(0, None), format="mp4")


def test_formats_and_layouts_are_known_ones(
    meeting: Meeting, recording: Recording
) -> None:
    with pytest.raises(Invalid):
        request_export(meeting.access, recording, format="avi")
    with pytest.raises(Invalid):
        request_export(meeting.access, recording, format="mp4", layout="spiral")
    assert not Export.objects.exists()


def test_members_do_not_export(meeting: Meeting, recording: Recording) -> None:
    member = Access(meeting.room, Role.MEMBER, meeting.alice)
    with pytest.raises(Denied):
        request_export(member, recording, format="mp4")


def test_deleting_waits_for_the_export_and_then_leaves_nothing(
    meeting: Meeting, recording: Recording, export: Export
) -> None:
    with pytest.raises(Conflict):
        delete_recording(meeting.access, recording)
    with pytest.raises(Conflict):
        delete_export(meeting.access, export)
    run_export(str(export.pk), export.attempt)
    keys = [Export.objects.get().key, Segment.objects.get().key]
    assert all(archive().exists(key) for key in keys)
    delete_recording(meeting.access, recording)
    assert not any(archive().exists(key) for key in keys)
    assert not Recording.objects.exists()


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the tests' rows, queue and archive."""
    command = [sys.executable, "-m", "celery", "-A", "conference", "worker"]
    options = ["-Q", "media", "-P", "solo", "--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "conference.settings"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(export: Export, *states: str) -> None:
    deadline = time.monotonic() + LONG
    while export.state not in states:
        assert time.monotonic() < deadline, f"still {export.state}"
        time.sleep(0.05)
        export.refresh_from_db()


def test_a_worker_process_makes_it(export: Export, tmp_path: Path) -> None:
    with worker(tmp_path / "worker.log"):
        wait_for(export, ExportState.READY, ExportState.FAILED)
    assert export.state == ExportState.READY, export.error_detail


def test_a_worker_process_notices_a_cancel_within_a_second(
    meeting: Meeting, tmp_path: Path
) -> None:
    recording = meeting.record(0, 3600)
    meeting.join("Bob")
    meeting.keep(4000)
    export = request_export(meeting.access, recording, format="mp4")
    with worker(tmp_path / "worker.log"):
        wait_for(export, ExportState.RUNNING)
        cancel_export(meeting.access, export)
        cancelled = time.monotonic()
        while any((settings.DATA_DIR / "work").iterdir()):
            assert time.monotonic() < cancelled + 10
            time.sleep(0.05)
    assert Export.objects.get().state == ExportState.CANCELLED


def test_a_killed_worker_leaves_nothing_behind_for_the_next(
    meeting: Meeting, tmp_path: Path
) -> None:
    recording = meeting.record(0, 3600)
    meeting.join("Bob")
    meeting.keep(4000)
    export = request_export(meeting.access, recording, format="mp4")
    with worker(tmp_path / "worker.log"):
        wait_for(export, ExportState.RUNNING)
    Export.objects.update(seen_at=timezone.now() - DEAD_AFTER * 2)
    requeue_exports()
    Recording.objects.update(ended_us=recording.started_us + 1_000_000)
    with worker(tmp_path / "next.log"):
        wait_for(export, ExportState.READY, ExportState.FAILED)
    assert (export.state, export.deaths) == (ExportState.READY, 1)
    assert not list((settings.DATA_DIR / "work").iterdir())
