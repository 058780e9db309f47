"""Rules of deleting recordings: by somebody, by the calendar; and the legal hold."""

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, ExpressionWrapper, F
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from conference.errors import Conflict, Denied, Invalid
from conference.models import User
from recordings.archive import delete_on_commit, recording_folder, recording_keys
from recordings.audit import note
from recordings.models import AuditAction, Hold, Recording, RecordingState
from recordings.rules.export import BUSY
from rooms.access import Access, Action
from rooms.clock import to_us
from rooms.rules.rooms import RETENTION_LIMIT

logger = logging.getLogger(__name__)

DAY_US = 86_400_000_000
REASON_LIMIT = 200  # characters, as in the model


def delete_recording(access: Access, recording: Recording) -> None:
    """Delete rows and objects for good. Raises Denied or Conflict."""
    access.check(Action.CURATE)
    _delete(recording, AuditAction.DELETED, access.user)


def delete_expired(*, now: datetime) -> int:
    """Delete what has been kept for as long as it was to be; returns how many.

    Safe to repeat; what is being exported, or is under a legal hold, stays.
    """
    expired = (
        Recording.objects.in_state(RecordingState.READY)
        .filter(hold=None)
        .annotate(days=Coalesce("keep_days", "room__retention_days"))
        .filter(days__gt=0)
        .annotate(
            until_us=ExpressionWrapper(
                F("ended_us") + Cast("days", BigIntegerField()) * DAY_US,
                output_field=BigIntegerField(),
            )
        )
        .filter(until_us__lt=to_us(now))
    )
    deleted = 0
    for recording in expired.iterator():
        try:
            _delete(recording, AuditAction.EXPIRED, None)
        except Conflict as error:
            logger.info("Recording %s stays for now: %s", recording.pk, error)
        else:
            deleted += 1
    return deleted


def _delete(recording: Recording, action: AuditAction, by: User | None) -> None:
    """Rows go first, in one transaction: of two people who delete, or delete and
    export, one is first. Objects that a storage does not delete then are strays."""
    with transaction.atomic():
        found = Recording.objects.select_for_update().filter(pk=recording.pk).first()
        if found is None:
            raise Conflict(_("Somebody has deleted this recording."), code="deleted")
        _check_may_go(found)
        keys = recording_keys(found)
        exports = found.exports.count()
        note(action, found, by, bytes=found.bytes, exports=exports, objects=len(keys))
        found.delete()
        delete_on_commit(keys, recording_folder(found))


def _check_may_go(recording: Recording) -> None:
    if Hold.objects.filter(recording=recording).exists():
        raise Conflict(
            _("This recording is under a legal hold and cannot be deleted."),
            code="legal_hold",
        )
    if recording.sealed_at is None:
        raise Conflict(
            _("This recording is not finished yet. Stop it first, then wait."),
            code="not_ready",
        )
    if recording.exports.filter(state__in=BUSY).exists():
        raise Conflict(
            _("An export of this recording is being made. Cancel it first."),
            code="export_running",
        )


def set_retention(access: Access, recording: Recording, days: Any) -> Recording:
    """``days`` from now on count instead of the room's: 0 keeps the recording until
    somebody deletes it, None leaves it to the room. Raises Denied or Invalid."""
    access.check(Action.CURATE)
    is_number = isinstance(days, int) and not isinstance(days, bool)
    if days is not None and not (is_number and 0 <= days <= RETENTION_LIMIT):
        raise Invalid(
            _("Say for how many days, 1 to %(limit)d; 0 keeps it until it is deleted.")
            % {"limit": RETENTION_LIMIT},
            field="keep_days",
        )
    if days == recording.keep_days:
        return recording
    with transaction.atomic():
        Recording.objects.filter(pk=recording.pk).update(keep_days=days)
        note(
            AuditAction.RETENTION,
            recording,
            access.user,
            before=recording.keep_days,
            after=days,
        )
    recording.keep_days = days
    return recording


def hold(user: User, recording: Recording, reason: str) -> Hold:
    """Put a recording under legal hold. Raises Denied, Invalid, Conflict."""
    check_staff(user)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_LIMIT:
        raise Invalid(
            _("Give a reason of 1 to %(limit)d characters.") % {"limit": REASON_LIMIT},
            field="reason",
        )
    try:
        with transaction.atomic():
            held = Hold.objects.create(recording=recording, reason=reason, set_by=user)
            note(AuditAction.HELD, recording, user, reason=reason)
    except IntegrityError:
        raise Conflict(
            _("This recording is under a legal hold already."), code="legal_hold"
        ) from None
    return held


def release(user: User, recording: Recording) -> None:
    """End the legal hold. Raises Denied, Conflict."""
    check_staff(user)
    with transaction.atomic():
        held = Hold.objects.select_for_update().filter(recording=recording).first()
        if held is None:
            raise Conflict(
                _("This recording is not under a legal hold."), code="not_held"
            )
        note(AuditAction.RELEASED, recording, user, reason=held.reason)
        held.delete()


def check_staff(user: User | None) -> None:
    if user is None or not user.is_staff:
        raise Denied(_("Only administrators set and release legal holds."))
