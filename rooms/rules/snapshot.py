"""The state of a room as the database has it."""

from uuid import UUID

from django.db import transaction

from rooms.models import Event, Room, Session
from rooms.rows import the_one
from rooms.rules.attendees import hands_of, told_of
from rooms.rules.chat import read_history
from rooms.rules.events import Data
from rooms.state import State, empty_state

ROOMS_REMEMBERED = 32

# The last snapshot of each room, with its session and position: many who come at once,
# as attendees of a webinar do, get the same one. Every change raises the position.
_last: dict[UUID, tuple[UUID, int, State]] = {}


def take_snapshot(
    session: Session, *, position: int | None = None
) -> tuple[int, State]:
    """The snapshot of docs/protocol.md, and the position of the event it is after: at
    least the one given, or else that of the room's last event.

    It is shared: not to be changed.
    """
    last = _last.get(session.room_id)
    if last and last[0] == session.pk:
        if position is None:
            rooms = Room.objects.filter(pk=session.room_id)
            position = the_one(rooms.values_list("position", flat=True))
        if last[1] == position:
            return last[1], last[2]
    position, state = _read_state(session)
    _last.pop(session.room_id, None)
    while len(_last) >= ROOMS_REMEMBERED:
        _last.pop(next(iter(_last)), None)
    _last[session.room_id] = (session.pk, position, state)
    return position, state


def _read_state(session: Session) -> tuple[int, State]:
    with transaction.atomic():
        # Every rule raises the room's position, so this lock keeps them all out.
        room = Room.objects.select_for_update().get(pk=session.room_id)
        session = Session.objects.get(pk=session.pk)
        session.room = room
        chat, _more = read_history(room.pk)
        state = empty_state(room.as_message(), session.as_message()) | {
            "participants": [one.as_message() for one in told_of(session)],
            "attendees": {"count": session.attendees, "hands": hands_of(session)},
            "recording": running_recording(session),
            "outputs": living_outputs(session),
            "chat": chat,
        }
    return room.position, state


def running_recording(session: Session) -> Data | None:
    """``rooms`` knows recordings by their events only."""
    last = (
        Event.objects.filter(
            session=session, type__in=("recording.started", "recording.stopped")
        )
        .order_by("-position")
        .first()
    )
    if session.ended_at or last is None or last.type == "recording.stopped":
        return None
    recording: Data = last.data["recording"]
    return recording


def living_outputs(session: Session) -> list[Data]:
    """Of live outputs ``rooms`` knows the events, too. First come first."""
    told = Event.objects.filter(
        session=session, type__in=("output.started", "output.ended")
    )
    living: dict[str, Data] = {}
    for event in told.order_by("position"):
        output = event.data["output"]
        if event.type == "output.started":
            living[output["id"]] = output
        else:
            living.pop(output["id"], None)
    return [] if session.ended_at else [*living.values()]
