"""A track of video as a sequence of pictures, decoded along with time.

A camera may be stored in several layers, each a stream of its own with its own key
frames. The smallest one that fills the place it is shown in is decoded.
"""

import logging
from collections import deque

import av
from av.video.frame import VideoFrame

from recordings.decoders import VideoDecoder
from recordings.segment_index import Record

logger = logging.getLogger(__name__)

# A picture older than this is not shown as if it were now: key frames come every 2 s.
STALE_US = 2_500_000
# Chunks kept undecoded of a layer that nobody shows.
WAITING_BYTES = 8 << 20
# How often it is looked at which layer is best, and what of the others can go.
REVIEW_US = 500_000
# A layer this far behind the newest one has been paused by its publisher.
BEHIND_US = 700_000
# A layer this much smaller than its place still fills it: nobody sees the difference.
ENOUGH = 0.97


class Layer:
    """The picture of one layer at a time that only grows.

    Nothing is decoded before it is asked for: while it is not shown, only the chunks
    since its last key frame are held. What cannot be decoded (a missing key frame, a
    broken chunk) leaves it without a picture up to its next key frame.
    """

    def __init__(self) -> None:
        self.latest_us = 0  # the newest chunk up to the time asked for
        self.size: tuple[int, int] | None = None
        self._queue: deque[Record] = deque()
        self._waiting_bytes = 0
        self._decoder: VideoDecoder | None = None
        self._run: tuple[int, int] | None = None  # codec, epoch
        self._frame: VideoFrame | None = None
        self._frame_us = 0

    def push(self, record: Record) -> None:
        self._queue.append(record)
        self._waiting_bytes += len(record.stored.payload)
        if self._waiting_bytes > WAITING_BYTES:
            self._queue.clear()
            self._waiting_bytes = 0
            self._stop()

    def at(self, at_us: int) -> VideoFrame | None:
        while self._queue and self._queue[0].media_us <= at_us:
            self._decode(self._take())
        if self._frame is not None and at_us - self._frame_us > STALE_US:
            self._frame = None
        return self._frame

    def skip(self, at_us: int) -> None:
        """Instead of ``at`` while it is not shown."""
        key = None
        for index, record in enumerate(self._queue):
            if record.media_us > at_us:
                break
            self.latest_us = record.media_us
            if record.header.is_key or record.is_end:
                key = index
        if key is not None:
            self._stop()
            for _ in range(key):
                self._take()

    def can_show(self, at_us: int) -> bool:
        """Whether ``at`` would have somewhere to begin."""
        if self._decoder is not None:
            return True
        first = self._queue[0] if self._queue else None
        return (
            first is not None
            and first.media_us <= at_us
            and first.header.is_key
            and not first.is_end
        )

    def measure(self) -> None:
        """Learn the size from a key frame that waits, if it is not known."""
        keys = (record for record in self._queue if record.header.is_key)
        key = next(keys, None) if self.size is None else None
        if key is None or key.is_end:
            return
        try:
            frame = VideoDecoder(key.header.codec).decode(key)
        except av.FFmpegError:
            return  # told of when it is shown
        self.size = (frame.width, frame.height) if frame else None

    def _take(self) -> Record:
        record = self._queue.popleft()
        self._waiting_bytes -= len(record.stored.payload)
        self.latest_us = record.media_us
        return record

    def _stop(self) -> None:
        self._decoder = self._run = self._frame = None

    def _decode(self, record: Record) -> None:
        header = record.header
        if record.is_end:
            self._stop()
            return
        if self._run != (header.codec, header.epoch):
            self._stop()
        if self._decoder is None:
            if not header.is_key:
                return
            self._decoder = VideoDecoder(header.codec)
            self._run = (header.codec, header.epoch)
        try:
            frame = self._decoder.decode(record)
        except av.FFmpegError as error:
            logger.info("Record %d does not decode: %s", record.stored.position, error)
            self._stop()
            return
        if frame is not None:
            self._frame, self._frame_us = frame, record.media_us
            self.size = (frame.width, frame.height)


class PictureTrack:
    """A track's picture, from the smallest of its layers that fills its place."""

    def __init__(self) -> None:
        self._layers: dict[int, Layer] = {}  # by spatial number, 0 the smallest
        self._chosen: Layer | None = None
        self._seen: tuple[Layer, tuple[int, int]] | None = None
        self._wanted = (0, 0)
        self._review_us = 0

    def push(self, record: Record) -> None:
        if record.is_end:
            for layer in self._layers.values():
                layer.push(record)
            return
        layer = self._layers.setdefault(record.header.spatial, Layer())
        layer.push(record)

    def at(self, at_us: int, *, width: int, height: int) -> VideoFrame | None:
        """``width`` and ``height``: the place that the picture is for."""
        is_new_place = self._wanted != (width, height)
        if self._chosen is None or is_new_place or at_us >= self._review_us:
            self._wanted = (width, height)
            self._review(at_us)
        frame = self._chosen.at(at_us) if self._chosen else None
        if frame is None and len(self._layers) > 1:
            self._review(at_us)
            frame = self._chosen.at(at_us) if self._chosen else None
        self._notice_turn()
        return frame

    def skip(self, at_us: int) -> None:
        """Instead of ``at`` while nothing shows the track."""
        if at_us >= self._review_us:
            self._review_us = at_us + REVIEW_US
            self._chosen = None
            for layer in self._layers.values():
                layer.skip(at_us)

    def _review(self, at_us: int) -> None:
        self._review_us = at_us + REVIEW_US
        for layer in self._layers.values():
            if layer is not self._chosen:
                layer.skip(at_us)
        if len(self._layers) == 1:
            (self._chosen,) = self._layers.values()
            return
        self._chosen = self._best(at_us) or self._chosen

    def _best(self, at_us: int) -> Layer | None:
        """The smallest that fills the place; else the largest."""
        newest_us = max((layer.latest_us for layer in self._layers.values()), default=0)
        best: Layer | None = None
        for _spatial, layer in sorted(self._layers.items()):
            if layer.latest_us < newest_us - BEHIND_US or not layer.can_show(at_us):
                continue
            layer.measure()
            best = layer
            if layer.size is not None and self._fills(*layer.size):
                break
        return best

    def _fills(self, width: int, height: int) -> bool:
        """Pictures are fitted into their place, so that one side is enough."""
        return width >= self._wanted[0] * ENOUGH or height >= self._wanted[1] * ENOUGH

    def _notice_turn(self) -> None:
        """When a camera turns, all of its layers change."""
        if self._chosen is None or self._chosen.size is None:
            return
        now = (self._chosen, self._chosen.size)
        if self._seen and self._seen[0] is now[0] and self._seen[1] != now[1]:
            for layer in self._layers.values():
                if layer is not self._chosen:
                    layer.size = None
        self._seen = now
