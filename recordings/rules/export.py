"""Rules of exports: ask for one, cancel, try again, delete."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from conference import celery_app
from conference.errors import Conflict, Invalid
from recordings.archive import delete_objects
from recordings.models import Export, ExportFormat, ExportState, Recording
from rooms.access import Access, Action

MAKE_EXPORT = "recordings.make_export"
LAYOUTS = ("grid",)
BUSY = (ExportState.QUEUED, ExportState.RUNNING)


def request_export(
    access: Access, recording: Recording, *, format: str, layout: str = "grid"
) -> Export:
    """Queue an export of a ready recording. Raises Denied, Invalid, Conflict."""
    access.check(Action.RECORD)
    if format not in ExportFormat.values:
        raise Invalid(_("There is no such export format."), field="format")
    if layout not in LAYOUTS:
        raise Invalid(_("There is no such layout."), field="layout")
    with transaction.atomic():
        # Locked, so that the recording is not deleted in the meantime.
        locked = Recording.objects.select_for_update().filter(pk=recording.pk).first()
        if locked is None or locked.sealed_at is None:
            raise Conflict(_("This recording is not ready yet."), code="not_ready")
        export = Export.objects.create(
            recording=locked,
            format=format,
            layout=layout,
            requested_by=access.user,
            seen_at=timezone.now(),
        )
        send(export)
    return export


def send(export: Export) -> None:
    """Hand an export to the workers on commit. Twice is safe: its row is claimed."""
    message = {"export_id": str(export.pk), "attempt": export.attempt}
    transaction.on_commit(lambda: celery_app.send_task(MAKE_EXPORT, kwargs=message))


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
    export.refresh_from_db()
    if export.state in BUSY:
        raise Conflict(
            _("This export is being made. Cancel it first."), code="export_running"
        )
    if export.key:
        delete_objects([export.key])
    export.delete()
