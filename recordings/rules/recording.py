"""Rules of recordings: start one, stop, rename."""

from contextlib import suppress
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Denied, Invalid
from conference.models import User
from recordings.models import Recording
from rooms.access import Access, Action
from rooms.clock import now_us, to_us
from rooms.models import Recorders, Room, Session
from rooms.rules.events import emit

TITLE_LIMIT = 200  # characters, as in the model
# The server processes hear here that a room's publishers should send key frames.
STARTED_GROUP = "recordings.started"


def start_recording(access: Access) -> Recording:
    """Keep the room's open session from now on. Raises Denied or Conflict."""
    access.check(Action.RECORD)
    if access.room.is_never_recorded:
        raise Denied(_("This room is never recorded."), code="never_recorded")
    try:
        with transaction.atomic():
            return _start(_open_session(access), access.room, by=access.user)
    except IntegrityError:
        raise Conflict(
            _("This session is being recorded already."), code="already_recording"
        ) from None


def start_unrecorded() -> None:
    """Record open sessions of rooms that keep what nobody records, each once: whoever
    stops the recording means it. Safe to repeat."""
    waiting = Session.objects.filter(
        ended_at=None, room__keep_unrecorded_days__gt=0, recordings=None
    ).exclude(room__recorders=Recorders.NOBODY)
    for session in waiting.select_related("room"):
        with suppress(IntegrityError), transaction.atomic():  # another was first
            locked = Session.objects.select_for_update().get(pk=session.pk)
            if locked.ended_at is None and not locked.recordings.exists():
                days = session.room.keep_unrecorded_days
                _start(session, session.room, by=None, keep_days=days)


def _open_session(access: Access) -> Session:
    session = (
        Session.objects.select_for_update()
        .filter(room=access.room, ended_at=None)
        .first()
    )
    if session is None:
        raise Conflict(_("Nobody is in this room."), code="no_session")
    return session


def _start(
    session: Session, room: Room, *, by: User | None, keep_days: int | None = None
) -> Recording:
    # After the wait for the lock: nothing from before this moment is kept.
    started_us = now_us()
    recording = Recording.objects.create(
        session=session,
        room=room,
        title=default_title(room.name),
        started_by=by,
        started_us=started_us,
        keep_days=keep_days,
    )
    name = by.get_full_name() if by else ""
    emit(
        room.pk,
        "recording.started",
        {
            "recording": {
                "id": str(recording.pk),
                "started_us": started_us,
                "by": name,
            }
        },
        session_id=session.pk,
        at_us=started_us,
    )
    transaction.on_commit(lambda: _ask_for_key_frames(room.pk), robust=True)
    return recording


def _ask_for_key_frames(room_id: UUID) -> None:
    layer = get_channel_layer()
    message = {"type": "recording.started", "room": room_id.hex}
    async_to_sync(layer.group_send)(STARTED_GROUP, message)


def default_title(room_name: str) -> str:
    day = f"{timezone.localtime():%Y-%m-%d}"
    return f"{room_name[: TITLE_LIMIT - len(day) - 1]} {day}"


def stop_recording(access: Access, recording: Recording) -> Recording:
    """End the range now. Raises Denied or Conflict."""
    access.check(Action.RECORD)
    if not _end(recording, ended_us=now_us()):
        raise Conflict(_("This recording has been stopped."), code="already_stopped")
    return recording


def stop_with_sessions() -> None:
    """End the running recordings of sessions that are over; safe to repeat."""
    over = Recording.objects.filter(ended_us=None, session__ended_at__isnull=False)
    for recording in over.select_related("session"):
        ended_at = recording.session.ended_at
        if ended_at is not None:
            _end(recording, ended_us=to_us(ended_at))


def _end(recording: Recording, *, ended_us: int) -> bool:
    with transaction.atomic():
        running = Recording.objects.filter(pk=recording.pk, ended_us=None)
        if not running.update(ended_us=ended_us):
            return False
        recording.ended_us = ended_us
        emit(
            recording.room_id,
            "recording.stopped",
            {
                "recording": {
                    "id": str(recording.pk),
                    "started_us": recording.started_us,
                    "ended_us": ended_us,
                }
            },
            session_id=recording.session_id,
            at_us=ended_us,
        )
    return True


def rename(access: Access, recording: Recording, title: str) -> Recording:
    access.check(Action.CURATE)
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_LIMIT:
        raise Invalid(
            _("A title has 1 to %(limit)d characters.") % {"limit": TITLE_LIMIT},
            field="title",
        )
    Recording.objects.filter(pk=recording.pk).update(title=title)
    recording.title = title
    return recording
