"""Somebody's arrival at the control socket: what the database has for their welcome."""

from dataclasses import dataclass

from rooms.access import shown_rights
from rooms.models import Participant
from rooms.rules.lifecycle import connect
from rooms.rules.snapshot import take_snapshot
from rooms.state import State


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who is there now, what they may do, and what they find (docs/protocol.md)."""

    participant: Participant
    can: list[str]
    position: int
    snapshot: State


def arrive(participant: Participant) -> Arrived:
    """All that a welcome takes of the database, in one go: a thousand may come."""
    seat = connect(participant)
    return Arrived(seat, shown_rights(seat), *take_snapshot(seat.session))
