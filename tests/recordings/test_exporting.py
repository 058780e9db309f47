"""The life of an export: queued, running, ready, failed, cancelled, taken over."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.utils import timezone

from conference.errors import Conflict, Denied, Invalid
from recordings.archive import archive
from recordings.claims import (
    DEAD_AFTER,
    MOST_DEATHS,
    Claim,
    Stopped,
    begin,
    claim_next,
)
from recordings.exporting import LOST_AFTER, job_of, plan_of, run_export
from recordings.models import (
    Export,
    ExportPart,
    ExportState,
    PartState,
    Recording,
    Segment,
)
from recordings.rules import (
    cancel_export,
    delete_export,
    delete_recording,
    request_export,
    retry_export,
)
from recordings.tasks import requeue_exports
from rooms.access import Access
from rooms.models import Role
from tests.recordings.media import open_film, tone
from tests.recordings.meeting import Meeting

ROOT = Path(__file__).parent.parent.parent
QUEUE = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
# Exports whose worker is killed at a random point; 20 in the full test.
KILLS = int(os.environ.get("EXPORT_KILLS", "2"))
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


def claim(export: Export) -> Claim:
    """As the first worker does it, or one that comes later."""
    begin(export, plan_of(export, job_of(export)))
    claimed = claim_next(export)
    assert claimed is not None
    return claimed


def folders_of(export: Export) -> list[Path]:
    root = Path(settings.DATA_DIR) / "work"
    return list(root.glob(f"{export.pk}-*")) if root.exists() else []


def wait_until_gone(find: Callable[[], Collection[object]], most: int = 0) -> None:
    deadline = time.monotonic() + LONG
    while len(find()) > most:
        assert time.monotonic() < deadline, f"still there: {find()}"
        time.sleep(0.05)


def objects_of(export: Export) -> list[str]:
    return [one.key for one in archive().walk("rooms/") if str(export.pk) in one.key]


def test_an_export_is_made(meeting: Meeting, export: Export) -> None:
    run_export(str(export.pk), export.attempt)
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert export.progress == 1
    assert export.bytes == archive().size(export.key)
    assert objects_of(export) == [export.key]
    assert not folders_of(export)


def test_a_message_that_comes_twice_makes_one_file(export: Export) -> None:
    run_export(str(export.pk), export.attempt)
    key = Export.objects.get().key
    run_export(str(export.pk), export.attempt)
    assert Export.objects.get().key == key


def test_a_cancelled_export_stops_and_leaves_no_file(
    meeting: Meeting, export: Export
) -> None:
    claimed = claim(export)
    cancel_export(meeting.access, export)
    with pytest.raises(Stopped):
        claimed.progress(0.5)
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
    claimed = claim(export)
    claimed.progress(0.25)
    claimed.progress(0.75)
    assert ExportPart.objects.get(pk=claimed.part.pk).progress == 0.25
    assert 0 < Export.objects.get().progress < 0.25


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


def test_a_part_whose_worker_died_is_made_again_a_few_times(export: Export) -> None:
    for death in range(1, MOST_DEATHS + 1):
        claim(export)
        ExportPart.objects.update(seen_at=timezone.now() - DEAD_AFTER * 2)
        requeue_exports()
        export.refresh_from_db()
        assert export.deaths == death
    assert (export.state, export.error_code) == (ExportState.FAILED, "worker_lost")


def test_a_process_that_is_gone_is_noticed_at_once(export: Export) -> None:
    claimed = claim(export)
    requeue_exports()
    assert ExportPart.objects.get(pk=claimed.part.pk).state == PartState.RUNNING
    gone = subprocess.Popen(["true"])
    gone.wait()
    host, _space, _pid = claimed.part.worker.rpartition(" ")
    ExportPart.objects.filter(pk=claimed.part.pk).update(worker=f"{host} {gone.pid}")
    requeue_exports()
    assert ExportPart.objects.get(pk=claimed.part.pk).state == PartState.WAITING


def test_a_worker_that_was_taken_for_dead_changes_nothing(export: Export) -> None:
    slow = claim(export)
    ExportPart.objects.update(seen_at=timezone.now() - DEAD_AFTER * 2)
    requeue_exports()
    with pytest.raises(Stopped):
        slow.finish()
    assert ExportPart.objects.get(pk=slow.part.pk).state == PartState.WAITING
    run_export(str(export.pk), export.attempt)
    assert Export.objects.get().state == ExportState.READY


def test_what_a_dead_worker_had_done_is_not_done_again(
    meeting: Meeting, export: Export
) -> None:
    first = claim(export)
    run_export(str(export.pk), export.attempt)  # all but that part
    assert Export.objects.get().state == ExportState.RUNNING
    done = dict(
        ExportPart.objects.filter(state=PartState.DONE).values_list("pk", "claim")
    )
    assert done
    ExportPart.objects.filter(pk=first.part.pk).update(
        seen_at=timezone.now() - DEAD_AFTER * 2
    )
    requeue_exports()
    last = claim_next(export)
    assert last is not None
    assert last.part.pk == first.part.pk
    assert dict(ExportPart.objects.filter(pk__in=done).values_list("pk", "claim")) == (
        done
    )


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


def wait_until(far: float, export: Export) -> None:
    """So far that a part is in hand and this share of the work is done, or all is."""
    deadline = time.monotonic() + LONG
    running = ExportPart.objects.filter(export=export, state=PartState.RUNNING)
    while export.state == ExportState.RUNNING and not (
        export.progress >= far and running.exists()
    ):
        assert time.monotonic() < deadline, f"only {export.progress} is done"
        time.sleep(0.01)
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
        wait_until_gone(lambda: [*folders_of(export), *objects_of(export)])
    assert Export.objects.get().state == ExportState.CANCELLED


@pytest.mark.parametrize("round_", range(KILLS))
def test_a_worker_killed_anywhere_costs_a_part_and_leaves_nothing(
    meeting: Meeting, tmp_path: Path, round_: int
) -> None:
    recording = meeting.record(0, 30)
    meeting.join("Bob")
    meeting.keep(200)
    recording.refresh_from_db()
    export = request_export(
        meeting.access, recording, format="mp4", quality="360p", rate=10
    )
    far = Random(round_).uniform(0, 0.9)
    with worker(tmp_path / "worker.log"):
        wait_for(export, ExportState.RUNNING)
        wait_until(far, export)
    requeue_exports()
    with worker(tmp_path / "next.log"):
        wait_for(export, ExportState.READY, ExportState.FAILED)
        wait_until_gone(lambda: folders_of(export))
        wait_until_gone(lambda: objects_of(export), 1)
    assert export.state == ExportState.READY, export.error_detail
    assert export.deaths <= 1
    assert objects_of(export) == [export.key]
    film = open_film(archive().path(export.key))
    assert len(film.pictures) == 300
    assert film.seconds == pytest.approx(30, abs=0.05)
