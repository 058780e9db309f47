"""One attempt at an export: claims its row, makes the file, stores it, tells.

queued -> running -> ready | failed; a row that somebody cancelled, or that another
attempt has taken, ends the work within a second.
"""

import errno
import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import av
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from recordings.archive import archive
from recordings.exporters import ExportError, mp4, tracks
from recordings.models import Export, ExportFormat, ExportState, Recording
from recordings.objects import COPY_BYTES
from recordings.segment_format import SegmentError

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

# Makes the file in a folder, and returns it; the last argument is told the progress.
Exporter = Callable[[Recording, Path, Callable[[float], None]], Path]
EXPORTERS: dict[str, Exporter] = {
    ExportFormat.MP4: mp4.export,
    ExportFormat.TRACKS: tracks.export,
}


class Stopped(Exception):
    """The row is no longer this attempt's: cancelled, deleted or taken over."""


class Attempt:
    """The claim on a row; every change holds only while the row is still ours."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self._beat_at = 0.0

    def progress(self, part: float) -> None:
        """Say how far it is, once a second. Raises Stopped."""
        now = time.monotonic()
        if now - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = now
        self.update(progress=part, seen_at=timezone.now())

    def update(self, **values: object) -> None:
        mine = Export.objects.filter(
            pk=self.export.pk, attempt=self.export.attempt, state=ExportState.RUNNING
        )
        if not mine.update(**values):
            raise Stopped


def claim(export_id: str, attempt: int) -> Attempt | None:
    """queued -> running, for one task; None for all others."""
    now = timezone.now()
    mine = Export.objects.filter(
        pk=export_id, attempt=attempt, state=ExportState.QUEUED
    )
    if not mine.update(
        state=ExportState.RUNNING, started_at=now, seen_at=now, progress=0
    ):
        return None
    export = Export.objects.select_related("recording__session__room").get(pk=export_id)
    return Attempt(export)


def run_export(export_id: str, attempt: int) -> None:
    """Make the file of an export. Never raises for what its owner should read."""
    claimed = claim(export_id, attempt)
    if claimed is None:
        logger.info("Export %s is not waiting for attempt %d.", export_id, attempt)
        return
    try:
        _make(claimed)
    except Stopped:
        logger.info("Export %s was stopped.", export_id)
    except Exception as error:
        logger.exception("Export %s failed.", export_id)
        _fail(claimed, error)


def _make(attempt: Attempt) -> None:
    export = attempt.export
    with WorkFolder(export) as folder:
        path = EXPORTERS[export.format](export.recording, folder, attempt.progress)
        attempt.update(progress=1, seen_at=timezone.now())
        session = export.recording.session
        key = (
            f"rooms/{session.room_id}/recordings/{export.recording_id}"
            f"/{export.pk}-{export.attempt}{path.suffix}"
        )
        size = path.stat().st_size
        _upload(attempt, path, key)
    try:
        attempt.update(
            state=ExportState.READY, key=key, bytes=size, finished_at=timezone.now()
        )
    except Stopped:
        archive().delete(key)
        raise


def _upload(attempt: Attempt, path: Path, key: str) -> None:
    """Part by part; a storage that is away for a while is waited for."""
    with path.open("rb") as file, archive().writer(key) as writer:
        while data := file.read(COPY_BYTES):
            writer.write(data)
            attempt.progress(1)


def _fail(attempt: Attempt, error: Exception) -> None:
    code, detail = explain(error)
    try:
        attempt.update(
            state=ExportState.FAILED,
            error_code=code,
            error_detail=detail,
            finished_at=timezone.now(),
        )
    except Stopped:
        logger.info("Export %s was stopped as it failed.", attempt.export.pk)


def explain(error: Exception) -> tuple[str, str]:
    """A stable code, and a sentence for the owner of the recording."""
    if isinstance(error, ExportError):
        return error.code, error.detail
    if isinstance(error, SegmentError):
        return "damaged", _("A part of this recording is damaged in the archive.")
    if isinstance(error, FileNotFoundError):
        return "missing", _("A part of this recording is missing in the archive.")
    if isinstance(error, OSError) and error.errno in FULL:
        return "disk_full", _("The disk is full. The recording is whole; try later.")
    if isinstance(error, av.FFmpegError):
        return "media", _("The media of this recording could not be processed.")
    if isinstance(error, OSError):
        return "storage", _("The storage did not answer.")
    return "internal", _("An error of ours. The server's log says more.")


class WorkFolder:
    """A folder of one attempt, empty at first; of attempts before it nothing stays."""

    def __init__(self, export: Export) -> None:
        self._root = settings.DATA_DIR / "work"
        self._name = f"{export.pk}-"
        self._path = self._root / f"{self._name}{export.attempt}-{time.time_ns()}"

    def __enter__(self) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        for old in self._root.glob(f"{self._name}*"):
            shutil.rmtree(old, ignore_errors=True)
        self._path.mkdir()
        return self._path

    def __exit__(self, *exception: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
