"""Sound: decodes, places by media time, and mixes to one 48 kHz stereo signal."""

import logging
from collections import deque

import av
import numpy as np

from recordings.decoders import SAMPLE_RATE, AudioDecoder, Samples
from recordings.segment_index import Record

logger = logging.getLogger(__name__)

# Capture times jitter by some milliseconds, and sound cards drift: packets are put
# end to end, each longer or shorter by a sample for every SLACK of the smoothed
# deviation from their times. Nobody hears one in 20 ms, which makes up for 1000 ppm.
SLACK = SAMPLE_RATE * 5 // 1000  # samples
# Further off (a packet of 20 ms is missing) they are put where they belong at once.
TOLERATED = SAMPLE_RATE * 15 // 1000  # samples
JUMP = SAMPLE_RATE * 200 // 1000  # samples; further off is a gap, not jitter
SMOOTHING = 1 / 16
KNEE = 0.8  # full scale; louder than this is bent, not cut


class SoundTrack:
    """One track, mixed by asking for block after block.

    Decoded sound is held from the block that was asked for last to the newest
    packet; the feed bounds how far that is ahead.
    """

    def __init__(self, origin_us: int) -> None:
        self._origin_us = origin_us
        self._queue: deque[Record] = deque()
        self._decoder: AudioDecoder | None = None
        self._run: tuple[int, int] | None = None  # codec, epoch
        self._parts: deque[tuple[int, Samples]] = deque()  # (first sample, sound)
        self._end: int | None = None  # where the next packet goes, by count
        self._deviation = 0.0

    def push(self, record: Record) -> None:
        self._queue.append(record)

    def add_to(self, block: Samples, first: int) -> None:
        """Mix what sounds from sample ``first`` on into a block."""
        end = first + block.shape[1]
        while self._queue and self._sample_of(self._queue[0]) < end + JUMP:
            self._decode(self._queue.popleft())
        while self._parts and self._parts[0][0] < end:
            start, sound = self._parts.popleft()
            used = end - start
            if used < sound.shape[1]:
                self._parts.appendleft((end, sound[:, used:]))
                sound = sound[:, :used]
            skipped = max(0, first - start)  # belongs to a block that is gone
            sound = sound[:, skipped:]
            at = start + skipped - first
            block[:, at : at + sound.shape[1]] += sound

    def _sample_of(self, record: Record) -> int:
        return (record.media_us - self._origin_us) * SAMPLE_RATE // 1_000_000

    def _decode(self, record: Record) -> None:
        if record.is_end:
            self._decoder = self._run = self._end = None
            return
        run = (record.header.codec, record.header.epoch)
        if self._decoder is None or self._run != run:
            self._decoder = AudioDecoder(record.header.codec)
            self._run, self._end = run, None
        try:
            sound = self._decoder.decode(record)
        except av.FFmpegError as error:
            logger.info("Record %d does not decode: %s", record.stored.position, error)
            return
        self._place(sound, self._sample_of(record))

    def _place(self, sound: Samples, sample: int) -> None:
        at = self._end
        if at is None or abs(sample - at) > JUMP:
            at, self._deviation = sample, 0.0
        else:
            self._deviation += (sample - at - self._deviation) * SMOOTHING
            if abs(self._deviation) > TOLERATED:
                at, self._deviation = sample, 0.0
            sound = stretch(sound, int(self._deviation / SLACK))
        if self._end is not None and at < self._end:
            sound, at = sound[:, self._end - at :], self._end
        if sound.shape[1]:
            self._parts.append((at, sound))
        self._end = at + sound.shape[1]


class Mixer:
    """The sum of all tracks, block by block."""

    def __init__(self, origin_us: int) -> None:
        self._origin_us = origin_us
        self._tracks: list[SoundTrack] = []
        self._next = 0

    def add_track(self) -> SoundTrack:
        track = SoundTrack(self._origin_us)
        self._tracks.append(track)
        return track

    def drop_track(self, track: SoundTrack) -> None:
        self._tracks.remove(track)

    def mix(self, count: int) -> Samples:
        """The next ``count`` samples, limited to full scale."""
        block = np.zeros((2, count), np.float32)
        for track in self._tracks:
            track.add_to(block, self._next)
        self._next += count
        return limit(block)


def stretch(sound: Samples, more: int) -> Samples:
    """As long as so many samples more, or fewer; in what is shorter, as it is."""
    count = sound.shape[1]
    if not more or count <= abs(more):
        return sound
    places = np.arange(count + more) * (count / (count + more))
    stretched = [np.interp(places, np.arange(count), channel) for channel in sound]
    return np.array(stretched, np.float32)


def limit(block: Samples) -> Samples:
    """Bend what exceeds the knee so that no sum of voices is cut off."""
    loud = np.abs(block) > KNEE
    if loud.any():
        excess = (np.abs(block[loud]) - KNEE) / (1 - KNEE)
        bent = KNEE + (1 - KNEE) * np.tanh(excess)
        block[loud] = np.copysign(bent, block[loud])
    return block
