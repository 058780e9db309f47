"""Records to a Matroska file, payloads unchanged: it holds all of our codecs."""

import io
import struct
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.stream import Stream

from recordings.decoders import SAMPLE_RATE
from recordings.segment_index import Record
from rooms.streams.record import Codec, Kind

TrackId = tuple[Kind, Codec]
MILLISECOND = Fraction(1, 1000)

_IVF = struct.Struct("<4sHH4sHHIIII")
_IVF_FRAME = struct.Struct("<IQ")
_IVF_CODECS = {Codec.VP8: b"VP80", Codec.VP9: b"VP90", Codec.AV1: b"AV01"}
_RAW_FORMATS = {Codec.H264: "h264", Codec.JPEG: "mjpeg"}


class MatroskaWriter:
    """One stream per track. The file is whole when the ``with`` block has ended.

    ``openings`` holds of each track a record to begin with, which tells the size and
    the parameter sets. Video that comes before it is left out, as nothing can
    decode it.
    """

    def __init__(
        self, path: Path, openings: dict[TrackId, Record], *, origin_us: int
    ) -> None:
        self._file = av.open(str(path), "w", format="matroska")
        self._origin_us = origin_us
        self._streams: dict[TrackId, Stream] = {}
        self._last_ms: dict[TrackId, int] = {}
        self._probes: list[Any] = []
        self._begins = {
            track: opening.stored.position for track, opening in openings.items()
        }
        for track, opening in sorted(openings.items(), key=lambda item: item[0]):
            self._streams[track] = self._add(opening)
            self._streams[track].metadata["title"] = track[0].wire_name

    def write(self, record: Record) -> None:
        header = record.header
        track = (header.kind, header.codec)
        stream = self._streams.get(track)
        if stream is None or record.is_end:
            return
        if record.stored.position < self._begins[track]:
            return
        time_ms = max(0, record.media_us - self._origin_us) // 1000
        # A clock that was corrected may step back; a container's may not.
        time_ms = max(time_ms, self._last_ms.get(track, -1) + 1)
        self._last_ms[track] = time_ms
        packet = av.Packet(bytes(record.payload))
        packet.stream = stream
        packet.pts = packet.dts = time_ms
        packet.time_base = MILLISECOND
        packet.is_keyframe = header.is_key
        self._file.mux_one(packet)

    def _add(self, opening: Record) -> Stream:
        codec = opening.header.codec
        if codec is Codec.OPUS:
            return self._file.add_stream("libopus", rate=SAMPLE_RATE, layout="stereo")
        if codec is Codec.PCM:
            return self._file.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        probe = _probe(codec, bytes(opening.payload))
        self._probes.append(probe)  # streams made from a template refer to it
        template: Stream = probe.streams.video[0]
        # Opaque: no encoder of that name needs to exist.
        return self._file.add_stream_from_template(template, opaque=True)

    def __enter__(self) -> "MatroskaWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        for probe in self._probes:
            probe.close()


def _probe(codec: Codec, chunk: bytes) -> Any:
    """A key frame, opened as a file of its own: FFmpeg finds size and parameters."""
    if codec in _RAW_FORMATS:
        return av.open(io.BytesIO(chunk), format=_RAW_FORMATS[codec])
    head = _IVF.pack(b"DKIF", 0, _IVF.size, _IVF_CODECS[codec], 0, 0, 1000, 1, 1, 0)
    frame = _IVF_FRAME.pack(len(chunk), 0)
    return av.open(io.BytesIO(head + frame + chunk), format="ivf")
