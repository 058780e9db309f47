"""A room's events as one socket sees them: in order, without gaps, without repeats."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Self
from uuid import UUID

from channels.db import database_sync_to_async as in_thread
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer

from rooms.rules.events import read_events

Message = dict[str, Any]


class EventFeed:
    """Follows channel-layer groups: the room's, and others where they are given.

    The layer may lose and reorder; numbers tell, and the database fills the gap.
    ``position`` is that of the last event given out; set it before the first.
    """

    def __init__(self, room_id: UUID, *groups: str) -> None:
        self.room_id = room_id
        self.position = 0
        self._groups = groups
        self._layer = get_channel_layer()
        self._channel = ""

    @property
    def channel(self) -> str:
        """Of the channel layer; only this feed receives what is sent there."""
        return self._channel

    async def __aenter__(self) -> Self:
        self._channel = await self._layer.new_channel()
        for group in self._groups:
            await self._layer.group_add(group, self._channel)
        return self

    async def __aexit__(self, *error: object) -> None:
        for group in self._groups:
            await self._layer.group_discard(group, self._channel)

    async def read(self) -> AsyncIterator[Message]:
        """``event`` messages from the position on, and the layer's other messages to
        the groups as they come; never ends."""
        while True:
            message = await self._layer.receive(self._channel)
            if message["type"] not in ("room.event", "room.catch_up"):
                yield message
                continue
            event = message.get("event")
            if event is None or event["position"] > self.position + 1:
                async for missed in self._missed():
                    yield missed
            elif event["position"] == self.position + 1:
                self.position += 1
                yield event

    async def wake(self) -> None:
        """Look into the database, in case the layer lost the latest events."""
        with suppress(ChannelFull):  # what fills it shows the gap as well
            await self._layer.send(self._channel, {"type": "room.catch_up"})

    async def _missed(self) -> AsyncIterator[Message]:
        more = True
        while more:
            events, more = await in_thread(read_events)(
                self.room_id, after=self.position
            )
            for event in events:
                self.position = event["position"]
                yield event
