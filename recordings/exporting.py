"""A worker's share of an export: part after part, as long as there are any.

queued -> running -> ready | failed; a row that somebody cancelled ends the work within
a second. The first worker lays the work out and calls others to it; whoever has done
the last part makes the final file. Nobody leads: a worker that dies costs its part.
"""

import errno
import logging
from datetime import datetime, timedelta

import av
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from recordings.archive import archive
from recordings.branding import Pictures
from recordings.claims import (
    DEAD_AFTER,
    PartPlan,
    Stopped,
    begin,
    claim_next,
    free_dead,
    update_export,
)
from recordings.export_keys import drop_parts
from recordings.exporters import Exporter, ExportError, audio, hls, texts, tracks
from recordings.exporters.video import MP4, WEBM
from recordings.exporters.whole import WholeExporter
from recordings.models import Export, ExportFormat, ExportState, PartKind
from recordings.options import ExportOptions
from recordings.pipeline import Job
from recordings.rules.export import send
from recordings.segment_format import SegmentError
from recordings.work import Work

logger = logging.getLogger(__name__)

EXPORTERS: dict[str, Exporter] = {
    ExportFormat.MP4: MP4,
    ExportFormat.WEBM: WEBM,
    ExportFormat.HLS: hls.HlsExporter(),
    ExportFormat.AUDIO: WholeExporter(audio.export),
    ExportFormat.TRACKS: WholeExporter(tracks.export),
    ExportFormat.CHAT: WholeExporter(texts.export_chat),
    ExportFormat.EVENTS: WholeExporter(texts.export_events),
}
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FINAL_SHARE = 0.05  # of the work that comes before the final file
# More would only wait for each other, and keep other exports waiting.
MOST_WORKERS = 16
# A broker may lose a message; the row does not.
LOST_AFTER = timedelta(minutes=10)


def run_export(export_id: str, attempt: int) -> None:
    """Work on an export. Never raises for what its owner should read."""
    export = (
        Export.objects.select_related("recording__session__room")
        .filter(pk=export_id, attempt=attempt)
        .filter(state__in=(ExportState.QUEUED, ExportState.RUNNING))
        .first()
    )
    if export is None:
        logger.info("Export %s does not wait for attempt %d.", export_id, attempt)
        return
    try:
        _work_on(export)
    except Stopped:
        logger.info("Export %s was stopped.", export_id)
        _drop_unless_current(export)
    except Exception as error:
        logger.exception("Export %s failed.", export_id)
        _fail(export, error)


def job_of(export: Export) -> Job:
    pictures = {picture.use: bytes(picture.data) for picture in export.pictures.all()}
    options = ExportOptions.from_json({"layout": export.layout, **export.options})
    return Job(export.recording, options, Pictures(**pictures))


def _work_on(export: Export) -> None:
    job, exporter = job_of(export), EXPORTERS[export.format]
    if export.state == ExportState.QUEUED:
        plan = plan_of(export, job)
        if begin(export, plan):
            _call_others(export, len(plan) - 1)
    while (claim := claim_next(export)) is not None:
        with Work(claim) as work:
            if claim.part.kind == PartKind.FINAL:
                _finish(job, exporter, work)
                return
            exporter.make(job, work)
            claim.finish()


def plan_of(export: Export, job: Job) -> list[PartPlan]:
    parts = EXPORTERS[export.format].plan(job)
    before = sum(part.weight for part in parts)
    final = PartPlan(PartKind.FINAL, weight=max(1.0, before * FINAL_SHARE))
    return [*parts, final]


def _call_others(export: Export, parts: int) -> None:
    with transaction.atomic():
        for _ in range(min(parts, MOST_WORKERS) - 1):
            send(export)


def _finish(job: Job, exporter: Exporter, work: Work) -> None:
    path = exporter.finish(job, work)
    key, size = work.store_final(path)
    export = work.export
    try:
        with transaction.atomic():
            work.claim.finish()
            update_export(
                export,
                state=ExportState.READY,
                progress=1,
                key=key,
                bytes=size,
                finished_at=timezone.now(),
            )
    except Stopped:
        archive().delete(key)
        raise
    if export.format != ExportFormat.HLS:  # whose parts are what is played
        drop_parts(export)


def _drop_unless_current(export: Export) -> None:
    """When it was cancelled, everybody who worked on it cleans up."""
    if not Export.objects.filter(
        pk=export.pk, attempt=export.attempt, state=ExportState.RUNNING
    ).exists():
        drop_parts(export)


def _fail(export: Export, error: Exception) -> None:
    code, detail = explain(error)
    try:
        update_export(
            export,
            state=ExportState.FAILED,
            error_code=code,
            error_detail=detail,
            finished_at=timezone.now(),
        )
    except Stopped:
        logger.info("Export %s was stopped as it failed.", export.pk)
    _drop_unless_current(export)


def explain(error: Exception) -> tuple[str, str]:
    """A stable code, and a sentence for the owner of the recording."""
    if isinstance(error, ExportError):
        return error.code, error.detail
    if isinstance(error, SegmentError):
        return "damaged", gettext_noop(
            "A part of this recording is damaged in the archive."
        )
    if isinstance(error, FileNotFoundError):
        return "missing", gettext_noop(
            "A part of this recording is missing in the archive."
        )
    if isinstance(error, OSError) and error.errno in FULL:
        return "disk_full", gettext_noop(
            "The disk is full. The recording is whole; try later."
        )
    if isinstance(error, av.FFmpegError):
        return "media", gettext_noop(
            "The media of this recording could not be processed."
        )
    if isinstance(error, OSError):
        return "storage", gettext_noop("The storage did not answer.")
    return "internal", gettext_noop("An error of ours. The server's log says more.")


def requeue(*, now: datetime) -> None:
    """Call workers again where one has died, or where a message was lost."""
    silent = Export.objects.filter(
        state=ExportState.RUNNING, seen_at__lt=now - DEAD_AFTER
    )
    lost = Export.objects.filter(state=ExportState.QUEUED, seen_at__lt=now - LOST_AFTER)
    waiting = {*free_dead(now=now), *silent, *lost}
    for export in waiting:
        with transaction.atomic():
            Export.objects.filter(pk=export.pk).update(seen_at=now)
            send(export)
