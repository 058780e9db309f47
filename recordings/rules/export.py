"""Rules of exports: ask for one, cancel, try again, delete."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from conference import celery_app
from conference.errors import Conflict
from recordings.archive import delete_on_commit
from recordings.export_keys import folder_key
from recordings.models import Export, ExportPicture, ExportState, Recording
from recordings.rules.export_options import check_options, clean_picture
from rooms.access import Access, Action

MAKE_EXPORT = "recordings.make_export"
BUSY = (ExportState.QUEUED, ExportState.RUNNING)


def request_export(
    access: Access,
    recording: Recording,
    *,
    format: str,
    pictures: Mapping[str, bytes] | None = None,
    **options: Any,
) -> Export:
    """Queue an export of a ready recording. Raises Denied, Invalid, Conflict.

    ``options``: fields of ExportOptions. ``pictures``: files by use, "logo" and
    "background".
    """
    access.check(Action.RECORD)
    if recording.ended_us is None:
        raise Conflict(_("This recording is not ready yet."), code="not_ready")
    checked = check_options(recording, format=format, given=options)
    cleaned = {
        use: clean_picture(data, field=use) for use, data in (pictures or {}).items()
    }
    with transaction.atomic():
        # Locked, so that the recording is not deleted in the meantime.
        locked = Recording.objects.select_for_update().filter(pk=recording.pk).first()
        if locked is None or locked.sealed_at is None:
            raise Conflict(_("This recording is not ready yet."), code="not_ready")
        export = Export.objects.create(
            recording=locked,
            format=format,
            layout=checked.layout,
            options=checked.as_json(),
            requested_by=access.user,
            seen_at=timezone.now(),
        )
        ExportPicture.objects.bulk_create(
            ExportPicture(export=export, use=use, data=data)
            for use, data in cleaned.items()
        )
        send(export)
    return export


def send(export: Export) -> None:
    """Call a worker to an export, on commit. Once too often is safe."""
    message = {"export_id": str(export.pk), "attempt": export.attempt}
    transaction.on_commit(
        lambda: celery_app.send_task(MAKE_EXPORT, kwargs=message), robust=True
    )


def cancel_export(access: Access, export: Export) -> Export:
    """The worker notices within a second. Raises Denied, Conflict."""
    access.check(Action.RECORD)
    busy = Export.objects.filter(pk=export.pk, state__in=BUSY)
    if not busy.update(state=ExportState.CANCELLED, finished_at=timezone.now()):
        raise Conflict(_("This export is over already."), code="not_running")
    export.refresh_from_db()
    return export


def retry_export(access: Access, export: Export) -> Export:
    """failed | cancelled -> queued. Raises Denied, Conflict."""
    access.check(Action.RECORD)
    with transaction.atomic():
        over = Export.objects.filter(
            pk=export.pk, state__in=(ExportState.FAILED, ExportState.CANCELLED)
        )
        if not over.update(
            state=ExportState.QUEUED,
            attempt=F("attempt") + 1,
            deaths=0,
            progress=0,
            error_code="",
            error_detail="",
            started_at=None,
            finished_at=None,
            seen_at=timezone.now(),
        ):
            raise Conflict(
                _("Only an export that has failed or was cancelled can be retried."),
                code="not_failed",
            )
        export.refresh_from_db()
        send(export)
    return export


def delete_export(access: Access, export: Export) -> None:
    """Delete the file and the row. Raises Denied, Conflict."""
    access.check(Action.RECORD)
    with transaction.atomic():
        found = Export.objects.select_for_update().filter(pk=export.pk).first()
        if found is None:
            raise Conflict(_("Somebody has deleted this export."), code="deleted")
        if found.state in BUSY:
            raise Conflict(
                _("This export is being made. Cancel it first."), code="export_running"
            )
        keys, folder = [found.key] if found.key else [], folder_key(found)
        found.delete()
        delete_on_commit(keys, folder)
