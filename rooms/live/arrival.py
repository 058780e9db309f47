"""Somebody's arrival at the control socket: what the database has for their welcome."""

from dataclasses import dataclass

from rooms.access import shown_rights
from rooms.models import Participant
from rooms.rules.lifecycle import connect
from rooms.rules.snapshot import take_snapshot
from rooms.state import State
from rooms.tickets import Ticket, find_holder


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who is there now, what they may do, and what they find (docs/protocol.md)."""

    participant: Participant
    can: list[str]
    position: int
    snapshot: State


def arrive(ticket: Ticket, *, room_slug: str) -> Arrived:
    """All that a welcome takes of the database, in one go: a thousand may come.

    Raises what ``find_holder`` and ``connect`` do.
    """
    seat = connect(find_holder(ticket, room_slug=room_slug))
    is_told_of = not seat.attends or seat.connection > 1
    # Where that was an event the room has come further than it was when it was read.
    position = None if is_told_of else seat.session.room.position
    snapshot = take_snapshot(seat.session, position=position)
    return Arrived(seat, shown_rights(seat), *snapshot)
