"""A control client over a real socket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from rooms.models import Participant
from rooms.tickets import make_ticket
from tests.server import Server

SECONDS = 10
Message = dict[str, Any]


class ControlClient:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.welcome: Message = {}
        self.events: list[Message] = []
        self._last_id = 0

    def receive(self) -> Message:
        message: Message = json.loads(self.connection.recv(SECONDS))
        if message["type"] == "event":
            self.events.append(message)
        return message

    def send(self, type_: str, **fields: Any) -> int:
        self._last_id += 1
        message = {"type": type_, "id": self._last_id, **fields}
        self.connection.send(json.dumps(message))
        return self._last_id

    def request(self, type_: str, **fields: Any) -> Message:
        """The answer; events that come before it are kept in ``events``."""
        request_id = self.send(type_, **fields)
        while (message := self.receive()).get("id") != request_id:
            assert message["type"] == "event", message
        return message

    def wait_for(self, event: str) -> Message:
        """The next event of this type, among those that have come already, too."""
        seen = 0
        while True:
            for message in self.events[seen:]:
                seen += 1
                if message["event"] == event:
                    return message
            self.receive()

    def closed(self) -> tuple[int, list[Message]]:
        """Read to the end: the close code, and the messages before it."""
        messages = []
        try:
            while True:
                messages.append(self.receive())
        except ConnectionClosed as end:
            assert end.rcvd is not None
            return end.rcvd.code, messages

    def drop(self) -> None:
        """Lose the connection without a word."""
        self.connection.socket.close()


@contextmanager
def open_control(
    server: Server,
    slug: str,
    token: str | None,
    *,
    origin: str | None = None,
    path: str = "/ws/rooms/{slug}/",
    protocol: str = "conference.v1",
    language: str = "en",
) -> Iterator[ControlClient]:
    """A socket that may be refused: nothing has been received yet."""
    offers = [protocol] + ([f"ticket.{token}"] if token is not None else [])
    with connect(
        server.ws_url + path.format(slug=slug),
        subprotocols=[Subprotocol(offer) for offer in offers],
        origin=Origin(origin) if origin else None,
        additional_headers={"Accept-Language": language},
        max_size=None,
    ) as connection:
        yield ControlClient(connection)


@contextmanager
def joined(
    server: Server, participant: Participant, token: str | None = None
) -> Iterator[ControlClient]:
    """A socket that has been welcomed."""
    slug = participant.session.room.slug
    token = token or make_ticket(participant)
    with open_control(server, slug, token) as client:
        client.welcome = client.receive()
        assert client.welcome["type"] == "welcome", client.welcome
        yield client
