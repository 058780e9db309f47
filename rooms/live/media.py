"""The media socket: records in, deliveries out (docs/protocol.md)."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import suppress

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async as in_thread
from django.utils.translation import gettext as _

from conference.errors import Invalid, Refused
from conference.sockets import direct
from rooms import tickets
from rooms.access import publishable, replaced
from rooms.live.handshake import Message, Receive, Send, admit, refuse
from rooms.live.media_session import MediaSession
from rooms.live.meters import metered
from rooms.live.outbox import Outbox
from rooms.live.publication import Publication, Publisher
from rooms.live.relay import Connection
from rooms.live.relays import announce, use_relay
from rooms.log import stream_log
from rooms.rules.fencing import raise_fence
from rooms.streams.contract import Fenced
from rooms.streams.record import RecordError

logger = logging.getLogger(__name__)

PARTING_SECONDS = 1.0  # to tell somebody why, who may not read any more


class Failed(Refused):
    """A fault of ours; the client comes back by itself."""

    close_code = 1011
    code = "server_error"


class MediaConsumer(AsyncConsumer):
    """Reads ``receive`` itself: the dispatch of Channels starts tasks and cleans up
    database connections for each message, which costs more than to forward it."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            await self._serve(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the edge of a socket
            await _part(send, error)

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        ticket = tickets.check(await admit(scope, send))
        slug = scope["url_route"]["kwargs"]["slug"]
        # The relay is there first: it hears of a socket that is newer than this one.
        async with use_relay(ticket.room_id) as relay:
            publisher, kinds = await in_thread(_take_stream)(ticket, slug)
            await announce(publisher)
            wire = direct(scope)
            outbox = Outbox(publisher.number, wire=wire)
            publication = Publication(stream_log(), publisher, outbox.say)
            # An attendee's first socket: there is nothing to go on with, or to guard.
            is_idle = not kinds and publisher.fence == 1
            number = 0 if is_idle else await publication.open()
            outbox.say({"type": "ready", "epoch": publisher.epoch, "number": number})
            connection = Connection(publication, outbox)
            session = MediaSession(relay, connection, kinds=kinds, wire=wire)
            relay.enter(connection)
            logger.info("Media opened: %s", publisher)
            opened = time.monotonic()
            try:
                with metered(session):
                    await session.run(receive, send)
            finally:
                relay.leave(connection)
                _log_end(publisher, session, time.monotonic() - opened)


def _log_end(publisher: Publisher, session: MediaSession, seconds: float) -> None:
    totals = session.totals()
    words = ", ".join(f"{name} {total}" for name, total in totals.items())
    about = {
        "socket": "media",
        "participant": str(publisher.participant_id),
        "room": str(publisher.room_id),
        "seconds": round(seconds, 1),
    }
    logger.info(
        "Media closed: %s after %.0f s: %s",
        publisher,
        seconds,
        words,
        extra={"fields": {**about, **totals}},
    )


def _take_stream(ticket: tickets.Ticket, slug: str) -> tuple[Publisher, list[str]]:
    """And the kinds of track that may be published. Raises what ``find_holder`` and
    ``raise_fence`` do."""
    participant = tickets.find_holder(ticket, room_slug=slug)
    publisher = Publisher(
        room_id=participant.session.room_id,
        session_id=participant.session_id,
        participant_id=participant.pk,
        number=participant.number,
        epoch=participant.epoch,
        fence=raise_fence(participant),
        stream=participant.stream,
    )
    return publisher, publishable(participant)


async def _part(send: Send, error: Exception) -> None:
    """Say why, where somebody is still there to hear it."""
    refusal = _refusal(error)
    logger.info("Media refused: %s: %s", refusal.code, refusal.detail)
    with suppress(OSError):  # gone, or too slow for a last word in time
        async with asyncio.timeout(PARTING_SECONDS):
            await refuse(send, refusal)


def _refusal(error: Exception) -> Refused:
    """What a client is told; logs what is no business of the client's."""
    for cause in _causes(error):
        if isinstance(cause, Refused):
            return cause
        if isinstance(cause, RecordError):
            return Invalid(cause.detail, code=cause.code)
        if isinstance(cause, Fenced):
            return replaced()
        if isinstance(cause, OSError):
            break  # gone before it was let in
    else:
        logger.error("A media socket failed", exc_info=error)
    return Failed(_("The server failed. Connect again."))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, or those in the group that it is."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error
