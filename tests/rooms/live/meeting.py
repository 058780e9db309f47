"""A meeting without sockets: sessions on a relay, with connections made up here."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from rooms.access import KINDS
from rooms.live.media_session import MediaSession
from rooms.live.outbox import Outbox
from rooms.live.publication import Publication, Publisher
from rooms.live.relay import Connection, Relay
from rooms.streams import open_log
from rooms.streams.contract import StreamLog
from tests.rooms.live.media_client import Arrived, split_deliveries

Message = dict[str, Any]


async def until(condition: Callable[[], bool]) -> None:
    """Let the others run until they have come so far."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, us: int) -> None:
        self.us = us

    def __call__(self) -> int:
        return self.us


class Socket:
    """The server's side of a connection whose client reads, or has stopped to."""

    def __init__(self) -> None:
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.texts: list[Message] = []
        self.arrived: list[Arrived] = []
        self.reads = 0
        self._sent = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()

    async def receive(self) -> Message:
        self.reads += 1
        return await self._incoming.get()

    async def send(self, message: Message) -> None:
        await self._open.wait()
        if "text" in message:
            self.texts.append(json.loads(message["text"]))
        else:
            self.arrived += split_deliveries(message["bytes"])
        self._sent.set()

    def publish(self, data: bytes) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "bytes": data})

    def disconnect(self) -> None:
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})

    def stall(self) -> None:
        """The client reads no more."""
        self._open.clear()

    async def text(self, type_: str, **fields: Any) -> Message:
        """Wait for a text with these fields, which is then forgotten."""
        wanted = {"type": type_, **fields}
        while True:
            for text in self.texts:
                if wanted.items() <= text.items():
                    self.texts.remove(text)
                    return text
            await self._something()

    async def deliveries(self, count: int) -> list[Arrived]:
        while len(self.arrived) < count:
            await self._something()
        taken, self.arrived = self.arrived[:count], self.arrived[count:]
        return taken

    async def _something(self) -> None:
        self._sent.clear()
        async with asyncio.timeout(10):
            await self._sent.wait()


@dataclass(eq=False)
class Person:
    """Somebody in the meeting; ``serving`` ends with what ended the connection."""

    number: int
    socket: Socket
    connection: Connection
    session: MediaSession
    serving: "asyncio.Task[None]"


@dataclass
class Meeting:
    log: StreamLog = field(default_factory=lambda: open_log("memory://"))
    relay: Relay = field(default_factory=lambda: Relay(uuid4()))
    people: list[Person] = field(default_factory=list)

    async def enter(
        self,
        *,
        clock: Clock | None = None,
        fence: int = 1,
        like: Person | None = None,
        number: int | None = None,
    ) -> Person:
        """A new person, or ``like`` another with a newer socket."""
        number = like.number if like else number or len(self.people) + 1
        publisher = Publisher(
            room_id=self.relay.room_id,
            session_id=self.relay.room_id,
            participant_id=UUID(int=number),
            number=number,
            epoch=1,
            fence=fence,
            stream=f"stream/{number}",
        )
        outbox = Outbox(number, clock=clock) if clock else Outbox(number)
        publication = Publication(self.log, publisher, outbox.say)
        await publication.open()
        connection = Connection(publication, outbox)
        self.relay.enter(connection)
        session = MediaSession(self.relay, connection, kinds=KINDS)
        socket = Socket()
        serving = asyncio.create_task(session.run(socket.receive, socket.send))
        person = Person(number, socket, connection, session, serving)
        self.people.append(person)
        return person

    async def close(self) -> None:
        for person in self.people:
            person.serving.cancel()
        await asyncio.gather(
            *(person.serving for person in self.people), return_exceptions=True
        )
        await self.log.close()
