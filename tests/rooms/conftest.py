"""Named people and a room: Alice owns it, Bob belongs to it, Charlie is outside."""

import pytest

from conference.models import User
from rooms.models import Member, Role, Room
from rooms.rules.rooms import create_room


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.com", "secret", name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@example.com", "secret", name="Bob")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie@example.com", "secret", name="Charlie")


@pytest.fixture
def room(alice: User, bob: User) -> Room:
    room = create_room(alice, name="Weekly sync")
    Member.objects.create(room=room, user=bob, role=Role.MEMBER)
    return room
