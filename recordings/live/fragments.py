"""Pieces of fragmented MP4 (ISO/IEC 14496-12) as HLS has them: each begins with a key
frame and lasts up to the next. FFmpeg's muxer writes; here it is cut."""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from recordings.live.encoding import LiveEncoder
from recordings.live.units import Unit

MOVFLAGS = "frag_keyframe+empty_moov+default_base_moof"
_HEAD = 8  # bytes of a box: its length, its name


@dataclass(frozen=True, slots=True)
class Piece:
    data: bytes
    seconds: float


class Fragmenter:
    """``add`` gives a piece each time that one is whole."""

    def __init__(self, encoder: LiveEncoder) -> None:
        self._boxes = _Boxes()
        options = {"movflags": MOVFLAGS, "flush_packets": "1"}
        self._file: Any = av.open(self._boxes, "w", format="mp4", options=options)
        self._streams = {
            True: self._file.add_stream_from_template(encoder.video, True),
            False: self._file.add_stream_from_template(encoder.audio, True),
        }
        self._file.start_encoding()
        # Times of the key frames from that of the next piece to be whole on. The muxer
        # holds some packets back, to put sound and picture in order.
        self._keys: deque[float] = deque()

    @property
    def init(self) -> bytes:
        """What every piece needs before it."""
        return self._boxes.init

    def add(self, unit: Unit) -> Piece | None:
        is_cut = unit.is_video and unit.is_key
        if not self._keys and not is_cut:
            return None  # begins with a picture
        if is_cut:
            self._keys.append(unit.pts / unit.ticks)
        packet = av.Packet(unit.data)
        packet.pts, packet.dts, packet.duration = unit.pts, unit.dts, unit.duration
        packet.time_base = Fraction(1, unit.ticks)
        packet.is_keyframe = unit.is_key
        packet.stream = self._streams[unit.is_video]
        self._file.mux_one(packet)
        data = self._boxes.take_piece()
        if not data:
            return None
        begun = self._keys.popleft()
        return Piece(data, round(self._keys[0] - begun, 3))

    def close(self) -> None:
        self._file.close()


class _Boxes:
    """The file that FFmpeg writes: boxes, in order."""

    def __init__(self) -> None:
        self.init = b""
        self._piece: list[bytes] = []
        self._rest = bytearray()

    def write(self, data: bytes) -> int:
        self._rest += data
        while len(self._rest) >= _HEAD:
            length = int.from_bytes(self._rest[:4], "big")
            if len(self._rest) < length:
                break
            self._sort(bytes(self._rest[:length]))
            del self._rest[:length]
        return len(data)

    def take_piece(self) -> bytes:
        data = b"".join(self._piece)
        self._piece.clear()
        return data

    def _sort(self, box: bytes) -> None:
        name = box[4:_HEAD]
        if name in (b"ftyp", b"moov"):
            self.init += box
        elif name in (b"moof", b"mdat"):
            self._piece.append(box)
