"""Many who come at once all get in."""

import asyncio
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from rooms.models import Participant, Room
from rooms.rules.rooms import update_room
from tests.server import Server, asgi_server

ATTENDEES = 40


@pytest.mark.django_db(transaction=True)
def test_all_who_join_at_once_get_in(room: Room) -> None:
    update_room(room, kind="webinar")
    with asgi_server(Path(settings.DATA_DIR), JOINS_PER_MINUTE="1000") as server:
        statuses = asyncio.run(join_all(server, room.slug))
    assert statuses == {201}
    numbers = Participant.objects.values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, ATTENDEES + 1))


async def join_all(server: Server, slug: str) -> set[int]:
    limits = httpx.Limits(max_connections=None)
    address = f"{server.url}/api/v1/rooms/{slug}/join/"
    async with httpx.AsyncClient(limits=limits, timeout=120) as client:
        asked = [
            client.post(address, json={"name": f"Guest {number}", "consent": True})
            for number in range(ATTENDEES)
        ]
        return {answer.status_code for answer in await asyncio.gather(*asked)}
