"""Layers of a video track: what their numbers mean, and which of them to take.

Pure. A spatial layer is known by its number: each fits into a 16:9 box of so many
lines. A track with one layer numbers it 0, whatever its size.
"""

from collections.abc import Collection

HEIGHTS = (180, 360, 720, 1080)  # lines of the spatial layers 0 to 3
BEST = len(HEIGHTS) - 1
ENLARGED = 1.25  # so much larger than it is a layer may be shown
# Without a record for so long, while other layers of its track had some, a layer is
# sent no more: layers are made from the same frames, and a still picture is repeated
# every second.
GONE_US = 1_500_000


def layer_for(height: int) -> int:
    """The smallest layer that fills a place of so many lines, else the largest."""
    for spatial, lines in enumerate(HEIGHTS):
        if height <= lines * ENLARGED:
            return spatial
    return BEST


def choose_filling(layers: Collection[int], height: int) -> int:
    """Of the layers there are, the smallest that fills so many lines, else the
    largest."""
    filling = [one for one in layers if one >= layer_for(height)]
    return min(filling) if filling else max(layers)


def choose_within(layers: Collection[int], goal: int) -> int:
    """Of the layers there are, the largest up to a goal, else the smallest."""
    within = [one for one in layers if one <= goal]
    return max(within) if within else min(layers)


class BestLayer:
    """Picks from a track's records those of its highest layer at each time, so that
    one decoder can follow: layers change at key frames only."""

    def __init__(self) -> None:
        self._layer: int | None = None
        self._seen_us = 0

    def takes(self, spatial: int, *, is_key: bool, time_us: int) -> bool:
        """Whether the next record, in order of time, is one of them. Records of the
        end of a track are; tell ``end`` of them."""
        if spatial != self._layer:
            is_better = self._layer is None or spatial > self._layer
            if not is_key or not (is_better or time_us - self._seen_us > GONE_US):
                return False
            self._layer = spatial
        self._seen_us = time_us
        return True

    def end(self) -> None:
        """The track has ended; one that begins anew may have other layers."""
        self._layer = None
