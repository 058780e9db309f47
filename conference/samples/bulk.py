"""Rows in bulk, to see how lists and searches take many of them.

The same on every empty database. Only rows: the segments and files that they name
are not in the archive, so nothing here can be played.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from uuid import UUID

from django.db import connection, transaction

from conference.models import User
from conference.samples.past_session import PastSessions
from rooms.models import Member, Role, Room
from rooms.models.room import SLUG_LETTERS, Entry

SUBJECTS = (
    "Weekly sync",
    "Design review",
    "Planning",
    "Retrospective",
    "Customer interview",
    "Board",
    "Standup",
    "Office hours",
    "Hiring",
    "Incident review",
)
SHARE = 50  # the part of all rooms that is one person's is one of so many
# Sessions in one transaction. The keys are random, so that each transaction writes
# most pages of their indexes: fewer transactions write less.
SESSIONS_AT_ONCE = 5_000
SQLITE_CACHE_KIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. Each session has one recording."""

    users: int = 500
    rooms: int = 10_000
    recordings: int = 50_000
    messages: int = 1_000_000


def make_bulk(scale: Scale, owner: User, *, tell: Callable[[str], None]) -> None:
    """``owner`` owns a fiftieth of the rooms and is a member of another fiftieth. The
    first room, one of the former, is a busy one: a fiftieth of all sessions is in it.
    """
    random = Random(f"{owner.email} {Room.objects.count()}")  # noqa: S311
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    users = _make_users(scale, random)
    tell(f"{len(users)} users")
    rooms = _make_rooms(scale, random, owner, users)
    tell(f"{len(rooms)} rooms")
    sessions = PastSessions(random, messages=scale.messages // scale.recordings)
    busy = scale.recordings // SHARE
    for first in range(0, scale.recordings, SESSIONS_AT_ONCE):
        last = min(first + SESSIONS_AT_ONCE, scale.recordings)
        with transaction.atomic():
            for index in range(first, last):
                place = 0 if index < busy else 1 + index % (len(rooms) - 1)
                sessions.add(rooms[place], users)
            sessions.flush()
        tell(f"{last} of {scale.recordings} sessions with their recordings and chat")
    Room.objects.bulk_update(rooms, ["position"], batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does a little later


def _make_users(scale: Scale, random: Random) -> list[User]:
    start = User.objects.count()
    return User.objects.bulk_create(
        User(
            pk=UUID(int=random.getrandbits(128), version=4),
            email=f"person{start + index}@example.com",
            name=f"Person {start + index}",
            password="!",  # noqa: S106 - fits no password
        )
        for index in range(scale.users)
    )


def _make_rooms(
    scale: Scale, random: Random, owner: User, users: list[User]
) -> list[Room]:
    rooms = [
        Room(
            pk=UUID(int=random.getrandbits(128), version=4),
            slug="-".join("".join(random.choices(SLUG_LETTERS, k=4)) for _ in "abc"),
            name=f"{SUBJECTS[index % len(SUBJECTS)]} {index + 1}",
            owner=owner if index % SHARE == 0 else users[index % len(users)],
            entry=random.choice(Entry.values),
        )
        for index in range(scale.rooms)
    ]
    members = [
        Member(
            pk=UUID(int=random.getrandbits(128), version=4),
            room=room,
            user=owner if index % SHARE == 1 else users[(index + 1) % len(users)],
            role=random.choice((Role.HOST, Role.MEMBER)),
        )
        for index, room in enumerate(rooms)
    ]
    with transaction.atomic():
        Room.objects.bulk_create(rooms)
        Member.objects.bulk_create(members)
    return rooms
