"""A record on its way to viewers: built once, the same bytes for all of them."""

from dataclasses import dataclass
from functools import cached_property

from rooms.streams.record import (
    DELIVERY,
    LENGTH,
    Flag,
    Header,
    Kind,
    frame_delivery,
    media_time_us,
)

Track = tuple[int, Kind]  # participant number and kind


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    track: Track
    frame: bytes
    position: int
    time_us: int  # media time
    # Decoding can begin here. The end of a track needs nothing before it either.
    is_key: bool
    is_end: bool

    @property
    def record(self) -> memoryview:
        """The publisher's record, as it is."""
        return memoryview(self.frame)[LENGTH.size + DELIVERY.size :]

    @property
    def is_video(self) -> bool:
        return self.track[1].is_video


def deliver(
    header: Header,
    record: bytes | memoryview,
    *,
    number: int,
    position: int,
    appended_us: int,
) -> Delivery:
    """The delivery of a record of participant ``number``; copies the record."""
    is_end = bool(header.flags & Flag.END)
    return Delivery(
        track=(number, header.kind),
        frame=frame_delivery(number, position, appended_us, record),
        position=position,
        time_us=media_time_us(header.captured_us, appended_us),
        is_key=header.is_key or is_end,
        is_end=is_end,
    )


class Batch:
    """Deliveries that the relay offers together. Joined once, for all who take all."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        self.deliveries = deliveries
        self.tracks = frozenset(delivery.track for delivery in deliveries)
        self.oldest_us = min(delivery.time_us for delivery in deliveries)

    @cached_property
    def joined(self) -> bytes:
        return b"".join([delivery.frame for delivery in self.deliveries])
