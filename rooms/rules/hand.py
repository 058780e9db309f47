"""Raised hands."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import NotFound
from rooms.access import Action
from rooms.clock import to_us
from rooms.models import Participant
from rooms.rules.attendees import tell_of
from rooms.rules.seat import check_may, take_seat


def raise_hand(participant: Participant) -> None:
    """A hand that is up stays up, since when it was raised."""
    with transaction.atomic():
        seat = take_seat(participant)
        if seat.hand_raised_at is None:
            _set_hand(seat, timezone.now())


def lower_hand(participant: Participant, *, number: int | None = None) -> None:
    """One's own hand, or as a host somebody else's."""
    with transaction.atomic():
        seat = take_seat(participant)
        if number is not None and number != seat.number:
            check_may(seat, Action.MODERATE)
            seat = _neighbour(seat, number)
        if seat.hand_raised_at is not None:
            _set_hand(seat, None)


def _set_hand(seat: Participant, raised_at: datetime | None) -> None:
    seat.hand_raised_at = raised_at
    seat.save(update_fields=["hand_raised_at"])
    raised_us = None if raised_at is None else to_us(raised_at)
    tell_of(seat, {"hand_raised_us": raised_us}, timezone.now())


def _neighbour(seat: Participant, number: int) -> Participant:
    other = Participant.objects.filter(
        session=seat.session, number=number, left_at=None
    ).first()
    if other is None:
        raise NotFound(_("Nobody in this session has that number."))
    other.session = seat.session
    return other
