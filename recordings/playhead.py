"""Where a viewer is in what was kept. Pure, but for the clock that it is given.

Played time leaves out the gaps between ranges.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """What a recording keeps; of a running one, up to the moment of asking."""

    recording: str
    start_us: int
    end_us: int

    def covers(self, at_us: int) -> bool:
        return self.start_us <= at_us <= self.end_us


def played_us(ranges: Sequence[Range], at_us: int) -> int:
    """How much of the ranges lies before a time: gaps between them take no time."""
    return sum(max(0, min(at_us, kept.end_us) - kept.start_us) for kept in ranges)


def find_gaps(ranges: Sequence[Range], at_us: int) -> list[tuple[int, int]]:
    """Where nothing was kept, from a time on: (from, until)."""
    gaps = []
    end_us = at_us
    for kept in ranges:
        if kept.start_us > end_us:
            gaps.append((end_us, kept.start_us))
        end_us = max(end_us, kept.end_us)
    return gaps


class Playhead:
    """Moves on by itself while it plays; ``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._base_us = 0.0
        self._speed = 1.0
        self._started_at: float | None = None  # None: paused

    @property
    def played_us(self) -> float:
        if self._started_at is None:
            return self._base_us
        passed = self._clock() - self._started_at
        return self._base_us + passed * self._speed * 1_000_000

    def move(self, to_us: float) -> None:
        self._base_us = to_us
        if self._started_at is not None:
            self._started_at = self._clock()

    def play(self, speed: float) -> None:
        self._base_us, self._speed = self.played_us, speed
        self._started_at = self._clock()

    def pause(self) -> None:
        self._base_us, self._started_at = self.played_us, None

    def seconds_to(self, to_us: float) -> float | None:
        """Until the playhead is there, 0 if it has been; None while it stands."""
        if self._started_at is None:
            return None
        return max(0, to_us - self.played_us) / self._speed / 1_000_000
