"""How a rule about a participant begins and ends: take the seat, tell the room."""

from datetime import datetime

from django.utils.translation import gettext as _

from conference.errors import Denied
from rooms.access import Action, check_present, may, participant_left
from rooms.clock import to_us
from rooms.models import Participant, Session
from rooms.rows import the_one
from rooms.rules.events import Data, emit


def take_seat(participant: Participant) -> Participant:
    """The participant's row as it is now, for this page's epoch.

    Until the transaction ends nobody else changes this session or who is in it.
    Raises Gone or Conflict where the page has lost its place.
    """
    session = lock_session(participant.session)
    seat = the_one(Participant.objects.filter(pk=participant.pk))
    if session is None or seat is None:
        raise participant_left()
    seat.session = session
    check_present(seat, epoch=participant.epoch)
    return seat


def check_may(participant: Participant, action: Action) -> None:
    """Raises Denied where the role in this session does not allow it."""
    if not may(participant.role, action):
        raise Denied(_("Your role in this room does not allow that."))


def tell(seat: Participant, type_: str, data: Data, now: datetime) -> None:
    """Emit an event of the session that this participant is in."""
    emit(
        seat.session.room_id,
        type_,
        data,
        session_id=seat.session_id,
        at_us=to_us(now),
    )


def lock_session(session: Session) -> Session | None:
    """The session's row as it is now, locked until the transaction ends; None if it
    is deleted. SQLite needs no row locks: its transactions run one at a time."""
    locked = the_one(Session.objects.select_for_update().filter(pk=session.pk))
    if locked is not None:
        locked.room = session.room
    return locked
