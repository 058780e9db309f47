"""Alice's room with one of each thing in it, and everybody who may ask."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conference.keys import create_key
from conference.models import User
from recordings.live.keys import seal
from recordings.models import (
    Export,
    ExportState,
    LiveOutput,
    OutputTarget,
    Recording,
    ShareLink,
)
from rooms.models import Member, Role, Room
from tests.pages.conftest import recording, session
from tests.rooms.api.conftest import fresh_throttles
from tests.rooms.conftest import alice, bob, charlie, room
from tests.rooms.meetings import GRACE, scheduled
from tests.rooms.people import seat

__all__ = ["alice", "bob", "charlie", "fresh_throttles", "recording", "room", "session"]


@dataclass(frozen=True, slots=True)
class World:
    """``clients`` in the order of the tables: owner, host, member, outsider, guest."""

    clients: list[Client]
    ids: dict[str, str]

    def address(self, route: str) -> str:
        """A route of Django's with what exists put in: ``<uuid:pk>`` goes by the
        resource before it."""
        parts = []
        for part in route.split("/"):
            if not part.startswith("<"):
                parts.append(part)
                continue
            name = part.strip("<>").partition(":")[2]
            parts.append(self.ids[parts[-1] if name == "pk" else name])
        return "/" + "/".join(parts)


@pytest.fixture
def world(
    room: Room, recording: Recording, alice: User, bob: User, charlie: User
) -> World:
    host = User.objects.create_user("dora@example.com", "secret", name="Dora")
    erin = User.objects.create_user("erin@example.com", "secret", name="Erin")
    Member.objects.create(room=room, user=host, role=Role.HOST)
    member = Member.objects.create(room=room, user=erin)
    meeting = scheduled(room, alice, [GRACE])
    export = Export.objects.create(
        recording=recording, format="mp4", state=ExportState.FAILED
    )
    link = ShareLink.objects.create(
        recording=recording, expires_at=timezone.now() + timedelta(days=1)
    )
    output = LiveOutput.objects.create(
        room=room, session=recording.session, seen_at=timezone.now()
    )
    target = OutputTarget.objects.create(
        output=output, url="rtmp://example.com/live", secret=seal("key")
    )
    key, _secret = create_key(alice, name="A key", scopes=["rooms:read"])
    clients = [Client() for _person in range(5)]
    for client, person in zip(clients, (alice, host, bob, charlie), strict=False):
        client.force_login(person)
    ids = {
        "slug": room.slug,
        "members": member.pk,
        "member_id": member.pk,
        "participants": seat(room, name="Grace").pk,
        "recordings": recording.pk,
        "recording_id": recording.pk,
        "exports": export.pk,
        "export_id": export.pk,
        "outputs": output.pk,
        "target_id": target.pk,
        "sessions": recording.session_id,
        "session_id": recording.session_id,
        "meetings": meeting.pk,
        "meeting_id": meeting.pk,
        "invitee_id": meeting.invitees.get().pk,
        "day": f"{timezone.now():%Y-%m-%d}",
        "share-links": link.pk,
        "link_id": link.pk,
        "token": link.token,
        "name": "grid.mp4",
        "keys": key.pk,
        "key_id": key.pk,
    }
    return World(clients, {name: str(found) for name, found in ids.items()})
