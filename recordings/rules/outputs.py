"""Rules of live outputs: begin one, change it while it runs, end it.

Whoever is in the session is told when one begins, before anything leaves.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from conference.errors import Conflict, Invalid
from recordings.live.lease import call_worker
from recordings.models import LIVING, AuditAction, LiveOutput, OutputState
from recordings.models.output import PICTURES, make_token
from recordings.options import ExportOptions
from recordings.rules.export_options import (
    check_person,
    checked_values,
    clean_picture,
)
from recordings.rules.targets import (
    TargetAddress,
    check_address,
    lock_living,
    note_output,
    output_over,
    put_target,
)
from rooms.access import Access, Action
from rooms.models import Room, Session
from rooms.rules.events import emit

# Of ExportOptions: what an output may have, and what of it can change while it runs.
CHANGEABLE = ("layout", "person", "chat", "background", "title", "banner", "texts")
FIXED = ("quality", "rate", "bitrate")


def start_output(
    access: Access,
    *,
    targets: Collection[TargetAddress] = (),
    hls: bool = False,
    is_public: bool = False,
    pictures: Mapping[str, bytes] | None = None,
    **options: Any,
) -> LiveOutput:
    """Send the room's open session out. Raises Denied, Invalid, Conflict.

    ``options``: those of ExportOptions that are named above; texts are timed from the
    output's beginning, the title card is there until its text is empty. ``pictures``:
    files by field.
    """
    access.check(Action.BROADCAST)
    if settings.STREAM_LOG_URL.startswith("memory:"):
        raise Conflict(
            _(
                "STREAM_LOG_URL=memory:// keeps meetings to one process: nothing of "
                "them can be sent elsewhere."
            ),
            code="no_shared_log",
        )
    checked = _changed(ExportOptions(), options)
    cleaned = _cleaned(pictures or {})
    for target in targets:
        check_address(target)
    if not targets and not hls:
        raise Invalid(_("Name a target, or choose HLS."), field="targets")
    with transaction.atomic():
        session = _open_session(access.room)
        check_person(checked.person, session.pk)
        _check_room_for_one(access.room)
        output = LiveOutput.objects.create(
            room=access.room,
            session=session,
            options=checked.as_json(),
            hls=hls,
            is_public=is_public,
            started_by=access.user,
            seen_at=timezone.now(),
            **cleaned,
        )
        _tell(output, "output.started", {"output": output.as_message()})
        note_output(access, output, AuditAction.LIVE, hls=hls, public=is_public)
        for target in targets:
            put_target(access, output, target)
        call_worker()
    return output


def change_output(
    access: Access,
    output: LiveOutput,
    *,
    hls: bool | None = None,
    is_public: bool | None = None,
    pictures: Mapping[str, bytes] | None = None,
    **options: Any,
) -> LiveOutput:
    """Within about two seconds it looks so. Who has the public link has it no more
    once the output was not public. Raises Denied, Invalid, Conflict."""
    access.check(Action.BROADCAST)
    cleaned = _cleaned(pictures or {})
    with transaction.atomic():
        found = lock_living(output)
        before = ExportOptions.from_json(found.options)
        checked = _changed(before, options)
        fixed = [name for name in options if name in FIXED]
        if any(getattr(checked, name) != getattr(before, name) for name in fixed):
            raise Invalid(_("This cannot change while it runs."), field=fixed[0])
        if checked.is_portrait != before.is_portrait:
            raise Invalid(_("A video is wide or upright all the time."), field="layout")
        check_person(checked.person, found.session_id)
        if hls is False and not found.targets.exists():
            raise Invalid(_("Name a target, or choose HLS."), field="hls")
        found.options = checked.as_json()
        found.hls = found.hls if hls is None else hls
        if is_public is False and found.is_public:
            found.token = make_token()
        found.is_public = found.is_public if is_public is None else is_public
        for field, picture in cleaned.items():
            setattr(found, field, picture)
        found.version += 1
        found.save(
            update_fields=["options", "hls", "is_public", "token", "version", *cleaned]
        )
    return found


def stop_output(access: Access, output: LiveOutput) -> LiveOutput:
    """Its worker notices within a second. Raises Denied, Conflict."""
    access.check(Action.BROADCAST)
    with transaction.atomic():
        if not _end(output, reason="stopped"):
            raise output_over()
        note_output(access, output, AuditAction.LIVE_ENDED)
    output.refresh_from_db()
    return output


def end_outputs() -> None:
    """Those whose sessions are over, and those that have run too long. Safe to
    repeat."""
    too_old = timezone.now() - timedelta(hours=settings.LIVE_HOURS)
    over = LiveOutput.objects.filter(
        Q(session__ended_at__isnull=False) | Q(created_at__lt=too_old),
        state__in=LIVING,
    )
    for output in over:
        is_long = output.created_at < too_old
        _end(output, reason="too_long" if is_long else "session_ended")


def fail_output(output: LiveOutput, code: str, detail: str) -> None:
    """waiting | running -> failed."""
    _end(
        output,
        reason="failed",
        state=OutputState.FAILED,
        error_code=code,
        error_detail=detail,
    )


TOO_LONG = gettext_noop("It was ended after the longest time that is allowed.")


def _end(
    output: LiveOutput,
    *,
    reason: str,
    state: OutputState = OutputState.ENDED,
    **error: str,
) -> bool:
    if reason == "too_long":
        error = {"error_code": reason, "error_detail": TOO_LONG}
    with transaction.atomic():
        living = LiveOutput.objects.filter(pk=output.pk, state__in=LIVING)
        if not living.update(state=state, ended_at=timezone.now(), **error):
            return False
        output.targets.update(state="waiting", live_since=None)
        data = {"output": {"id": str(output.pk)}, "reason": reason}
        _tell(output, "output.ended", data)
    return True


def _changed(before: ExportOptions, options: Mapping[str, Any]) -> ExportOptions:
    """An option that is None gets its default."""
    for name in options:
        if name not in (*CHANGEABLE, *FIXED):
            raise Invalid(_("There is no such option."), field=name)
    checked = ExportOptions(**checked_values(options))
    return replace(before, **{name: getattr(checked, name) for name in options})


def _cleaned(pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """An empty one takes away what was there."""
    return {
        field: clean_picture(data, field=field) if data else b""
        for field, data in pictures.items()
        if field in PICTURES
    }


def _open_session(room: Room) -> Session:
    session = (
        Session.objects.select_for_update().filter(room=room, ended_at=None).first()
    )
    if session is None:
        raise Conflict(_("Nobody is in this room."), code="no_session")
    return session


def _check_room_for_one(room: Room) -> None:
    living = LiveOutput.objects.filter(room=room, state__in=LIVING)
    if living.count() >= settings.LIVE_OUTPUTS:
        raise Conflict(
            _("This room has %(limit)d live outputs. Stop one of them first.")
            % {"limit": settings.LIVE_OUTPUTS},
            code="too_many_outputs",
        )


def _tell(output: LiveOutput, event: str, data: dict[str, Any]) -> None:
    emit(output.room_id, event, data, session_id=output.session_id)
