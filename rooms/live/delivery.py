"""A record on its way to viewers: built once, the same bytes for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conference.sockets import pack_bytes
from rooms.streams.record import (
    DELIVERY,
    LENGTH,
    Header,
    Kind,
    frame_delivery,
    media_time_us,
)

Track = tuple[int, Kind]  # participant number and kind
LayerId = int  # a layer of a track of a participant; a number, since it is hashed often

# How much of a layer is sent. By rank: a temporal layer's number, KEYS for key frames.
ALL = 15
KEYS = -1
Part = tuple[LayerId, int]  # a layer up to a rank


def layer_id(track: Track, spatial: int) -> LayerId:
    return track[0] << 8 | track[1] << 4 | spatial


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    track: Track
    frame: bytes
    position: int
    time_us: int  # media time
    # Decoding can begin here. The end of a track needs nothing before it either.
    is_key: bool
    is_end: bool
    spatial: int = 0
    temporal: int = 0
    loudness: int = 127  # -dBov

    @property
    def record(self) -> memoryview:
        """The publisher's record, as it is."""
        return memoryview(self.frame)[LENGTH.size + DELIVERY.size :]

    @property
    def is_video(self) -> bool:
        return self.track[1].is_video

    @property
    def layer(self) -> LayerId:
        return layer_id(self.track, self.spatial)

    @property
    def rank(self) -> int:
        """What may be left out first has the highest; nothing needs a higher one."""
        return KEYS if self.is_key else self.temporal


def deliver(
    header: Header,
    record: bytes | memoryview,
    *,
    number: int,
    position: int,
    appended_us: int,
) -> Delivery:
    """The delivery of a record of participant ``number``; copies the record."""
    is_end = header.is_end
    return Delivery(
        track=(number, header.kind),
        frame=frame_delivery(number, position, appended_us, record),
        position=position,
        time_us=media_time_us(header.captured_us, appended_us),
        is_key=header.is_key or is_end,
        is_end=is_end,
        spatial=header.spatial,
        temporal=header.temporal,
        loudness=header.loudness,
    )


class Batch:
    """Deliveries that the relay offers together. What several viewers take of it is
    joined once for all of them."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self.deliveries = deliveries
        self.oldest_us = min(delivery.time_us for delivery in deliveries)
        self.sound: dict[LayerId, list[Delivery]] = {}
        self.video: dict[LayerId, list[Delivery]] = {}
        self.has_end = False
        self.key_frames: set[LayerId] = set()  # layers of video that have one here
        for delivery in deliveries:
            is_video, layer = delivery.is_video, delivery.layer
            layers = self.video if is_video else self.sound
            layers.setdefault(layer, []).append(delivery)
            if is_video and delivery.is_key:
                self.key_frames.add(layer)
                self.has_end = self.has_end or delivery.is_end
        self._pieces: dict[Part, bytes] = {}
        self._joined: dict[tuple[Part, ...], bytes] = {}
        self._packed: dict[tuple[Part, ...], bytes] = {}
        self._counts: dict[tuple[Part, ...], int] = {}

    def pick(self, parts: Iterable[Part]) -> list[Delivery]:
        """The deliveries of these parts, each layer's in their order."""
        return [
            delivery
            for layer, most in parts
            for delivery in self.sound.get(layer) or self.video[layer]
            if delivery.rank <= most
        ]

    def join(self, parts: tuple[Part, ...]) -> bytes:
        """The same, as bytes to be sent."""
        joined = self._joined.get(parts)
        if joined is None:
            pieces = self._pieces
            joined = b"".join(
                [
                    piece
                    if (piece := pieces.get(part)) is not None
                    else self._piece(part)
                    for part in parts
                ]
            )
            self._joined[parts] = joined
        return joined

    def pack(self, parts: tuple[Part, ...]) -> bytes:
        """The same, as a WebSocket's frame."""
        packed = self._packed.get(parts)
        if packed is None:
            packed = self._packed[parts] = pack_bytes(self.join(parts))
        return packed

    def count(self, parts: tuple[Part, ...]) -> int:
        """How many deliveries these parts have."""
        count = self._counts.get(parts)
        if count is None:
            count = self._counts[parts] = len(self.pick(parts))
        return count

    def _piece(self, part: Part) -> bytes:
        piece = b"".join([delivery.frame for delivery in self.pick((part,))])
        self._pieces[part] = piece
        return piece
