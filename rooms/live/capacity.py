"""How much one viewer's network carries: steps down when it lags, carefully up again.

Pure, but for the times that it is given (microseconds).
"""

from collections.abc import Callable
from typing import NamedTuple

from rooms.live.delivery import ALL, KEYS
from rooms.streams.layers import BEST

LATE_US = 700_000  # what was sent so long ago and has not been received: it lags
SETTLE_US = 1_500_000  # a change shows after this at the earliest
QUIET_US = 3_000_000  # without a lag before a climb
QUIET_MOST_US = 80_000_000
FAILED_US = 10_000_000  # a fall so soon after a climb: the next one takes twice as long
CALM_US = 180_000_000  # without such a fall, after which climbs are early again
SAFE = 0.8  # of what was carried while it lagged
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


class Capacity:
    def __init__(self) -> None:
        self._index = 0
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
        is_late: bool,
        carried: float,
        cost: Callable[[Step], float],
    ) -> bool:
        """Whether the step has changed. To be called a few times a second.

        ``carried``: bytes a second that arrived lately. ``cost``: of all that a step
        lets through to this viewer, in the same unit; asked only for a change.
        """
        if is_late:
            self._quiet_since_us = now_us
            if now_us - self._changed_us < SETTLE_US:
                return False
            return self._fall(now_us, carried * SAFE, cost)
        if not self._index or now_us - self._quiet_since_us < self._quiet_us:
            return False
        return self._climb(now_us, cost)

    def _fall(self, now_us: int, most: float, cost: Callable[[Step], float]) -> bool:
        present = cost(self.step)
        most = max(most, present * STEEPEST)
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
        """To the next step that lets more through; steps that do not are passed."""
        present = cost(self.step)
        self._quiet_since_us = self._changed_us = self._climbed_us = now_us
        if now_us - self._failed_us > CALM_US:
            self._quiet_us = QUIET_US
        while self._index:
            self._index -= 1
            if cost(self.step) > present:
                return True
        return True
