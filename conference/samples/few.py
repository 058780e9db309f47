"""A few rooms with what happened in them, and recordings that play."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from conference.models import User
from conference.samples.held_meeting import Guest, hold
from rooms.access import Access
from rooms.models import Entry, Role, Room
from rooms.rules.members import add_member
from rooms.rules.rooms import create_room

PEOPLE = (
    Guest("Alice", (58, 110, 165), 220),
    Guest("Bob", (46, 125, 96), 165),
    Guest("Carol", (150, 84, 60), 262),
)
SECONDS = 40
SAID = (
    "Good morning!",
    "The plan is here: https://example.com/plan",
    "Thanks, that answers my question.",
)


def make_few(owner: User, *, tell: Callable[[str], None]) -> None:
    bob, _created = User.objects.get_or_create(
        email="bob@example.com", defaults={"name": "Bob", "password": "!"}
    )
    weekly = _room(owner, "Weekly sync", bob)
    review = _room(owner, "Design review", bob)
    _room(owner, "Office hours", bob, entry=Entry.SIGNED_IN)
    for room, when in (
        (weekly, _days_ago(8, hour=9)),
        (review, _days_ago(3, hour=14)),
        (weekly, _days_ago(1, hour=9)),
    ):
        hold(room, owner, PEOPLE, started_at=when, seconds=SECONDS, said=SAID)
        tell(f"{room.name} of {when:%Y-%m-%d}, recorded")


def _room(owner: User, name: str, member: User, entry: str = Entry.ANYONE) -> Room:
    room = create_room(owner, name=name, entry=entry)
    add_member(Access(room, Role.OWNER, owner), email=member.email, role=Role.MEMBER)
    return room


def _days_ago(days: int, *, hour: int) -> datetime:
    now = timezone.now()
    day = now - timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)
