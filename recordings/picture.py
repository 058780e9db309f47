"""A track of video as a sequence of pictures, decoded along with time."""

import logging
from collections import deque

import av
from av.video.frame import VideoFrame

from recordings.best_layers import BestLayers
from recordings.decoders import VideoDecoder
from recordings.segment_index import Record

logger = logging.getLogger(__name__)

# A picture older than this is not shown as if it were now: key frames come every 2 s.
STALE_US = 2_500_000
# Chunks kept undecoded of a track that nobody shows.
WAITING_BYTES = 8 << 20


class PictureTrack:
    """The picture of a track at a time that only grows.

    Nothing is decoded before it is asked for: of a track that no tile shows, only
    the chunks since its last key frame are held. What cannot be decoded (a missing
    key frame, a broken chunk) leaves the track without a picture up to its next key
    frame.
    """

    def __init__(self) -> None:
        self._layers = BestLayers()
        self._queue: deque[Record] = deque()
        self._waiting_bytes = 0
        self._decoder: VideoDecoder | None = None
        self._run: tuple[int, int] | None = None  # codec, epoch
        self._frame: VideoFrame | None = None
        self._frame_us = 0

    def push(self, record: Record) -> None:
        if not self._layers.takes(record):
            return
        self._queue.append(record)
        self._waiting_bytes += len(record.stored.payload)
        if self._waiting_bytes > WAITING_BYTES:
            self._forget()

    def at(self, at_us: int) -> VideoFrame | None:
        while self._queue and self._queue[0].media_us <= at_us:
            self._decode(self._take())
        if self._frame is not None and at_us - self._frame_us > STALE_US:
            self._frame = None
        return self._frame

    def skip(self, at_us: int) -> None:
        """Instead of ``at`` while nothing shows the track."""
        keys = [
            index
            for index, record in enumerate(self._queue)
            if record.media_us <= at_us and (record.header.is_key or record.is_end)
        ]
        if keys:
            self._stop()
            for _ in range(keys[-1]):
                self._take()

    def _take(self) -> Record:
        record = self._queue.popleft()
        self._waiting_bytes -= len(record.stored.payload)
        return record

    def _forget(self) -> None:
        self._queue.clear()
        self._waiting_bytes = 0
        self._stop()

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
