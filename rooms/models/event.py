"""An event: one numbered entry of a room's control stream.

The control stream lives in the database, not in the media log, so that a rule's
rows and its event are one transaction (docs/decisions/).
"""

import uuid
from typing import Any, ClassVar

from django.db import models

from rooms.models.room import Room
from rooms.models.session import Session


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="events")
    # Numbered per room from 1, without gaps.
    position = models.PositiveBigIntegerField()
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="events"
    )
    type = models.CharField(max_length=32)
    # Microseconds since the Unix epoch, server clock: the clock of the media records.
    at_us = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "position"], name="event_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["session", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.type}"

    def as_message(self) -> dict[str, Any]:
        """The ``event`` message of docs/protocol.md."""
        return {
            "type": "event",
            "position": self.position,
            "event": self.type,
            "at_us": self.at_us,
            "data": self.data,
        }
