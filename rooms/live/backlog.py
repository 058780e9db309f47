"""What waits for a viewer that does not keep up, and what of it is dropped."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence

from rooms.live.delivery import Delivery, Track

BACKLOG_BYTES = 4 << 20
STALE_US = 3_000_000  # by media time


class Backlog:
    """Deliveries in order: sound, then what catches up, then video.

    Drop policy. The backlog holds at most BACKLOG_BYTES and nothing that was captured
    more than STALE_US ago. Where it must shrink, video goes first: of the track with
    the most bytes all up to the last key frame that waits, or, where that does not
    help, all of it and all that comes until its next key frame. Sound is dropped,
    oldest first, only where no video waits or the sound is stale. The end of a track
    and what catches a viewer up (the records since a key frame) are never dropped; of
    the latter there is never more than BACKLOG_BYTES either.
    """

    def __init__(self, interrupt: Callable[[Track], None]) -> None:
        """``interrupt`` is told of a track that is to go on from its next key frame."""
        self._interrupt = interrupt
        self._sound: deque[Delivery] = deque()
        self._group: deque[Delivery] = deque()  # that catches up
        self._video: deque[Delivery] = deque()
        self._bytes = 0  # but for the group's
        self.dropped: Counter[str] = Counter()  # by reason: "stale", "full"
        self.popped = 0

    def __bool__(self) -> bool:
        return bool(self._sound or self._video or self._group)

    def catch_up(self, group: Sequence[Delivery]) -> bool:
        """Add a layer's records since its key frame; False if they are too many."""
        if sum(len(one.frame) for one in (*self._group, *group)) > BACKLOG_BYTES:
            return False
        self._group.extend(group)
        return True

    def add(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            (self._video if delivery.is_video else self._sound).append(delivery)
            self._bytes += len(delivery.frame)

    def pop(self, limit: int) -> bytes:
        """The next ones joined: one at least, then up to about ``limit`` bytes."""
        frames: list[bytes] = []
        size = 0
        for queue in (self._sound, self._group, self._video):
            while queue and (size < limit or not frames):
                frames.append(queue.popleft().frame)
                size += len(frames[-1])
                self._bytes -= 0 if queue is self._group else len(frames[-1])
        self.popped += len(frames)
        return b"".join(frames)

    def shed(self, now_us: int) -> None:
        """Drop what the policy says."""
        self._drop_stale(now_us - STALE_US)
        while self._bytes > BACKLOG_BYTES:
            track = self._largest_video()
            if track is None:
                self._forget([self._sound.popleft()], "full")
            else:
                self._drop_video(track, "full")

    def _drop_stale(self, stale_us: int) -> None:
        while self._sound and self._sound[0].time_us < stale_us:
            if self._sound[0].is_end:
                break  # tiny; and a viewer must know that the track is over
            self._forget([self._sound.popleft()], "stale")
        while self._video and self._video[0].time_us < stale_us:
            if self._video[0].is_end:
                break
            self._drop_video(self._video[0].track, "stale")

    def _largest_video(self) -> Track | None:
        sizes: Counter[Track] = Counter()
        for delivery in self._video:
            sizes[delivery.track] += len(delivery.frame)
        return max(sizes, key=lambda track: sizes[track], default=None)

    def _drop_video(self, track: Track, reason: str) -> None:
        """Drop all up to the track's last key frame, or all where that comes first."""
        mine = [delivery for delivery in self._video if delivery.track == track]
        last_key = max((i for i, one in enumerate(mine) if one.is_key), default=0)
        if not last_key:
            self._interrupt(track)
        gone = set(mine[: last_key or None])
        self._video = deque(one for one in self._video if one not in gone)
        self._forget(gone, reason)

    def _forget(self, gone: Collection[Delivery], reason: str) -> None:
        self._bytes -= sum(len(delivery.frame) for delivery in gone)
        self.dropped[reason] += len(gone)
