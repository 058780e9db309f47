"""Encoded chunks in, pictures and samples out: PyAV's decoders by wire codec."""

from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from recordings.segment_index import Record
from rooms.streams.record import Codec

SAMPLE_RATE = 48_000

Samples = NDArray[np.float32]  # (2, n), -1 to 1

_VIDEO_DECODERS = {
    Codec.VP8: "vp8",
    Codec.VP9: "vp9",
    Codec.H264: "h264",
    Codec.AV1: "libdav1d",
    Codec.JPEG: "mjpeg",
}


class VideoDecoder:
    """One run of one codec. Browsers send no frames out of order, so that each
    chunk gives its picture at once."""

    def __init__(self, codec: Codec) -> None:
        context: Any = av.CodecContext.create(_VIDEO_DECODERS[codec], "r")
        self._context: VideoCodecContext = context
        self._context.flags |= Flags.low_delay
        self._context.thread_count = 1

    def decode(self, record: Record) -> VideoFrame | None:
        """The newest picture, if the chunk gives one. Raises av.FFmpegError."""
        frames = self._context.decode(av.Packet(bytes(record.payload)))
        return frames[-1] if frames else None


class AudioDecoder:
    """Opus or PCM to 48 kHz stereo."""

    def __init__(self, codec: Codec) -> None:
        self._context: AudioCodecContext | None = None
        if codec is Codec.OPUS:
            context: Any = av.CodecContext.create("libopus", "r")
            context.sample_rate = SAMPLE_RATE
            context.layout = "stereo"
            self._context = context
        self._resampler = AudioResampler("fltp", "stereo", SAMPLE_RATE)

    def decode(self, record: Record) -> Samples:
        """Raises av.FFmpegError."""
        if self._context is None:
            return _from_pcm(record.payload)
        frames = self._context.decode(av.Packet(bytes(record.payload)))
        parts = [
            out.to_ndarray()
            for frame in frames
            for out in self._resampler.resample(frame)
        ]
        if not parts:
            return np.zeros((2, 0), np.float32)
        return np.concatenate(parts, axis=1)


def _from_pcm(payload: memoryview) -> Samples:
    whole = len(payload) // 2 * 2
    mono = np.frombuffer(payload[:whole], "<i2").astype(np.float32) / 32768
    return np.stack((mono, mono))
