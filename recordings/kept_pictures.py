"""Pictures that are kept of each recording: its poster and its storyboard, by the names
of their fields. A recording without them is as good as one with."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from conference import celery_app
from recordings.archive import archive, recording_folder
from recordings.models import Recording
from recordings.poster import make_poster
from recordings.storyboard import make_storyboard

logger = logging.getLogger(__name__)

TASKS = {
    "poster": "recordings.make_poster",
    "storyboard": "recordings.make_storyboard",
}
LOST_AFTER = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=1)

# A JPEG, or None where nobody was there to be seen.
_MAKE: dict[str, Callable[[Recording], bytes | None]] = {
    "poster": make_poster,
    "storyboard": make_storyboard,
}


def send_picture(field: str, recording_id: UUID) -> None:
    """Ask the workers for one, on commit. Twice is safe."""
    message = {"recording_id": str(recording_id)}
    transaction.on_commit(
        lambda: celery_app.send_task(TASKS[field], kwargs=message), robust=True
    )


def send_pictures(recording_id: UUID) -> None:
    """Ask the workers for all of them."""
    for field in TASKS:
        send_picture(field, recording_id)


def send_lost(*, now: datetime) -> None:
    """Ask again for all that may be lost."""
    for field in TASKS:
        for recording_id in without(field, now=now):
            send_picture(field, recording_id)


def without(field: str, *, now: datetime) -> list[UUID]:
    """Recordings whose picture may be lost, with its message or its worker. What has
    none for long is without one: nobody could be seen."""
    lost = Recording.objects.filter(
        sealed_at__range=(now - GIVEN_UP_AFTER, now - LOST_AFTER), **{field: ""}
    )
    return list(lost.values_list("pk", flat=True))


def keep_or_tell(field: str, recording_id: str) -> None:
    """As ``keep_picture``; a failure is only told."""
    try:
        keep_picture(field, recording_id)
    except Exception:
        logger.exception("Recording %s stays without its %s.", recording_id, field)


def keep_picture(field: str, recording_id: str) -> None:
    """Make one of a ready recording, unless it has it."""
    ready = Recording.objects.filter(
        pk=recording_id, sealed_at__isnull=False, **{field: ""}
    )
    recording = ready.select_related("session").first()
    picture = _MAKE[field](recording) if recording else None
    if recording is None or picture is None:
        return
    name = f"{recording_folder(recording)}/{field}-{uuid4().hex}.jpg"
    key = archive().save(name, ContentFile(picture))
    if not ready.update(**{field: key}):
        archive().delete(key)  # deleted in the meantime, or another task was first
