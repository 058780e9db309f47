"""The audit trail is written here, in the transaction that does what it tells of."""

from typing import Any

from conference.models import User
from recordings.models import AuditAction, AuditEntry, Recording


def note(
    action: AuditAction, recording: Recording | None, by: User | None, **details: Any
) -> None:
    """``by`` is None for the product itself; ``details`` go into JSON."""
    AuditEntry.objects.create(
        action=action,
        by=by,
        by_name=str(by) if by else "",
        recording=recording.pk if recording else None,
        title=recording.title if recording else "",
        room=f"{recording.room.name} ({recording.room.slug})" if recording else "",
        details=details,
    )
