"""Chat: messages are kept from the room's first day."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from conference.errors import Denied
from rooms.clock import now_us
from rooms.models import ChatMessage, Participant, Room
from rooms.models.chat import TEXT_LIMIT
from rooms.rules.events import Data, emit
from rooms.rules.seat import take_seat
from rooms.rules.text import clean_text
from rooms.state import CHAT_LIMIT


def send_message(participant: Participant, *, text: str) -> Data:
    """Returns the message as MESSAGE of docs/protocol.md. Raises Denied to an attendee
    where the room lets attendees not write."""
    text = clean_text(text, limit=TEXT_LIMIT)
    with transaction.atomic():
        seat = take_seat(participant)
        _check_may_write(seat)
        sent_us = now_us()
        message = ChatMessage(
            room_id=seat.session.room_id,
            session=seat.session,
            participant=seat,
            sender_name=seat.name,
            text=text,
            sent_us=sent_us,
        )

        def data(position: int) -> Data:
            message.position = position
            return {"message": message.as_message()}

        emit(
            message.room_id,
            "chat.message",
            data,
            session_id=seat.session_id,
            at_us=sent_us,
        )
        message.save(force_insert=True)
    return message.as_message()


def _check_may_write(seat: Participant) -> None:
    if not seat.attends:
        return
    room = Room.objects.filter(pk=seat.session.room_id, attendees_chat=True)
    if not room.exists():
        raise Denied(
            _("Only hosts and panellists write in this webinar."), code="chat_closed"
        )


def read_history(
    room_id: UUID, *, before: int | None = None, limit: int = CHAT_LIMIT
) -> tuple[list[Data], bool]:
    """The latest messages (before a position), oldest first, and whether there are
    more before them."""
    messages = ChatMessage.objects.select_related("participant").filter(room=room_id)
    if before is not None:
        messages = messages.filter(position__lt=before)
    latest = list(messages.order_by("-position")[: limit + 1])
    more = len(latest) > limit
    return [one.as_message() for one in reversed(latest[:limit])], more
