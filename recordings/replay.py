"""The replay socket: the kept records of a session, paced (docs/protocol.md).

Two loops: the reader carries out commands, and the player of the latest seek sends.
A seek replaces the player; everything else changes the playhead that it waits for.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from conference.errors import Invalid, Refused
from recordings.playback import (
    Item,
    Moment,
    find_moment,
    in_thread,
    kept_ranges,
    merge,
    video_on,
)
from recordings.playhead import Playhead, Range, find_gaps, played_us
from recordings.segment_index import Record
from rooms.access import Action, access_session
from rooms.live.handshake import Message, Receive, Send, accept, refuse
from rooms.live.payload import parse_object, read_fields
from rooms.live.rate import Allowance
from rooms.models import Session
from rooms.streams.record import frame_delivery

VERSION = 1
LEAD_US = 2_000_000  # media sent before the playhead is there
OUTSTANDING_BYTES = 8 << 20  # sent and not yet reported as received
BATCH_BYTES = 64 << 10  # records that are due travel together up to this
SLOWEST, FASTEST = 0.5, 4.0
COMMANDS_PER_SECOND = 50
RATE_SECONDS = 10

logger = logging.getLogger(__name__)


async def replay_socket(scope: Message, receive: Receive, send: Send) -> None:
    """The ASGI application at ``/ws/sessions/{id}/replay/``."""
    await receive()  # websocket.connect
    session_id = scope["url_route"]["kwargs"]["session_id"]
    try:
        await accept(scope, send)
        session, _access = await in_thread(access_session)(
            session_id, scope["user"], Action.SEE
        )
        ranges = await in_thread(kept_ranges)(session)
        await Replay(session, ranges, receive, send).run()
    except Refused as error:
        logger.info("replay %s refused: %s", session_id, error.code)
        await refuse(send, error)
    except Exception:
        logger.exception("replay %s failed", session_id)
        await send({"type": "websocket.close", "code": 1011})


@dataclass(frozen=True, slots=True)
class Seek:
    at_us: int
    id: int | str | None = None


@dataclass(frozen=True, slots=True)
class Play:
    speed: int | float = 1


@dataclass(frozen=True, slots=True)
class Pause:
    pass


@dataclass(frozen=True, slots=True)
class Received:
    bytes: int


class Over(Exception):
    """The client has gone."""


class Replay:
    """One open socket."""

    def __init__(
        self, session: Session, ranges: list[Range], receive: Receive, send: Send
    ) -> None:
        self._session = session
        self._ranges = ranges
        self._receive = receive
        self._send = send
        self._playhead = Playhead()
        self._player: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._sent_bytes = self._received_bytes = 0
        self._allowance = Allowance(COMMANDS_PER_SECOND, seconds=RATE_SECONDS)

    async def run(self) -> None:
        """Until the client goes. Raises Refused for what ends the connection."""
        opened = time.monotonic()
        logger.info("replay open: session %s", self._session.pk)
        try:
            await self._say(self._welcome())
            async with asyncio.TaskGroup() as tasks:
                await self._read(tasks)
        except* Over:
            pass
        except* Refused as group:
            raise group.exceptions[0] from None
        finally:
            logger.info(
                "replay closed: session %s after %.0f s, %d bytes",
                self._session.pk,
                time.monotonic() - opened,
                self._sent_bytes,
            )

    def _welcome(self) -> Message:
        return {
            "type": "welcome",
            "version": VERSION,
            "session": self._session.as_message(),
            "ranges": [
                {
                    "recording": kept.recording,
                    "start_us": kept.start_us,
                    "end_us": kept.end_us,
                }
                for kept in self._ranges
            ],
        }

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            received = await self._receive()
            if received["type"] == "websocket.disconnect":
                raise Over
            self._allowance.spend()
            message = parse_object(received)
            try:
                await self._carry_out(message, tasks)
            except Refused as error:
                await self._say(
                    {
                        "type": "error",
                        "id": message.get("id"),
                        "code": error.code,
                        "detail": error.detail,
                    }
                )

    async def _carry_out(self, message: Message, tasks: asyncio.TaskGroup) -> None:
        match message.get("type"):
            case "seek":
                await self._seek(read_fields(Seek, message), tasks)
            case "play":
                await self._play(read_fields(Play, message), tasks)
            case "pause":
                read_fields(Pause, message)
                self._playhead.pause()
            case "received":
                self._note_received(read_fields(Received, message))
            case _:
                raise Invalid(_("There is no such command."), code="unknown_type")
        self._changed.set()

    async def _seek(self, seek: Seek, tasks: asyncio.TaskGroup) -> None:
        if self._player is not None:
            self._player.cancel()
            await asyncio.wait({self._player})
        self._player = tasks.create_task(self._follow(seek))

    async def _play(self, play: Play, tasks: asyncio.TaskGroup) -> None:
        if not SLOWEST <= play.speed <= FASTEST:
            raise Invalid(_("The speed is from 0.5 to 4."), field="speed")
        self._playhead.play(play.speed)
        if self._player is None and self._ranges:
            await self._seek(Seek(self._ranges[0].start_us), tasks)

    def _note_received(self, report: Received) -> None:
        if not self._received_bytes <= report.bytes <= self._sent_bytes:
            raise Invalid(_("So many bytes were not sent."), field="bytes")
        self._received_bytes = report.bytes

    async def _follow(self, seek: Seek) -> None:
        """The player: shows the moment, then everything after it when it is due."""
        at_us = self._clamp(seek.at_us)
        self._playhead.move(played_us(self._ranges, at_us))
        moment: Moment = await in_thread(find_moment)(
            self._session, self._ranges, at_us
        )
        await self._say(
            {
                "type": "seeked",
                "id": seek.id,
                "at_us": at_us,
                "snapshot": moment.state,
            }
        )
        await self._show(moment, at_us)
        await self._say({"type": "play_from", "at_us": at_us})
        await self._send_on(moment, at_us)
        await self._say({"type": "ended"})

    def _clamp(self, at_us: int) -> int:
        if not self._ranges:
            return at_us
        return max(self._ranges[0].start_us, min(at_us, self._ranges[-1].end_us))

    async def _show(self, moment: Moment, at_us: int) -> None:
        kept = [one for one in self._ranges if one.covers(at_us)]
        since_us = kept[0].start_us if kept else at_us
        shown = video_on(moment.state)
        for stream in moment.streams:
            kinds = shown.get(stream.number, set())
            for record in await stream.take_groups(
                kinds, since_us=since_us, at_us=at_us
            ):
                await self._send_bytes(_delivery(stream.number, record))

    async def _send_on(self, moment: Moment, at_us: int) -> None:
        gaps = find_gaps(self._ranges, at_us)
        batch: list[bytes] = []
        async for item in merge([*moment.streams, moment.events]):
            due_us = played_us(self._ranges, item.time_us) - LEAD_US
            full = sum(map(len, batch)) >= BATCH_BYTES
            if batch and (full or item.event or self._playhead.seconds_to(due_us) != 0):
                await self._send_bytes(b"".join(batch))
                batch = []
            await self._wait_until(due_us)
            while gaps and item.time_us >= gaps[0][1]:
                begin_us, until_us = gaps.pop(0)
                await self._say(
                    {"type": "gap", "at_us": begin_us, "until_us": until_us}
                )
            await self._add(item, batch)
        if batch:
            await self._send_bytes(b"".join(batch))

    async def _add(self, item: Item, batch: list[bytes]) -> None:
        if item.record is not None:
            batch.append(_delivery(item.number, item.record))
        elif item.event is not None:
            await self._say(item.event)

    async def _wait_until(self, due_us: float) -> None:
        while (seconds := self._playhead.seconds_to(due_us)) != 0:
            await self._wait_for_change(seconds)

    async def _send_bytes(self, data: bytes) -> None:
        while self._sent_bytes - self._received_bytes > OUTSTANDING_BYTES:
            await self._wait_for_change(None)
        self._sent_bytes += len(data)
        await self._transmit({"type": "websocket.send", "bytes": data})

    async def _wait_for_change(self, seconds: float | None) -> None:
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    async def _say(self, message: dict[str, Any]) -> None:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        await self._transmit({"type": "websocket.send", "text": text})

    async def _transmit(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:  # not to be taken for the storage's
            raise Over from None


def _delivery(number: int, record: Record) -> bytes:
    stored = record.stored
    return frame_delivery(number, stored.position, stored.appended_us, stored.payload)
