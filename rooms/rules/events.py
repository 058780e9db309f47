"""Events: one numbered entry of a room's control stream per change."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import F

from conference.errors import NotFound
from rooms.clock import now_us
from rooms.models import Event, Room

PAGE = 500  # events read at once

Data = dict[str, Any]


def room_group(room_id: UUID) -> str:
    """The channel-layer group that gets ``{"type": "room.event", "event": ...}``."""
    return f"room.{room_id.hex}"


def participant_group(participant_id: UUID) -> str:
    """The group of one participant's control sockets, which gets
    ``{"type": "participant.connected", "connection": <number of the newest>}``."""
    return f"participant.{participant_id.hex}"


def emit(
    room_id: UUID,
    type_: str,
    data: Data | Callable[[int], Data],
    *,
    session_id: UUID | None = None,
    at_us: int | None = None,
) -> Event:
    """Append an event, in the transaction of the change that it tells of.

    ``data`` may be a function of the event's position. On commit the event goes to
    the room's group; that may be lost, the row may not.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event needs a transaction.")
    position = _take_position(room_id)
    event = Event.objects.create(
        room_id=room_id,
        position=position,
        session_id=session_id,
        type=type_,
        at_us=now_us() if at_us is None else at_us,
        data=data(position) if callable(data) else data,
    )
    message = {"type": "room.event", "event": event.as_message()}
    send_on_commit(room_group(room_id), message)
    return event


def read_events(room_id: UUID, *, after: int) -> tuple[list[Data], bool]:
    """Up to 500 ``event`` messages after a position, and whether there are more."""
    events = Event.objects.filter(room=room_id, position__gt=after)
    found = list(events.order_by("position")[: PAGE + 1])
    return [event.as_message() for event in found[:PAGE]], len(found) > PAGE


def send_on_commit(group: str, message: Data) -> None:
    """Send to a channel-layer group once the transaction is done. What fails there is
    logged and undoes nothing: whoever listens can look into the database."""
    send = async_to_sync(get_channel_layer().group_send)
    transaction.on_commit(lambda: send(group, message), robust=True)


def _take_position(room_id: UUID) -> int:
    """The room's next number. Others wait here until this transaction ends, so the
    numbers have no gaps and are committed in order."""
    room = Room.objects.filter(pk=room_id)
    if not room.update(position=F("position") + 1):
        raise NotFound("The room has been deleted.")
    return room.values_list("position", flat=True).get()
