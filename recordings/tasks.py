"""Celery tasks: exports, and what looks after recordings from time to time."""

import logging
from dataclasses import asdict
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from recordings.audit import note
from recordings.exporting import run_export
from recordings.models import AuditAction, Export, ExportState
from recordings.orphans import remove_strays, seal_orphan_streams
from recordings.poster import MAKE_POSTER, keep_poster
from recordings.rules.deletion import delete_expired
from recordings.rules.export import MAKE_EXPORT, send
from recordings.rules.recording import stop_with_sessions
from recordings.sealing import settle_recordings
from rooms.clock import now_us

logger = logging.getLogger(__name__)

# A running export says every second that it is alive; storing a file may take longer.
DEAD_AFTER = timedelta(minutes=2)
# A broker may lose a message; the row does not.
LOST_AFTER = timedelta(minutes=10)
MOST_DEATHS = 3


@shared_task(name=MAKE_EXPORT)
def make_export(*, export_id: str, attempt: int) -> None:
    """Safe to run twice: one task claims the attempt."""
    run_export(export_id, attempt)


@shared_task(name="recordings.seal_orphans")
def seal_orphans() -> None:
    """Keep the streams that no living process writes, and settle recordings."""
    at_us = now_us()
    stop_with_sessions()
    seal_orphan_streams(now_us=at_us)
    settle_recordings(now_us=at_us)


@shared_task(name="recordings.requeue_exports")
def requeue_exports() -> None:
    """Queue exports again whose worker died or whose message was lost."""
    now = timezone.now()
    dead = Export.objects.filter(
        state=ExportState.RUNNING, seen_at__lt=now - DEAD_AFTER
    )
    for export in dead:
        _bury(export)
    lost = Export.objects.filter(state=ExportState.QUEUED, seen_at__lt=now - LOST_AFTER)
    for export in lost:
        with transaction.atomic():
            Export.objects.filter(pk=export.pk).update(seen_at=now)
            send(export)


def _bury(export: Export) -> None:
    """running -> queued with a new attempt, or failed after too many."""
    now = timezone.now()
    same = Export.objects.filter(
        pk=export.pk, state=ExportState.RUNNING, attempt=export.attempt
    )
    if export.deaths + 1 >= MOST_DEATHS:
        same.update(
            state=ExportState.FAILED,
            deaths=F("deaths") + 1,
            error_code="worker_lost",
            error_detail=_("The worker died each time it made this export."),
            finished_at=now,
        )
        return
    with transaction.atomic():
        if same.update(
            state=ExportState.QUEUED,
            attempt=F("attempt") + 1,
            deaths=F("deaths") + 1,
            progress=0,
            seen_at=now,
        ):
            export.refresh_from_db()
            send(export)


@shared_task(name=MAKE_POSTER)
def make_poster(*, recording_id: str) -> None:
    """A recording without a poster is as good as one with: it is not tried again."""
    try:
        keep_poster(recording_id)
    except Exception:
        logger.exception("Recording %s stays without a poster.", recording_id)


@shared_task(name="recordings.delete_expired")
def delete_expired_recordings() -> None:
    deleted = delete_expired(now=timezone.now())
    if deleted:
        logger.info("Recordings past the retention of their rooms: %d.", deleted)


@shared_task(name="recordings.remove_strays")
def remove_stray_objects() -> None:
    """Of deletions that were cut short, and of processes that died."""
    swept = remove_strays(now=timezone.now())
    if swept.objects or swept.uploads:
        note(AuditAction.SWEPT, None, None, **asdict(swept))
