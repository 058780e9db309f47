"""Celery tasks: exports, and what looks after recordings from time to time."""

import logging
from dataclasses import asdict

from celery import shared_task
from celery.worker import state as worker_state
from django.utils import timezone

from recordings.audit import note
from recordings.exporting import requeue, run_export
from recordings.kept_pictures import TASKS, keep_or_tell, send_lost
from recordings.live.lease import MAKE_OUTPUT
from recordings.live.running import run_outputs
from recordings.models import AuditAction
from recordings.orphans import remove_strays, seal_orphan_streams
from recordings.rules.deletion import delete_expired
from recordings.rules.export import MAKE_EXPORT
from recordings.rules.recording import stop_with_sessions
from recordings.sealing import settle_recordings
from rooms.clock import now_us

logger = logging.getLogger(__name__)


@shared_task(name=MAKE_EXPORT)
def make_export(*, export_id: str, attempt: int) -> None:
    """Safe to run twice, also at once: each part is claimed by one task."""
    run_export(export_id, attempt)


@shared_task(name=MAKE_OUTPUT)
def make_output() -> None:
    """Ends with the outputs that wait, or hands over where the worker is to end."""
    run_outputs(is_worker_stopping)


def is_worker_stopping() -> bool:
    """Celery notes there the exit code, which is 0: no condition by itself."""
    code = worker_state.should_stop
    return code is not None and code is not False


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
    requeue(now=timezone.now())


@shared_task(name=TASKS["poster"])
def make_poster(*, recording_id: str) -> None:
    keep_or_tell("poster", recording_id)


@shared_task(name=TASKS["storyboard"])
def make_storyboard(*, recording_id: str) -> None:
    keep_or_tell("storyboard", recording_id)


@shared_task(name="recordings.send_pictures")
def send_lost_pictures() -> None:
    """Of posters and storyboards, those that were lost on their way."""
    send_lost(now=timezone.now())


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
