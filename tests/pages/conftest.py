"""The named people and their room, and a recording that is ready."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conference.models import User
from recordings.models import Recording
from rooms.clock import to_us
from rooms.models import Participant, Role, Room, Session
from tests.rooms.conftest import alice, bob, charlie, room

__all__ = ["alice", "bob", "charlie", "room"]

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def session(room: Room, alice: User) -> Session:
    """An hour ago, ten minutes long, with Alice in it."""
    started_at = timezone.now() - timedelta(hours=1)
    ended_at = started_at + timedelta(minutes=10)
    session = Session.objects.create(
        room=room, started_at=started_at, ended_at=ended_at, last_number=1
    )
    Participant.objects.create(
        session=session,
        number=1,
        user=alice,
        name="Alice",
        role=Role.OWNER,
        joined_at=started_at,
        left_at=ended_at,
        seen_at=ended_at,
        consented_at=started_at,
    )
    return session


@pytest.fixture
def recording(session: Session, alice: User) -> Recording:
    """The session's minutes one to six."""
    started_us = to_us(session.started_at) + 60_000_000
    return Recording.objects.create(
        session=session,
        room=session.room,
        title="Weekly sync, kept",
        started_by=alice,
        started_us=started_us,
        ended_us=started_us + 300_000_000,
        sealed_at=session.ended_at,
    )
