"""The control socket: snapshot, numbered events, requests (docs/protocol.md).

A connection is three loops in one TaskGroup: the reader answers requests one by one,
the listener passes events on, the writer sends. All that leaves goes through one
bounded queue, and so does the close, behind what is to be sent before it.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress

from channels.db import database_sync_to_async as in_thread
from django.utils.translation import gettext as _

from conference.database_errors import needing_database
from conference.draining import is_draining
from conference.errors import Gone, Refused
from rooms import tickets
from rooms.access import (
    participant_left,
    publishable,
    replaced,
    session_over,
    shown_rights,
)
from rooms.clock import now_us
from rooms.live.arrival import Arrived, arrive
from rooms.live.feed import EventFeed
from rooms.live.handshake import Message, Receive, Send, admit, refuse
from rooms.live.payload import parse_object, read_fields
from rooms.live.presence import connected
from rooms.live.rate import Allowance
from rooms.live.requests import Answer, Request, find_request
from rooms.models import Participant, Role
from rooms.rules.events import participant_group, room_group
from rooms.rules.presence import lose_connection

VERSION = 1
BACKLOG_LIMIT = 500  # messages that wait for a client that does not read
REQUESTS_PER_SECOND = 50
RATE_SECONDS = 10
REFUSAL_SECONDS = 2  # that a client whose backlog is full gets to read why

logger = logging.getLogger(__name__)


# Reasons of ``participant.left`` that close no socket: another event does, or nothing.
_STAYS = {"ended", "attends"}


class TooSlow(Refused):
    code = "too_slow"
    close_code = 4408


class Over(Exception):
    """Ends the connection's loops; the socket is closed already, or is gone."""


async def control_socket(scope: Message, receive: Receive, send: Send) -> None:
    """The ASGI application at ``/ws/rooms/{slug}/``."""
    await receive()  # websocket.connect
    slug = scope["url_route"]["kwargs"]["slug"]
    try:
        ticket = tickets.check(await admit(scope, send))
        await _serve(ticket, slug, receive, send)
    except Refused as error:
        logger.info("control %s refused: %s", slug, error.code)
        await _refuse_in_time(send, error)
    except OSError:
        logger.info("control %s: the client went away", slug)
    except Exception:
        logger.exception("control %s failed", slug)
        with suppress(OSError):
            await send({"type": "websocket.close", "code": 1011})


async def _serve(
    ticket: tickets.Ticket, slug: str, receive: Receive, send: Send
) -> None:
    """One connection from its welcome to its end."""
    groups = (room_group(ticket.room_id), participant_group(ticket.participant_id))
    # The feed is there first: no event falls between it and the snapshot.
    async with EventFeed(ticket.room_id, *groups) as feed:
        arrived = await in_thread(arrive)(ticket, room_slug=slug)
        participant = arrived.participant
        connection = ControlConnection(participant, feed, receive, send)
        connection.greet(arrived)
        del arrived  # a large room's snapshot is not to last as long as the connection
        try:
            with connected(participant.pk, feed, connection.end):
                await connection.run()
        finally:
            # A process that ends leaves it to the heartbeat: most are back before
            # anybody misses them.
            if not is_draining():
                await in_thread(lose_connection)(participant)


