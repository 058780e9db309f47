"""What waits for one viewer, from the relay to its socket."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from conference.errors import Refused
from conference.sockets import Direct, pack_text
from rooms.clock import now_us
from rooms.live.backlog import STALE_US, Backlog
from rooms.live.capacity import Capacity
from rooms.live.delivery import Batch, Delivery, Part, Track
from rooms.live.flow import UNREPORTED_US, Flow
from rooms.live.selection import Selection

# A backlog that was never empty for so long, since the viewer is given less or
# something was dropped, ends the connection.
FULL_US = 10_000_000
MESSAGE_BYTES = 256 << 10  # deliveries are joined up to about this size


class TooSlow(Refused):
    close_code = 4408
    code = "too_slow"


class Outbox:
    """Deliveries and texts for one viewer; filled by the relay, emptied by the writer.

    ``selection`` says which deliveries the viewer is to get, ``Backlog`` what happens
    to them while they wait, ``Flow`` how many are sent ahead of its reports. A viewer
    that gets too much for its network is given less of it (``Capacity``); one that has
    something dropped all the same, when there is nothing more to take away, and does
    not empty the backlog for FULL_US, is closed with TooSlow.
    """

    def __init__(
        self,
        number: int,
        *,
        wire: Direct | None = None,
        clock: Callable[[], int] = now_us,
    ) -> None:
        """``number``: the viewer's own, who gets nothing of its own. ``wire``: what
        goes past the writer while nothing waits."""
        self._clock = clock
        self._wire = wire
        self.selection = Selection(number)
        self._whole: tuple[Batch, tuple[Part, ...]] | None = None  # all that waits
        self._backlog = Backlog(self.selection.interrupt)
        self._texts: dict[object, str] = {}
        self._sent_whole = 0  # records that went past the backlog
        self._waiting_since_us = 0  # 0: nothing waits
        self._full_since_us = 0  # 0: nothing dropped since the backlog was empty
        self._flow = Flow()
        self._waits_for_report = False
        self._capacity = Capacity()
        self._loop = asyncio.get_running_loop()
        # Of the writer, while it waits for something; an Event costs twice as much.
        self._sleep: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] = self._loop.create_future()

    # What the relay and the publication put in. None of it waits.

    def offer(self, batch: Batch) -> None:
        """Take what this viewer is to get of a batch."""
        parts = self.selection.parts(batch)
        if parts is None:
            self._unfold()
            self._add([one for one in batch.deliveries if self.selection.admits(one)])
        elif parts and self._whole is None and not self._backlog:
            if self._send_at_once(batch, parts):
                return
            self._whole = batch, parts
        elif parts:
            self._unfold()
            self._add(batch.pick(parts))
        else:
            return
        self._wake()

    def catch_up(self, track: Track, spatial: int, group: list[Delivery]) -> bool:
        """Send the records of a layer since its key frame, then the layer itself.

        False where there are none, or too many: then the track begins with its next
        key frame.
        """
        if not group or not self._backlog.catch_up(group):
            self.selection.interrupt(track)
            return False
        self.selection.begin(track, spatial)
        self._wake()
        return True

    def say(self, message: dict[str, Any], about: object = None) -> None:
        """Send a text before the deliveries; replaces an unsent one of its type, and
        of the same subject."""
        text = json.dumps(message)
        if self._is_idle and self._wire and self._wire.write(pack_text(text)):
            return
        self._texts[message["type"], about] = text
        self._wake()

    @property
    def _is_idle(self) -> bool:
        """Whether the writer waits: there is nothing that may be sent."""
        return self._sleep is not None

    def _send_at_once(self, batch: Batch, parts: tuple[Part, ...]) -> bool:
        """What the writer would send in a turn of its own; whether it has gone out."""
        if self._wire is None or not self._is_idle:
            return False
        now = self._clock()
        if self._flow.room(now) <= 0 or not self._wire.write(batch.pack(parts)):
            return False
        self._flow.send(len(batch.join(parts)), now)
        self._sent_whole += batch.count(parts)
        self._full_since_us = 0
        return True

    def received(self, total_bytes: int) -> None:
        self._flow.report(total_bytes, self._clock())
        if self._waiting_since_us:  # the writer is not woken for nothing
            self._wake()

    def look(self, sound: float) -> bool:
        """Whether the viewer is to get more or less from now on: ``aim`` again. To be
        called a few times a second. ``sound``: bytes a second that all get."""
        now = self._clock()
        is_changed = self._capacity.look(
            now,
            lag_us=max(self.waited_us, self._flow.lag_us),
            carried=self._flow.carried,
            cost=lambda step: sound + self.selection.cost(step),
        )
        self.selection.step = self._capacity.step
        if is_changed:
            self._full_since_us = 0
        return is_changed

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    def end(self, error: Exception) -> None:
        """End the connection for a reason; the first one counts."""
        if not self._ended.done():
            self._ended.set_exception(error)

    # What the connection takes out.

    async def ended(self) -> None:
        """Waits for ``end`` and raises its error."""
        await self._ended

    async def next(self) -> dict[str, Any]:
        """The next ASGI message to send: texts first, then deliveries, joined."""
        while True:
            if self._texts:
                text = self._texts.pop(next(iter(self._texts)))
                return {"type": "websocket.send", "text": text}
            if joined := self.take():
                return {"type": "websocket.send", "bytes": joined}
            self._sleep = self._loop.create_future()
            await self._sleep

    def _wake(self) -> None:
        if not self._waiting_since_us and (self._whole or self._backlog):
            self._waiting_since_us = self._clock()
        sleep, self._sleep = self._sleep, None
        if sleep and not sleep.done():
            sleep.set_result(None)

    def take(self) -> bytes:
        """Deliveries that may be sent now, joined; nothing where none are."""
        now = self._clock()
        room = self._flow.room(now)
        if room <= 0:
            self._wait_for_report()
            return b""
        joined = self._pop(room, now)
        if joined:
            self._flow.send(len(joined), now)
        if not self._backlog:
            self._full_since_us = self._waiting_since_us = 0
        return joined

    def _wait_for_report(self) -> None:
        """Look again when the first one is late: there may be none."""
        if not self._flow.has_reported and not self._waits_for_report:
            self._waits_for_report = True
            self._loop.call_later(UNREPORTED_US / 1_000_000, self._wake)

    @property
    def sent_bytes(self) -> int:
        return self._flow.sent_bytes

    @property
    def sent_records(self) -> int:
        return self._sent_whole + self._backlog.popped

    @property
    def dropped(self) -> int:
        return self._backlog.dropped.total()

    @property
    def dropped_by(self) -> Counter[str]:
        """By reason: ``stale``, ``full``."""
        return self._backlog.dropped

    @property
    def waited_us(self) -> int:
        """For how long something has waited to be sent."""
        since_us = self._waiting_since_us
        return self._clock() - since_us if since_us else 0

    def _pop(self, room: int, now: int) -> bytes:
        if self._whole and not self._backlog:
            batch, parts = self._whole
            if batch.oldest_us >= now - STALE_US:
                self._whole = None
                self._sent_whole += batch.count(parts)
                return batch.join(parts)
        self._unfold()
        self._shed()
        limit = min(room, self._flow.message_bytes, MESSAGE_BYTES)
        return self._backlog.pop(limit)

    def _unfold(self) -> None:
        if self._whole:
            batch, parts = self._whole
            self._whole = None
            self._backlog.add(batch.pick(parts))

    def _add(self, deliveries: list[Delivery]) -> None:
        self._backlog.add(deliveries)
        self._shed()

    def _shed(self) -> None:
        now, dropped = self._clock(), self.dropped
        self._backlog.shed(now)
        if self.dropped > dropped and not self._full_since_us:
            self._full_since_us = now
        if self._full_since_us and now - self._full_since_us > FULL_US:
            self.end(TooSlow(_("The connection is too slow for this meeting.")))
