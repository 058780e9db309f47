"""A chat message; a room keeps its chat from its first day."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.participant import Participant
from rooms.models.room import Room
from rooms.models.session import Session

TEXT_LIMIT = 4000  # characters


class ChatMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="chat")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, related_name="chat"
    )
    participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, related_name="chat"
    )
    # As it was when the message was sent.
    sender_name = models.CharField(max_length=100)
    text = models.TextField(max_length=TEXT_LIMIT)
    sent_us = models.BigIntegerField()
    # The event's number: the order of messages, and where to page from.
    position = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "position"], name="chat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_name}: {self.text[:50]}"

    def as_message(self) -> dict[str, Any]:
        """The chat message of docs/protocol.md."""
        number = self.participant.number if self.participant else None
        return {
            "id": str(self.id),
            "position": self.position,
            "session": str(self.session_id) if self.session_id else None,
            "participant": number,
            "name": self.sender_name,
            "text": self.text,
            "sent_us": self.sent_us,
        }
