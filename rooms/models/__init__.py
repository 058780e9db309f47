"""Rows of what happens live; one file per subject."""

from rooms.models.chat import ChatMessage
from rooms.models.event import Event
from rooms.models.meeting import (
    CancelledOccurrence,
    Invitee,
    MailState,
    Meeting,
    Notice,
)
from rooms.models.participant import Participant
from rooms.models.room import Entry, Member, Recorders, Role, Room, RoomKind
from rooms.models.session import Session

__all__ = [
    "CancelledOccurrence",
    "ChatMessage",
    "Entry",
    "Event",
    "Invitee",
    "MailState",
    "Meeting",
    "Member",
    "Notice",
    "Participant",
    "Recorders",
    "Role",
    "Room",
    "RoomKind",
    "Session",
]
