"""A publisher that keeps what is not acknowledged, comes back by itself to whichever
server answers, and sends it again (docs/protocol.md, "Resends").
"""

import asyncio
import hashlib
import itertools
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.e2e.second_client import KEY, LENGTH, MICROPHONE, PCM, RECORD, join, now_us

PERIOD_SECONDS = 0.02
SITE_SECONDS = 20.0  # for a server to answer, on a busy machine
PAUSE_SECONDS = 0.1

Json = dict[str, Any]


def payload(publisher: str, number: int) -> bytes:
    """The same for the same record, another for every other one."""
    return hashlib.sha256(f"{publisher} {number}".encode()).digest() * 10


@dataclass
class ResendingPublisher:
    """One participant; ``sites`` are tried in turn."""

    sites: Sequence[str]
    slug: str
    name: str
    acknowledged: int = 0
    connections: int = 0
    storage: list[str] = field(default_factory=list)  # states as they were told
    participant: str = ""
    troubles: list[str] = field(default_factory=list)  # why connections ended
    _token: str = ""
    _epoch: int = 0
    _kept: deque[tuple[int, bytes]] = field(default_factory=deque)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _is_stopping: bool = False

    def enter(self) -> None:
        """Join, at the first site."""
        joined = join(self.sites[0], self.slug, self.name)
        self.participant = joined["participant"]["id"]
        self._token = joined["ticket"]

    async def publish(self) -> None:
        """A record every 20 ms until stopped, and then until all is acknowledged."""
        for site in itertools.cycle(self.sites):
            try:
                await self._publish_at(site.replace("http", "ws", 1))
            except (OSError, TimeoutError, WebSocketException) as error:
                self.troubles.append(repr(error))
                await asyncio.sleep(PAUSE_SECONDS)
            if self._is_stopping and not self._kept:
                return

    def stop(self) -> None:
        self._is_stopping = True

    async def reach(self, number: int) -> None:
        """Until so many records are acknowledged."""
        while self.acknowledged < number:  # noqa: ASYNC110 - a load may poll
            await asyncio.sleep(PERIOD_SECONDS)

    async def _publish_at(self, site: str) -> None:
        async with asyncio.timeout(SITE_SECONDS):
            control = await self._open(f"{site}/ws/rooms/{self.slug}/")
        async with control:
            async with asyncio.timeout(SITE_SECONDS):
                welcome = json.loads(await control.recv())
                if welcome["type"] == "error":
                    raise ConnectionError(welcome["code"])
                self._token, self._epoch = welcome["resume"], welcome["you"]["epoch"]
                media = await self._open(f"{site}/ws/rooms/{self.slug}/media/")
            async with media:
                await self._resend(media)
                try:
                    async with asyncio.TaskGroup() as tasks:
                        sending = tasks.create_task(self._send(media))
                        listening = tasks.create_task(self._ignore(control))
                        await self._hear(media)
                        sending.cancel()
                        listening.cancel()
                except* (OSError, WebSocketException) as group:
                    raise ConnectionError(site) from group

    async def _open(self, address: str) -> ClientConnection:
        return await connect(
            address,
            subprotocols=["conference.v1", f"ticket.{self._token}"],  # type: ignore[list-item]
            compression=None,
            max_size=None,
        )

    async def _resend(self, media: ClientConnection) -> None:
        async with asyncio.timeout(SITE_SECONDS):
            ready = json.loads(await media.recv())
        if ready["type"] != "ready":
            raise ConnectionError(ready["code"])
        self.connections += 1
        # What is durable although nobody could tell us any more.
        self._forget(ready["number"])
        for _, record in self._kept:
            await media.send(record)

    async def _send(self, media: ClientConnection) -> None:
        while not self._is_stopping:
            number = next(self._numbers)
            header = RECORD.pack(
                1, MICROPHONE, PCM, KEY, 0, 30, self._epoch, number, now_us()
            )
            record = header + payload(self.name, number)
            record = LENGTH.pack(len(record)) + record
            self._kept.append((number, record))
            await media.send(record)
            await asyncio.sleep(PERIOD_SECONDS)

    async def _hear(self, media: ClientConnection) -> None:
        """Until all is acknowledged, where that was asked for."""
        while not (self._is_stopping and not self._kept):
            try:
                async with asyncio.timeout(PAUSE_SECONDS):
                    message = await media.recv()
            except TimeoutError:
                continue
            if isinstance(message, str):
                self._note(json.loads(message))

    def _note(self, text: Json) -> None:
        if text["type"] == "ack":
            self.acknowledged = max(self.acknowledged, text["number"])
            self._forget(text["number"])
        elif text["type"] == "storage":
            self.storage.append(text["state"])

    def _forget(self, number: int) -> None:
        while self._kept and self._kept[0][0] <= number:
            self._kept.popleft()

    async def _ignore(self, control: ClientConnection) -> None:
        async for _ in control:
            pass
