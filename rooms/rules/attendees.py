"""Attendees of a webinar: those who only watch.

They may be thousands, so the room is told how many they are, every few seconds, and of
one of them only where a hand goes up or down. Everybody else is told of one by one.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from rooms.access import Action
from rooms.clock import to_us
from rooms.models import Participant, Role, Room, RoomKind, Session
from rooms.rules.events import Data, emit
from rooms.rules.seat import check_may, lock_session, take_seat, tell

PAGE = 100  # attendees listed at once


def split_of(room: Room) -> Q:
    """Which participants of the room's session are attendees."""
    if room.has_attendees:
        return Q(role=Role.GUEST)
    return Q(pk__in=())


def told_of(session: Session) -> QuerySet[Participant]:
    """Who is there, but for attendees: those whom everybody sees."""
    return _here(session).exclude(split_of(session.room)).order_by("number")


def attendees_of(session: Session) -> QuerySet[Participant]:
    return _here(session).filter(split_of(session.room)).order_by("number")


def _here(session: Session) -> QuerySet[Participant]:
    here = Participant.objects.filter(session=session, left_at=None)
    return here.exclude(joined_at=None)


def hands_of(session: Session) -> list[Data]:
    """The attendees whose hand is up, first come first, as ATTENDEE."""
    up = attendees_of(session).exclude(hand_raised_at=None)
    return [one.as_attendee() for one in up.order_by("hand_raised_at", "number")]


def tell_of(seat: Participant, changes: Data, now: datetime) -> None:
    """Tell of a change of somebody; of an attendee's only while the hand is up, or goes
    down."""
    if not seat.attends:
        tell(seat, "participant.updated", {"number": seat.number, **changes}, now)
    elif seat.hand_raised_at is not None or "hand_raised_us" in changes:
        tell(seat, "attendee.updated", {"attendee": seat.as_attendee()}, now)


def tell_counts(now: datetime) -> None:
    """Tell each room whose number of attendees has changed since it was last told."""
    open_sessions = Session.objects.filter(
        ended_at=None, room__kind=RoomKind.WEBINAR
    ).select_related("room")
    here = Q(
        participants__left_at=None,
        participants__joined_at__isnull=False,
        participants__role=Role.GUEST,
    )
    counted = open_sessions.annotate(here=Count("participants", filter=here))
    for session in counted.exclude(here=F("attendees")):
        with transaction.atomic():
            _tell_count(session, now)


def _tell_count(session: Session, now: datetime) -> None:
    current = lock_session(session)
    if current is None or current.ended_at is not None:
        return
    current.attendees = attendees_of(current).count()
    current.save(update_fields=["attendees"])
    emit(
        current.room_id,
        "attendees.counted",
        {"count": current.attendees},
        session_id=current.pk,
        at_us=to_us(now),
    )


def list_attendees(participant: Participant, *, after: int) -> tuple[list[Data], bool]:
    """For hosts: 100 attendees with numbers above ``after``, and whether there are
    more. Raises Denied."""
    with transaction.atomic():
        seat = take_seat(participant)
        check_may(seat, Action.MODERATE)
    found = list(attendees_of(seat.session).filter(number__gt=after)[: PAGE + 1])
    return [one.as_attendee() for one in found[:PAGE]], len(found) > PAGE
