"""What the relay remembers of a video track: its layers, the last group of each, and
key frame wishes."""

import time
from collections import Counter
from collections.abc import Callable

from rooms.live.delivery import KEYS, Delivery, Track
from rooms.streams.layers import GONE_US, HEIGHTS, choose_within

GROUP_BYTES = 2 << 20  # since the last key frame; beyond it a new key frame is wanted
KEYFRAME_SECONDS = 1.0  # at least between two requests to a publisher
RATE_US = 1_000_000  # a layer's rate is that of so much of it
# Of a layer that has not been seen: about what docs/protocol.md recommends, bytes/s.
USUAL_RATES = (19_000, 63_000, 175_000, 350_000)


class Layer:
    """One layer of one video track of one publisher.

    Unbroken: key frame -> every record since has been offered to viewers. A record
    that is passed over breaks the layer until its next key frame.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.group: list[Delivery] = []  # since the last key frame; empty: unknown
        self.group_bytes = 0
        self.seen_us = 0  # media time of the newest record
        self._is_unbroken = False
        self._keyframe_wanted = False
        self._requested_at = clock() - KEYFRAME_SECONDS
        self._bytes: Counter[int] = Counter()  # by rank, since ``_since_us``
        self._since_us = 0
        self._rates: Counter[int] = Counter()

    def add(self, delivery: Delivery) -> bool:
        """Remember a delivery; False where viewers could not decode it."""
        self._measure(delivery)
        if delivery.is_key:
            self._is_unbroken = True
            self._keyframe_wanted = False
            self.group, self.group_bytes = [], 0
        if not self._is_unbroken:
            self._keyframe_wanted = True
            return False
        if delivery.is_key or self.group:
            self.group.append(delivery)
            self.group_bytes += len(delivery.frame)
        if self.group_bytes > GROUP_BYTES:
            self.group, self.group_bytes = [], 0
            self._keyframe_wanted = True
        return True

    def pass_over(self) -> None:
        """A record of this layer is not offered to viewers."""
        self._is_unbroken = False
        self._keyframe_wanted = True
        self.group, self.group_bytes = [], 0

    def want_keyframe(self) -> None:
        self._keyframe_wanted = True

    def take_request(self) -> bool:
        """Whether the publisher is to be asked now. Wishes are merged: one a second."""
        if not self._keyframe_wanted:
            return False
        now = self._clock()
        if now < self._requested_at + KEYFRAME_SECONDS:
            return False
        self._requested_at = now
        return True

    def rate(self, most: int) -> float | None:
        """Bytes a second of the records up to a rank; None where it is not known."""
        if not self._rates:
            return None
        return sum(rate for rank, rate in self._rates.items() if rank <= most)

    def _measure(self, delivery: Delivery) -> None:
        self.seen_us = max(self.seen_us, delivery.time_us)
        passed_us = self.seen_us - self._since_us
        # A window ends where a group does: key frames are a large part of a rate.
        if delivery.is_key and passed_us > RATE_US:
            if self._since_us:
                self._rates = Counter(
                    {
                        rank: count * 1_000_000 // passed_us
                        for rank, count in self._bytes.items()
                    }
                )
            self._bytes = Counter()
            self._since_us = self.seen_us
        self._bytes[delivery.rank] += len(delivery.frame)


class VideoTrack:
    """One video track of one publisher, and the layers that it has now."""

    def __init__(
        self, track: Track, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.track = track
        self.layers: dict[int, Layer] = {}  # by spatial number; those that have begun
        self._beginning: dict[int, Layer] = {}  # no key frame yet
        self._clock = clock

    def take(self, delivery: Delivery) -> tuple[Layer, bool]:
        """The layer of a delivery, and whether it begins with it."""
        spatial = delivery.spatial
        layer = self.layers.get(spatial)
        if layer is not None:
            return layer, False
        layer = self._beginning.pop(spatial, None) or Layer(self._clock)
        (self.layers if delivery.is_key else self._beginning)[spatial] = layer
        return layer, delivery.is_key

    def rest(self) -> None:
        """Nobody wants it: what there is will be old when somebody does."""
        for layer in self.layers.values():
            layer.pass_over()

    def drop_gone(self) -> bool:
        """Forget layers that are sent no more; whether there were any."""
        newest_us = max((one.seen_us for one in self.layers.values()), default=0)
        gone = [
            spatial
            for spatial, layer in self.layers.items()
            if layer.seen_us < newest_us - GONE_US
        ]
        for spatial in gone:
            del self.layers[spatial]
        return bool(gone)

    def nearest(self, goal: int) -> int | None:
        """The layer that stands for a wished one; None where there is none."""
        return choose_within(self.layers, goal) if self.layers else None

    def cost(self, goal: int, most: int) -> float:
        """Bytes a second of what a goal, up to a rank, leads to."""
        spatial = goal if goal in self.layers else self.nearest(goal)
        layer = self.layers.get(spatial) if spatial is not None else None
        rate = layer.rate(most) if layer else None
        if rate is not None:
            return rate
        usual = USUAL_RATES[min(goal, len(HEIGHTS) - 1)]
        return usual / 4 if most == KEYS else usual
