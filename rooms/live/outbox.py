"""What waits for one viewer, and what is dropped when the viewer cannot keep up."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _

from conference.errors import Invalid, Refused
from rooms.clock import now_us
from rooms.live.delivery import Batch, Delivery, Track
from rooms.streams.record import Kind

BACKLOG_BYTES = 4 << 20
STALE_US = 3_000_000  # by media time
FULL_US = 10_000_000  # a backlog that was never empty for so long ends the connection
MESSAGE_BYTES = 256 << 10  # deliveries are joined up to about this size
OFF_MOST = 4096  # tracks that a viewer does not want

# Sent and not yet reported as received: two seconds at the rate that the viewer has
# been receiving at, within these bounds.
OUTSTANDING_US = 2_000_000
OUTSTANDING_LEAST = 256 << 10
OUTSTANDING_MOST = 8 << 20


class TooSlow(Refused):
    close_code = 4408
    code = "too_slow"


class Outbox:
    """Deliveries and texts for one viewer; filled by the relay, emptied by the writer.

    Drop policy. The backlog holds at most BACKLOG_BYTES and nothing that was captured
    more than STALE_US ago. Where it must shrink, video goes first: of the track with
    the most bytes all up to the last key frame that waits, or, where that does not
    help, all of it and all that comes until its next key frame. Sound is dropped,
    oldest first, only where no video waits or the sound is stale. Who copes with
    sound alone keeps it; whoever has something dropped and does not empty the backlog
    for FULL_US is closed with TooSlow. What catches a new viewer up (the records
    since a key frame) is as old as it is, goes first, and is never dropped.
    """

    def __init__(self, number: int, *, clock: Callable[[], int] = now_us) -> None:
        """``number``: the viewer's own, who gets nothing of its own."""
        self._clock = clock
        self._whole: Batch | None = None  # wanted as it is, and nothing else waits
        self._waiting: deque[Delivery] = deque()
        self._waiting_bytes = 0
        self._catching_up: deque[Delivery] = deque()
        self._texts: dict[object, str] = {}
        self._off: set[Track] = {(number, kind) for kind in Kind}
        self._broken: set[Track] = set()  # until their next key frame
        self._full_since_us = 0  # 0: not full
        self._flow = Flow()
        self._loop = asyncio.get_running_loop()
        # Of the writer, while it waits for something; an Event costs twice as much.
        self._sleep: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self.dropped = 0

    # What the relay and the publication put in. None of it waits.

    def offer(self, batch: Batch) -> None:
        """Take what this viewer wants of a batch."""
        if self._whole is None and not self._waiting and self._wants_all(batch):
            self._whole = batch
        else:
            self._unfold()
            self._add(batch.deliveries)
            self._shed()
        self._wake()

    def catch_up(self, track: Track, group: list[Delivery]) -> bool:
        """Send the records of a track since its key frame before all else.

        False where there are none, or too many: then the track begins with its next
        key frame.
        """
        size = sum(len(delivery.frame) for delivery in (*self._catching_up, *group))
        if not group or size > BACKLOG_BYTES:
            self._broken.add(track)
            return False
        self._broken.discard(track)
        self._catching_up.extend(group)
        self._wake()
        return True

    def say(self, message: dict[str, Any], about: object = None) -> None:
        """Send a text before the deliveries; replaces an unsent one of its type, and
        of the same subject."""
        self._texts[message["type"], about] = json.dumps(message)
        self._wake()

    def turn_off(self, track: Track) -> None:
        """Raises Invalid beyond OFF_MOST tracks: more than a session can have."""
        if len(self._off) >= OFF_MOST:
            raise Invalid(_("Too many tracks are turned off."))
        self._off.add(track)

    def turn_on(self, track: Track) -> bool:
        """Whether the track was off; it begins with ``catch_up`` or a key frame."""
        if track not in self._off:
            return False
        self._off.discard(track)
        return True

    def received(self, total_bytes: int) -> None:
        self._flow.report(total_bytes, self._clock())
        self._wake()

    def end(self, error: Refused) -> None:
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
        sleep, self._sleep = self._sleep, None
        if sleep and not sleep.done():
            sleep.set_result(None)

    def take(self) -> bytes:
        """Deliveries that may be sent now, joined; nothing where none are."""
        if self._flow.is_blocked:
            return b""
        joined = self._pop()
        self._flow.sent_bytes += len(joined)
        if not self._waiting:
            self._full_since_us = 0
        return joined

    @property
    def sent_bytes(self) -> int:
        return self._flow.sent_bytes

    def _pop(self) -> bytes:
        if self._catching_up:
            return _join_some(self._catching_up)
        if (whole := self._whole) and whole.oldest_us >= self._clock() - STALE_US:
            self._whole = None
            return whole.joined
        self._unfold()
        self._drop_stale()
        joined = _join_some(self._waiting)
        self._waiting_bytes -= len(joined)
        return joined

    def _wants_all(self, batch: Batch) -> bool:
        tracks = batch.tracks
        return self._off.isdisjoint(tracks) and self._broken.isdisjoint(tracks)

    def _unfold(self) -> None:
        if self._whole:
            whole, self._whole = self._whole, None
            self._add(whole.deliveries)

    def _add(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            if delivery.track in self._off:
                continue
            if delivery.is_key:
                self._broken.discard(delivery.track)
            if delivery.track in self._broken:
                self.dropped += 1
                continue
            self._waiting.append(delivery)
            self._waiting_bytes += len(delivery.frame)

    # The drop policy.

    def _shed(self) -> None:
        self._drop_stale()
        while self._waiting_bytes > BACKLOG_BYTES:
            if track := self._largest_video():
                self._drop_video(track)
            else:
                self._drop_first()
        if self._full_since_us and self._clock() - self._full_since_us > FULL_US:
            self.end(TooSlow(_("The connection is too slow for this meeting.")))

    def _drop_stale(self) -> None:
        stale_us = self._clock() - STALE_US
        while self._waiting and self._waiting[0].time_us < stale_us:
            first = self._waiting[0]
            if first.is_end:
                return  # tiny; and a viewer must know that the track is over
            if first.is_video:
                self._drop_video(first.track)
            else:
                self._drop_first()

    def _largest_video(self) -> Track | None:
        sizes: Counter[Track] = Counter()
        for delivery in self._waiting:
            if delivery.is_video:
                sizes[delivery.track] += len(delivery.frame)
        return max(sizes, key=lambda track: sizes[track], default=None)

    def _drop_video(self, track: Track) -> None:
        """Drop all up to the track's last key frame, or all where that comes first."""
        mine = [delivery for delivery in self._waiting if delivery.track == track]
        last_key = max((i for i, one in enumerate(mine) if one.is_key), default=0)
        if not last_key:
            self._broken.add(track)
        gone = set(mine[: last_key or None])
        self._waiting = deque(one for one in self._waiting if one not in gone)
        self._count_dropped(gone)

    def _drop_first(self) -> None:
        self._count_dropped([self._waiting.popleft()])

    def _count_dropped(self, gone: Collection[Delivery]) -> None:
        self._waiting_bytes -= sum(len(delivery.frame) for delivery in gone)
        self.dropped += len(gone)
        self._full_since_us = self._full_since_us or self._clock()


class Flow:
    """What a viewer has been sent and has not yet reported as received.

    A viewer that never reports is not held back: its socket does that.
    """

    def __init__(self) -> None:
        self.sent_bytes = 0
        self._received_bytes = 0
        self._reported_us = 0  # 0: never
        self._limit = OUTSTANDING_MOST

    @property
    def is_blocked(self) -> bool:
        if not self._reported_us:
            return False
        return self.sent_bytes - self._received_bytes > self._limit

    def report(self, total_bytes: int, now_us: int) -> None:
        """``total_bytes``: received since the connection opened."""
        if self._reported_us and now_us > self._reported_us:
            gained = (total_bytes - self._received_bytes) * OUTSTANDING_US
            allowed = gained // (now_us - self._reported_us)
            self._limit = min(max(OUTSTANDING_LEAST, allowed), OUTSTANDING_MOST)
        self._received_bytes = max(total_bytes, self._received_bytes)
        self._reported_us = now_us


def _join_some(queue: deque[Delivery]) -> bytes:
    frames: list[bytes] = []
    size = 0
    while queue and size < MESSAGE_BYTES:
        frames.append(queue.popleft().frame)
        size += len(frames[-1])
    return b"".join(frames)
