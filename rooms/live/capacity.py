"""How much one viewer's network carries: steps down when it lags, carefully up again.

Pure, but for the times that it is given (microseconds).
"""

from collections.abc import Callable
from typing import NamedTuple

from rooms.live.delivery import ALL, KEYS
from rooms.streams.layers import BEST

LATE_US = 700_000  # what was sent so long ago and has not been received: it lags
# So much older than usual: the network is full, and shows what it carries. Where that
# lasts it has nothing left to catch up with, and lags as well.
FULL_US = 200_000
FULL_LONG_US = 1_500_000
USUAL_US = 2_000_000  # usual is the least of one to two of these
KNOWN_US = 30_000_000  # what it carries is believed for so long
SETTLE_US = 1_500_000  # a change shows after this at the earliest
QUIET_US = 3_000_000  # without a lag before a climb
QUIET_MOST_US = 80_000_000
FAILED_US = 10_000_000  # a fall so soon after a climb: the next one takes twice as long
CALM_US = 180_000_000  # without such a fall, after which climbs are early again
SAFE = 0.8  # of what it carries
STEEPEST = 0.25  # of what is sent at present: a short stall does not cost everything


class Step(NamedTuple):
    """The most that is sent of any video: a spatial layer, and a rank of it."""

    spatial: int
    most: int


NO_VIDEO = Step(-1, KEYS)
# Temporal layers go first, then spatial ones, then all but key frames, then video.
STEPS = (
    *(Step(spatial, most) for spatial in range(BEST, -1, -1) for most in (ALL, 1, 0)),
    Step(0, KEYS),
    NO_VIDEO,
)


class Usual:
    """The least of some measure lately; at first whatever it is."""

    def __init__(self) -> None:
        self._before: int | None = None  # of the time before
        self._least = 0
        self._until_us = 0

    def add(self, value: int, now_us: int) -> int:
        if now_us > self._until_us:
            self._before = self._least if self._until_us else None
            self._least = value
            self._until_us = now_us + USUAL_US
        self._least = min(self._least, value)
        return value if self._before is None else min(self._before, self._least)


class Capacity:
    def __init__(self) -> None:
        self._index = 0
        self._usual = Usual()
        self._full_since_us = 0  # 0: it is not
        self._carries = 0.0  # bytes a second, while it was full
        self._known_us = 0  # when that was too little
        self._changed_us = 0
        self._climbed_us = 0
        self._failed_us = 0
        self._quiet_since_us = 0
        self._quiet_us = QUIET_US

    @property
    def step(self) -> Step:
        return STEPS[self._index]

    def look(
        self,
        now_us: int,
        *,
        lag_us: int,
        carried: float,
        cost: Callable[[Step], float],
    ) -> bool:
        """Whether the step has changed. To be called a few times a second.

        ``lag_us``: the age of the oldest that has not been received. ``carried``: bytes
        a second that arrived lately. ``cost``: of all that a step lets through to this
        viewer, in the same unit; asked only for a change.
        """
        if self._is_late(now_us, lag_us, carried):
            self._quiet_since_us = now_us
            if now_us - self._changed_us < SETTLE_US:
                return False
            return self._fall(now_us, carried, cost)
        if not self._index or now_us - self._quiet_since_us < self._quiet_us:
            return False
        return self._climb(now_us, cost)

    def _is_late(self, now_us: int, lag_us: int, carried: float) -> bool:
        is_full = lag_us > self._usual.add(lag_us, now_us) + FULL_US
        if not is_full and lag_us <= LATE_US:
            self._full_since_us = 0
            return False
        self._full_since_us = self._full_since_us or now_us
        self._carries = max(self._carries, carried)
        return lag_us > LATE_US or now_us - self._full_since_us > FULL_LONG_US

    def _fall(self, now_us: int, carried: float, cost: Callable[[Step], float]) -> bool:
        self._carries, self._known_us = carried, now_us
        present = cost(self.step)
        most = max(carried * SAFE, present * STEEPEST)
        for index in range(self._index + 1, len(STEPS)):
            wanted = cost(STEPS[index])
            if wanted < present and (wanted <= most or STEPS[index].most == KEYS):
                break
        else:
            return False
        if now_us - self._climbed_us < FAILED_US:
            self._quiet_us = min(self._quiet_us * 2, QUIET_MOST_US)
            self._failed_us = now_us
        self._index, self._changed_us = index, now_us
        return True

    def _climb(self, now_us: int, cost: Callable[[Step], float]) -> bool:
        """To the next step that lets more through, if that is not known to be too much;
        steps that let no more through are passed."""
        self._quiet_since_us = now_us
        present = cost(self.step)
        index = self._index - 1
        while index and cost(STEPS[index]) <= present:
            index -= 1
        is_known = now_us - self._known_us < KNOWN_US
        if is_known and cost(STEPS[index]) > self._carries * SAFE:
            return False
        self._index, self._changed_us, self._climbed_us = index, now_us, now_us
        if now_us - self._failed_us > CALM_US:
            self._quiet_us = QUIET_US
        return True
