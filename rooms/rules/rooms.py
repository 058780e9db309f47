"""Rooms: made, changed, archived and deleted by their owners."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Invalid
from conference.models import User
from rooms.models import Entry, Recorders, Room, RoomKind
from rooms.rules.events import emit
from rooms.rules.text import clean_name

RETENTION_LIMIT = 3650  # days; longer is for ever

# What an owner may set; each takes what came and returns it clean, or raises Invalid.
_CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": clean_name,
    "kind": lambda kind: _clean_choice(RoomKind, kind, field="kind"),
    "attendees_chat": bool,
    "entry": lambda entry: _clean_choice(Entry, entry, field="entry"),
    "recorders": lambda who: _clean_choice(Recorders, who, field="recorders"),
    "retention_days": lambda days: _clean_days(days, field="retention_days"),
    "keep_unrecorded_days": lambda days: _clean_days(
        days, field="keep_unrecorded_days"
    ),
}


def create_room(owner: User, *, name: str, **rules: Any) -> Room:
    """``rules``: those of ``update_room``. Raises Invalid."""
    return Room.objects.create(owner=owner, **_clean({"name": name} | rules))


def update_room(room: Room, **changes: Any) -> Room:
    """Change what is given of name, kind, attendees_chat, entry, recorders,
    retention_days and keep_unrecorded_days.

    Who is in the room already stays in it; therefore the kind, and whether it is never
    recorded, stay while somebody is. Raises Invalid.
    """
    changes = _clean(changes)
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room.pk)
        if changes.get("kind", room.kind) != room.kind:
            check_kind_may_change(room)
        was_never_recorded = room.is_never_recorded
        before = room.as_message()
        for name, value in changes.items():
            setattr(room, name, value)
        if room.is_never_recorded != was_never_recorded:
            check_kind_may_change(room, field="recorders")
        room.save(update_fields=list(changes))
        if room.as_message() != before:
            emit(room.pk, "room.updated", {"room": room.as_message()})
    return room


def check_kind_may_change(room: Room, *, field: str = "kind") -> None:
    """Raises Invalid while a session is open."""
    if room.sessions.filter(ended_at=None).exists():
        raise Invalid(
            _("A session is open in this room; end it first."),
            code="session_open",
            field=field,
        )


def archive_room(room: Room) -> None:
    """Close the room and take it out of the lists. Raises Conflict."""
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room.pk)
        _check_nobody_meets(room)
        _check_nobody_comes(room)
        Room.objects.filter(pk=room.pk, archived_at=None).update(
            archived_at=timezone.now()
        )


def restore_room(room: Room) -> None:
    """Undo ``archive_room``."""
    Room.objects.filter(pk=room.pk).update(archived_at=None)


def delete_room(room: Room) -> None:
    """Delete a room with all that it holds; not while a session is open in it, nor
    while people are invited to meetings to come: cancelling tells them."""
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room.pk)
        _check_nobody_meets(room)
        _check_nobody_comes(room)
        try:
            room.delete()
        except ProtectedError:
            raise Conflict(
                _("A recording of this room is under a legal hold."), code="legal_hold"
            ) from None


def _check_nobody_meets(room: Room) -> None:
    if room.sessions.filter(ended_at=None).exists():
        raise Conflict(
            _("A session is open in this room; end it first."), code="session_open"
        )


def _check_nobody_comes(room: Room) -> None:
    now = timezone.now()
    to_come = room.meetings.filter(cancelled_at=None).exclude(last_ends_at__lte=now)
    if to_come.filter(invitees__removed_at=None, invitees__isnull=False).exists():
        raise Conflict(
            _("People are invited to meetings in this room; cancel those first."),
            code="meetings_to_come",
        )


def _clean(rules: dict[str, Any]) -> dict[str, Any]:
    return {name: _CLEAN[name](value) for name, value in rules.items()}


def _clean_choice(choices: type[TextChoices], value: object, *, field: str) -> str:
    if value not in choices.values:
        raise Invalid(
            _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)},
            field=field,
        )
    return str(value)


def _clean_days(days: object, *, field: str) -> int:
    if not isinstance(days, int) or not 0 <= days <= RETENTION_LIMIT:
        zero = {
            "retention_days": _("0 keeps recordings for ever"),
            "keep_unrecorded_days": _("0 keeps nothing"),
        }
        raise Invalid(
            _("Say for how many days, 1 to %(limit)d; %(zero)s.")
            % {"limit": RETENTION_LIMIT, "zero": zero[field]},
            field=field,
        )
    return days
