"""Plans of meetings for tests, and hosts who schedule them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.test import TestCase
from django.utils import timezone

from conference.models import User
from rooms.access import Action, access_room
from rooms.addresses import Address
from rooms.models import Meeting, Room
from rooms.plan import Plan
from rooms.rules.invitations import due
from rooms.rules.scheduling import schedule_meeting
from rooms.tasks import send_invitation

GRACE, HEIDI = Address("grace@example.com", "Grace"), Address("heidi@example.com")


def in_days(days: int, hour: int = 10) -> datetime:
    """A wall time, so many days from now."""
    day = timezone.now() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour)


def plan(**fields: Any) -> Plan:
    values: dict[str, Any] = {
        "title": "Weekly sync",
        "start": in_days(7),
        "time_zone": "Europe/Berlin",
        "duration_minutes": 30,
    }
    return Plan(**values | fields)


def scheduled(
    room: Room, host: User, invitees: Sequence[Address] = (), **fields: Any
) -> Meeting:
    access = access_room(room.slug, host, Action.SCHEDULE)
    return schedule_meeting(access, plan(**fields), invitees)


@contextmanager
def mails_sent() -> Iterator[None]:
    """On leaving, what was committed is sent, as the workers would."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
    send_what_is_due()


def send_what_is_due() -> None:
    for invitee_id in due():
        send_invitation(invitee_id=str(invitee_id))
