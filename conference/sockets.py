"""uvicorn's WebSockets, with a shorter way in and out for what comes often.

An ASGI message costs a task's turn, and on its way out two copies of what it carries
for each socket that gets it. An application finds the shorter way in its scope
(``direct``); what does not go that way goes by ``receive`` and ``send``, in order.
"""

from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

EXTENSION = "conference.direct"


# What came (UTF-8 where it is text), and whether it is text; whether it is done with.
Hear = Callable[[bytes, bool], bool]


class Direct(Protocol):
    hear: Hear | None
    """Called with each message as it comes, while none waits for ``receive``; does not
    raise. Where it is not done with a message, ``receive`` gets it."""

    def write(self, frame: bytes) -> bool:
        """Send a whole frame after all that has been sent; whether it was taken. It is
        not while the socket is full or closes: then nothing has happened."""
        ...


def direct(scope: dict[str, Any]) -> Direct | None:
    """The shorter way of an accepted socket, where its server has one."""
    found: Direct | None = scope.get("extensions", {}).get(EXTENSION)
    return found


def pack_bytes(payload: bytes) -> bytes:
    """As a frame of RFC 6455: a message, unfragmented and uncompressed."""
    return Frame(Opcode.BINARY, payload).serialize(mask=False)


def pack_text(text: str) -> bytes:
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class SocketProtocol(WebSocketsSansIOProtocol):
    """Without compression (``ws_per_message_deflate``), which ``write`` goes past."""

    hear: Hear | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:  # the application begins at its next turn
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

    def write(self, frame: bytes) -> bool:
        """After the handshake is complete."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def send_receive_event_to_app(self) -> None:
        if self.hear and self.queue.empty() and not self.close_sent:
            one_only = len(self.frames) == 1
            data = self.frames[0] if one_only else b"".join(self.frames)
            if self.hear(data, self.curr_msg_data_type == "text"):
                self.frames = []
                return
        super().send_receive_event_to_app()
