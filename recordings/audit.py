"""The audit trail is written here, in the transaction that does what it tells of."""

from typing import Any

from conference.models import User
from recordings.models import AuditAction, AuditEntry, Recording
from rooms.models import Room


def note(
    action: AuditAction,
    recording: Recording | None,
    by: User | None,
    *,
    room: Room | None = None,
    **details: Any,
) -> None:
    """``by`` is None for the product itself; ``room`` is the recording's, where there
    is one; ``details`` go into JSON."""
    room = recording.room if recording else room
    AuditEntry.objects.create(
        action=action,
        by=by,
        by_name=str(by) if by else "",
        recording=recording.pk if recording else None,
        title=recording.title if recording else "",
        room=f"{room.name} ({room.slug})" if room else "",
        details=details,
    )