class ControlConnection:
    def __init__(
        self, participant: Participant, feed: EventFeed, receive: Receive, send: Send
    ) -> None:
        self._participant = participant
        self._feed = feed
        self._receive = receive
        self._send = send
        # A message, or the close: why, or None after the client's own leave.
        self._backlog: asyncio.Queue[Message | Refused | None] = asyncio.Queue(
            BACKLOG_LIMIT
        )
        self._allowance = Allowance(REQUESTS_PER_SECOND, seconds=RATE_SECONDS)
        # Held while a request is under way: no close overtakes its answer.
        self._answering = asyncio.Lock()
        self._requests = 0
        self._ended_by = "client"

    async def run(self) -> None:
        """Serve until either side closes. Raises TooSlow for a client whose backlog
        is full; all else that ends the connection has been told to the client."""
        opened = time.monotonic()
        logger.info("control open: participant %s", self._participant.pk)
        try:
            async with asyncio.TaskGroup() as loops:
                for loop in (self._read(), self._listen(), self._write()):
                    loops.create_task(loop)
        except* Over:
            pass
        finally:
            self._log_end(time.monotonic() - opened)
        if self._ended_by == TooSlow.code:
            raise TooSlow(_("Too much was waiting to be read."))

    def _log_end(self, seconds: float) -> None:
        who = self._participant
        about = {
            "socket": "control",
            "participant": str(who.pk),
            "room": str(who.session.room_id),
            "seconds": round(seconds, 1),
            "requests": self._requests,
            "ended_by": self._ended_by,
        }
        logger.info(
            "control closed: participant %s after %.0f s, %d requests, by %s",
            who.pk,
            seconds,
            self._requests,
            self._ended_by,
            extra={"fields": about},
        )

    def end(self, reason: Refused) -> None:
        """Close the connection for a reason, behind what waits to be sent."""
        with suppress(Over):  # too much waits: the server closes it
            self._put(reason)

    def greet(self, arrived: Arrived) -> None:
        """The first message, of the state from which events follow."""
        self._feed.position = arrived.position
        welcome = {
            "type": "welcome",
            "version": VERSION,
            "position": arrived.position,
            "now_us": now_us(),
            "resume": tickets.make_resume(self._participant),
            "you": self._you(arrived.can),
            "snapshot": arrived.snapshot,
        }
        self._put(welcome)

    def _you(self, can: list[str]) -> Message:
        who = self._participant
        return {
            "participant": str(who.pk),
            "number": who.number,
            "epoch": who.epoch,
            "role": who.role,
            "publish": publishable(who),
            "can": can,
        }

    async def _read(self) -> None:
        """One request at a time, and none while the client has not taken what it
        asked for before: answers may be large."""
        while True:
            await self._backlog.join()
            received = await self._receive()
            if received["type"] == "websocket.disconnect":
                raise Over
            try:
                self._allowance.spend()
                message = parse_object(received)
            except Refused as error:
                return self._put(error)
            self._requests += 1
            await self._answer(message)

    async def _answer(self, message: Message) -> None:
        reply = {"id": message.get("id")}
        async with self._answering:
            try:
                request = find_request(message)
                fields = await self._carry_out(request, message)
            except Refused as error:
                about = {"code": error.code, "detail": error.detail}
                self._put({"type": "error", **reply, **about})
                if isinstance(error, Gone) or error.code == replaced().code:
                    self._put(error)  # this page has lost its place
                return
            self._put({"type": "ok", **reply, **fields})
            if request.then_close:
                self._put(None)

    async def _carry_out(self, request: Request, message: Message) -> Answer:
        payload = read_fields(request.payload, message)
        if request.in_loop:
            return request.run(self._participant, payload) or {}
        with needing_database():
            return await in_thread(request.run)(self._participant, payload) or {}

    async def _listen(self) -> None:
        async for message in self._feed.read():
            if message["type"] == "event":
                self._put(message)
                await self._note_own_role(message)
            reason = self._end_told_by(message)
            if reason is not None:
                async with self._answering:
                    self._put(reason)
                return

    async def _note_own_role(self, message: Message) -> None:
        role = _role_told(message, self._participant.number)
        if role and role != self._participant.role:
            self._participant.role = role
            can = await in_thread(shown_rights)(self._participant)
            self._put({"type": "you", "you": self._you(can)})

    def _end_told_by(self, message: Message) -> Refused | None:
        """Why this message ends the connection, if it does."""
        if message["type"] == "participant.connected":
            if message["connection"] > self._participant.connection:
                return replaced()
            return None
        data = message["data"]
        if message["event"] == "session.ended":
            mine = str(self._participant.session_id)
            return session_over() if data["session"]["id"] == mine else None
        if message["event"] == "participant.left" and data["reason"] not in _STAYS:
            own = data["number"] == self._participant.number
            return participant_left() if own else None
        return None

    async def _write(self) -> None:
        while True:
            item = await self._backlog.get()
            try:
                await self._send_one(item)
            except OSError:  # the client is gone; the reader may not know it yet
                raise Over from None
            self._backlog.task_done()

    async def _send_one(self, item: Message | Refused | None) -> None:
        if isinstance(item, dict):
            text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
            return await self._send({"type": "websocket.send", "text": text})
        if item is None:
            self._ended_by = "leave"
            await self._send({"type": "websocket.close", "code": 1000})
        else:
            self._ended_by = item.code
            await refuse(self._send, item)
        raise Over

    def _put(self, item: Message | Refused | None) -> None:
        try:
            self._backlog.put_nowait(item)
        except asyncio.QueueFull:
            self._ended_by = TooSlow.code
            raise Over from None


def _role_told(message: Message, number: int) -> str | None:
    """The role that an event gives to the participant with this number, if it does."""
    event, data = message["event"], message["data"]
    if event == "participant.joined":
        data = data["participant"]
    if data.get("number") != number:
        return None
    if event == "participant.left":
        return Role.GUEST if data["reason"] == "attends" else None
    role: str | None = data.get("role")
    return role


async def _refuse_in_time(send: Send, error: Refused) -> None:
    """Whoever does not read cannot be told; the server drops the connection then."""
    try:
        async with asyncio.timeout(REFUSAL_SECONDS):
            await refuse(send, error)
    except (TimeoutError, OSError):
        logger.info("control: the client did not read why it was refused")
