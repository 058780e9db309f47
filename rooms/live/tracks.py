"""What the relay remembers of a video track: its last group, and key frame wishes."""

import time
from collections.abc import Callable

from rooms.live.delivery import Delivery

GROUP_BYTES = 2 << 20  # since the last key frame; beyond it a new key frame is wanted
KEYFRAME_SECONDS = 1.0  # at least between two requests to a publisher


class VideoTrack:
    """One video track of one publisher.

    Unbroken: key frame -> every record since has been offered to viewers. A record
    that is passed over breaks the track until its next key frame.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.group: list[Delivery] = []  # since the last key frame; empty: unknown
        self._group_bytes = 0
        self._is_unbroken = False
        self._keyframe_wanted = False
        self._requested_at = clock() - KEYFRAME_SECONDS

    def add(self, delivery: Delivery) -> bool:
        """Remember a delivery; False where viewers could not decode it."""
        if delivery.is_key:
            self._is_unbroken = True
            self._keyframe_wanted = False
            self.group, self._group_bytes = [], 0
        if not self._is_unbroken:
            self._keyframe_wanted = True
            return False
        if delivery.is_key or self.group:
            self.group.append(delivery)
            self._group_bytes += len(delivery.frame)
        if self._group_bytes > GROUP_BYTES:
            self.group, self._group_bytes = [], 0
            self._keyframe_wanted = True
        return True

    def pass_over(self) -> None:
        """A record of this track is not offered to viewers."""
        self._is_unbroken = False
        self._keyframe_wanted = True
        self.group, self._group_bytes = [], 0

    def want_keyframe(self) -> None:
        self._keyframe_wanted = True

    def take_request(self) -> bool:
        """Whether the publisher is to be asked now. Wishes are merged: one a second."""
        now = self._clock()
        if not self._keyframe_wanted or now < self._requested_at + KEYFRAME_SECONDS:
            return False
        self._requested_at = now
        return True
