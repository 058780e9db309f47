"""One open media socket: what its client sends, and what it is sent."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid
from conference.sockets import Direct
from rooms.clock import now_us
from rooms.live.delivery import Track
from rooms.live.handshake import Message, Receive, Send
from rooms.live.payload import parse_object, read_fields
from rooms.live.rate import Allowance
from rooms.live.relay import Connection, Relay
from rooms.streams.record import Header, Kind, parse_header, split_message

# Averaged over a minute: the 60 s that a publisher keeps come back all at once.
RECORDS_PER_SECOND = 400
BYTES_PER_SECOND = 4 << 20
RATE_SECONDS = 60
TEXTS_PER_SECOND = 50
TEXT_RATE_SECONDS = 10

FINISH_SECONDS = 5.0  # for what is on its way to the disk when the publisher goes

_KINDS = {kind.wire_name: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class View:
    number: int
    kind: str
    height: int


@dataclass(frozen=True, slots=True)
class Received:
    bytes: int


@dataclass(frozen=True, slots=True)
class KeyframeWish:
    number: int
    kind: str


class MediaSession:
    def __init__(
        self,
        relay: Relay,
        connection: Connection,
        *,
        kinds: Collection[str],
        wire: Direct | None = None,
    ) -> None:
        """``kinds``: the tracks that may be published, by their names. ``wire``: what
        hands over messages as they come."""
        self._wire = wire
        self._relay = relay
        self._connection = connection
        self._publication = connection.publication
        self._outbox = connection.outbox
        self._kinds = frozenset(_KINDS[name] for name in kinds)
        self._records = Allowance(
            RECORDS_PER_SECOND, seconds=RATE_SECONDS, code="too_many_records"
        )
        self._bytes = Allowance(
            BYTES_PER_SECOND, seconds=RATE_SECONDS, code="too_many_bytes"
        )
        self._texts = Allowance(TEXTS_PER_SECOND, seconds=TEXT_RATE_SECONDS)
        self.records_in = 0
        self.bytes_in = 0

    def totals(self) -> dict[str, int]:
        """Since the socket opened, as the meters name them."""
        outbox = self._outbox
        return {
            "records_in": self.records_in,
            "bytes_in": self.bytes_in,
            "records_out": outbox.sent_records,
            "bytes_out": outbox.sent_bytes,
            "dropped_stale": outbox.dropped_by["stale"],
            "dropped_full": outbox.dropped_by["full"],
        }

    def lag_seconds(self) -> float:
        return self._outbox.waited_us / 1e6

    async def run(self, receive: Receive, send: Send) -> None:
        """Serve the socket until its client goes, or something ends it: then raises
        what did. What the client has sent is given time to reach the disk."""
        async with asyncio.TaskGroup() as group:
            appending = group.create_task(self._publication.run())
            try:
                with self._hearing():
                    await self._converse(receive, send)
            finally:
                if not appending.done():
                    await self._finish()
                appending.cancel()

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        """Take messages as they come, in the language of the socket."""
        if self._wire is None:
            yield
            return
        language = copy_context()
        self._wire.hear = lambda *message: language.run(self._hear, *message)
        try:
            yield
        finally:
            self._wire.hear = None

    def _hear(self, data: bytes, is_text: bool) -> bool:
        if self._outbox.has_ended:
            return True  # nothing that comes after it counts
        message: Message
        if is_text:
            try:
                message = {"text": data.decode()}
            except UnicodeDecodeError:
                return False
        elif self._publication.is_full:
            return False
        else:
            message = {"bytes": data}
        try:
            self._take(message)
        except Exception as error:  # noqa: BLE001 - ends the socket, as in ``_read``
            self._outbox.end(error)
        return True

    async def _converse(self, receive: Receive, send: Send) -> None:
        """Reader and writer; whichever ends first, ends the other."""
        async with asyncio.TaskGroup() as group:
            others = (
                group.create_task(self._write(send)),
                group.create_task(self._outbox.ended()),
            )
            await self._read(receive)
            for task in others:
                task.cancel()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(FINISH_SECONDS):
                await self._publication.shrink(below_bytes=1)
        except TimeoutError:
            pass  # not acknowledged: the publisher sends it again

    async def _write(self, send: Send) -> None:
        with suppress(OSError):  # the client is gone; ``receive`` says so too
            while True:
                await send(await self._outbox.next())

    async def _read(self, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            self._take(message)
            await self._publication.shrink()

    def _take(self, message: Message) -> None:
        data = message.get("bytes")
        if data is None:
            self._take_text(message)
        else:
            self._take_records(data)

    def _take_records(self, data: bytes) -> None:
        """All of a message is checked before any of it goes on."""
        self._bytes.spend(len(data))
        records = list(split_message(data))
        self._records.spend(len(records))
        headers = [parse_header(record) for record in records]
        self._check_kinds(headers)
        self._publication.check(headers)
        self.records_in += len(records)
        self.bytes_in += len(data)
        appended_us = now_us()
        added = [
            self._publication.add(header, record, appended_us=appended_us)
            for header, record in zip(headers, records, strict=True)
        ]
        if None in added:
            self._publication.acknowledge()
        self._relay.publish([delivery for delivery in added if delivery])

    def _check_kinds(self, headers: list[Header]) -> None:
        if not self._kinds.issuperset(header.kind for header in headers):
            raise Denied(
                _("You may not publish this kind of track here."),
                code="kind_not_allowed",
            )

    def _take_text(self, message: Message) -> None:
        self._texts.spend()
        fields = parse_object(message)
        handle = self._handlers.get(str(fields.get("type")))
        if handle is None:
            raise Invalid(_("This type of message is unknown."), code="unknown_type")
        handle(self, fields)

    def _view(self, fields: dict[str, Any]) -> None:
        view = read_fields(View, fields)
        if view.height < 0:
            raise Invalid(_("A height is 0 or more."), field="height")
        track = _track(view.number, view.kind)
        self._relay.view(self._connection, track, height=view.height)

    def _received(self, fields: dict[str, Any]) -> None:
        self._outbox.received(read_fields(Received, fields).bytes)

    def _keyframe(self, fields: dict[str, Any]) -> None:
        wish = read_fields(KeyframeWish, fields)
        track = _track(wish.number, wish.kind)
        self._relay.request_keyframe_for(self._connection, track)

    _handlers: ClassVar[dict[str, Callable[["MediaSession", dict[str, Any]], None]]] = {
        "view": _view,
        "received": _received,
        "keyframe": _keyframe,
    }


def _track(number: int, kind: str) -> Track:
    if kind not in _KINDS:
        raise Invalid(_("This kind of track is unknown."), field="kind")
    if number < 1:
        raise Invalid(_("Participants are numbered from 1."), field="number")
    return number, _KINDS[kind]
