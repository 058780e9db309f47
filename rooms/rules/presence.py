"""Presence: signs of life, lost connections, and departures after the grace."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rooms.models import Participant
from rooms.rules.attendees import tell_of
from rooms.rules.lifecycle import depart
from rooms.rules.seat import lock_session

GRACE = timedelta(seconds=30)
# A server process says every 10 s who is connected to it; whoever it has not named
# for longer was connected to a process that is gone.
SILENCE = timedelta(seconds=15)


def mark_seen(participant_ids: Collection[UUID]) -> None:
    """A sign of life from all of them, as one statement."""
    Participant.objects.filter(pk__in=participant_ids, left_at=None).update(
        seen_at=timezone.now()
    )


def renew_grace() -> None:
    """Give everybody who is in a session the whole grace from now on.

    A server that starts calls this, and one whose database was away: nobody could come
    back meanwhile, or be seen.
    """
    Participant.objects.filter(left_at=None).update(seen_at=timezone.now())


def lose_connection(participant: Participant) -> None:
    """The control socket with this participant's ``connection`` number is gone; if
    a newer one has replaced it nothing happens."""
    now = timezone.now()
    _disconnect(participant, Q(connection=participant.connection), now, seen_at=now)


def depart_absent(now: datetime) -> None:
    """Show as lost whoever has gone silent, and take out who is over the grace."""
    here = Participant.objects.select_related("session__room").filter(left_at=None)
    silent = Q(seen_at__lt=now - SILENCE)
    for participant in here.filter(silent, connected=True):
        _disconnect(participant, silent, now, seen_at=participant.seen_at)
    absent = Q(seen_at__lt=now - GRACE)
    for participant in here.filter(absent):
        _depart(participant, absent, now, reason="lost")


def eject_expired(now: datetime) -> None:
    """Take out whose join token has expired, where it says so."""
    expired = Q(eject_at__lte=now)
    here = Participant.objects.select_related("session__room").filter(left_at=None)
    for participant in here.filter(expired):
        _depart(participant, expired, now, reason="removed")


def _disconnect(
    participant: Participant, still: Q, now: datetime, *, seen_at: datetime
) -> None:
    with transaction.atomic():
        lock_session(participant.session)
        lost = Participant.objects.filter(
            still, pk=participant.pk, connected=True, left_at=None
        ).update(connected=False, seen_at=seen_at)
        if lost:
            tell_of(participant, {"connected": False}, now)


def _depart(participant: Participant, still: Q, now: datetime, *, reason: str) -> None:
    with transaction.atomic():
        session = lock_session(participant.session)
        seat = Participant.objects.filter(
            still, pk=participant.pk, left_at=None
        ).first()
        if session is None or seat is None:
            return
        seat.session = session
        depart(seat, reason=reason, now=now)
