"""A client that does not read costs a bounded backlog, then its connection."""

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from channels.layers import get_channel_layer

from rooms.live.control import BACKLOG_LIMIT, control_socket
from rooms.models import Participant, Room
from rooms.rules.events import room_group
from rooms.tickets import make_ticket
from tests.rooms.people import admit


class StuckClient:
    """Reads its welcome and nothing after it; asks so often, then waits."""

    def __init__(self, participant: Participant, *, requests: int = 0) -> None:
        self.requests = requests
        token = make_ticket(participant)
        slug = participant.session.room.slug
        self.scope = {
            "type": "websocket",
            "headers": [],
            "subprotocols": ["conference.v1", f"ticket.{token}"],
            "url_route": {"kwargs": {"slug": slug}},
        }
        self.welcomed = asyncio.Event()
        self.stuck = asyncio.Event()
        self._has_connected = False

    async def receive(self) -> dict[str, Any]:
        if not self._has_connected:
            self._has_connected = True
            return {"type": "websocket.connect"}
        if self.requests:
            self.requests -= 1
            text = json.dumps({"type": "events", "id": 1, "after": 0})
            return {"type": "websocket.receive", "text": text}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: dict[str, Any]) -> None:
        if self.welcomed.is_set():
            self.stuck.set()
            await asyncio.Event().wait()
        if '"welcome"' in message.get("text", ""):
            self.welcomed.set()


def serve(client: StuckClient) -> asyncio.Task[None]:
    return asyncio.create_task(
        control_socket(client.scope, client.receive, client.send)
    )


async def send_events(room: Room, count: int) -> None:
    """Through the channel layer, as after the arrival of the first participant."""
    for position in range(3, 3 + count):
        event = {"type": "event", "position": position, "event": "x", "data": {}}
        await get_channel_layer().group_send(
            room_group(room.pk), {"type": "room.event", "event": event}
        )
        await asyncio.sleep(0)


@pytest.mark.django_db(transaction=True)
async def test_a_client_that_does_not_read_is_dropped(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    participant = await in_thread(admit)(room)
    client = StuckClient(participant)
    socket = serve(client)
    await client.welcomed.wait()
    await send_events(room, BACKLOG_LIMIT + 10)
    await asyncio.wait_for(socket, 10)
    assert "by too_slow" in caplog.text
    await in_thread(participant.refresh_from_db)()
    assert not participant.connected
    assert participant.left_at is None


@pytest.mark.django_db(transaction=True)
async def test_who_does_not_read_answers_gets_no_more_of_them(room: Room) -> None:
    client = StuckClient(await in_thread(admit)(room), requests=100)
    socket = serve(client)
    await client.stuck.wait()
    await send_events(room, BACKLOG_LIMIT + 10)
    await asyncio.wait_for(socket, 10)
    assert client.requests >= 98
