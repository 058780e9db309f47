"""A kept meeting, and people to ask for it: Bob belongs, Charlie is outside."""

import pytest
from rest_framework.test import APIClient

from conference.models import User
from recordings.models import Recording
from rooms.models import Member, Role
from tests.recordings.media import tone
from tests.recordings.meeting import Meeting


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def recording(meeting: Meeting) -> Recording:
    recording = meeting.record(0, 3)
    carol = meeting.join("Carol")
    meeting.publish(carol, tone(440, start=0, end=3))
    meeting.keep()
    recording.refresh_from_db()
    return recording


@pytest.fixture
def alice(meeting: Meeting) -> APIClient:
    return signed_in(meeting.alice)


@pytest.fixture
def bob(meeting: Meeting) -> APIClient:
    user = User.objects.create_user("bob@example.com", name="Bob")
    Member.objects.create(room=meeting.room, user=user, role=Role.MEMBER)
    return signed_in(user)


@pytest.fixture
def charlie(meeting: Meeting) -> APIClient:
    return signed_in(User.objects.create_user("charlie@example.com", name="Charlie"))
