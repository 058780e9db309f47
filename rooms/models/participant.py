"""A participant: one person in one session, kept across reconnects and reloads."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rooms.clock import to_us
from rooms.models.room import Role
from rooms.models.session import Session


class Participant(models.Model):
    """A person in a session.

    admitted -> joined (``joined_at``: the first control socket is open) -> left
    (``left_at``). While joined, ``connected`` -> not (socket lost) -> ``connected``
    (came back) or left (gone for the grace time). Who never joins is deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="participants")
    # From 1 in order of arrival; the 4-byte number in front of a viewer's records.
    number = models.PositiveIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=100)
    # In this session: as it was on joining, or as a host has changed it.
    role = models.CharField(max_length=16, choices=Role)
    # Kinds of track that this participant may publish; null: those of the role.
    publish = models.JSONField(null=True, blank=True)
    # When a join token's time is over and its holder is taken out.
    eject_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    connected = models.BooleanField(default=False)
    # Number of the newest control socket; it has replaced those before it.
    connection = models.PositiveIntegerField(default=0)
    # Last sign of life; a participant unseen for the grace time has left.
    seen_at = models.DateTimeField()
    # Agreed that the session may be recorded, in the moment of joining.
    consented_at = models.DateTimeField()
    hand_raised_at = models.DateTimeField(null=True, blank=True)
    # What is published now: kind -> announcement (TRACK in docs/protocol.md).
    tracks = models.JSONField(default=dict, blank=True)
    # The publisher's run: raised by each page that joins as this participant.
    epoch = models.PositiveSmallIntegerField(default=1)
    # Fencing token of the newest media socket; an older one cannot append any more.
    fence = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session", "number"], name="participant_number_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Looked at every few seconds, among all who were ever there.
            models.Index(
                fields=["seen_at"], condition=Q(left_at=None), name="participant_here"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """Name of this participant's media stream in the log."""
        return f"rooms/{self.session.room_id}/media/{self.id}"

    @property
    def attends(self) -> bool:
        """Whether this is an attendee: a guest of a webinar, who only watches."""
        return self.session.room.has_attendees and self.role == Role.GUEST

    def as_attendee(self) -> dict[str, Any]:
        """ATTENDEE of docs/protocol.md."""
        return {
            "id": str(self.id),
            "number": self.number,
            "name": self.name,
            "signed_in": self.user_id is not None,
            "hand_raised_us": (
                to_us(self.hand_raised_at) if self.hand_raised_at else None
            ),
        }

    def as_message(self) -> dict[str, Any]:
        """PARTICIPANT of docs/protocol.md."""
        return {
            "id": str(self.id),
            "number": self.number,
            "name": self.name,
            "role": self.role,
            "signed_in": self.user_id is not None,
            "connected": self.connected,
            "joined_us": to_us(self.joined_at) if self.joined_at else None,
            "hand_raised_us": (
                to_us(self.hand_raised_at) if self.hand_raised_at else None
            ),
            "tracks": self.tracks,
        }
