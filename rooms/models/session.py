"""A session: one held meeting, from the first arrival to the last departure."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.clock import to_us
from rooms.models.room import Room


class Session(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Nobody new gets in but who may moderate; ends with the session.
    locked = models.BooleanField(default=False)
    # Those who only watch, as the room was last told.
    attendees = models.PositiveIntegerField(default=0, editable=False)
    # Number of the last participant; raised when one is added.
    last_number = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(ended_at=None),
                name="one_open_session_per_room",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "-started_at"]),
            models.Index(fields=["-started_at"], name="session_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.started_at:%Y-%m-%d %H:%M}"

    def as_message(self) -> dict[str, Any]:
        """``session`` of docs/protocol.md."""
        return {
            "id": str(self.id),
            "started_us": to_us(self.started_at),
            "ended_us": to_us(self.ended_at) if self.ended_at else None,
            "locked": self.locked,
        }
