"""Places in a picture: rectangles with even sides, and tiles that share an area.

Pure.
"""

import math
from dataclasses import dataclass

MARGIN = 8  # pixels between tiles and around them


@dataclass(frozen=True, slots=True)
class Rect:
    """In pixels; all even, as 4:2:0 pictures need."""

    x: int
    y: int
    width: int
    height: int


def even(value: float) -> int:
    return int(value) // 2 * 2


def grid(count: int, area: Rect) -> list[Rect]:
    """``count`` tiles of 16:9 in an area, as large as they can be, rows centred."""
    if not count:
        return []
    columns = max(range(1, count + 1), key=lambda n: _tile_width(count, n, area))
    rows = math.ceil(count / columns)
    width = max(2, even(_tile_width(count, columns, area)))
    height = max(2, even(width * 9 / 16))
    margin = _margin(count, area)
    top = (area.height - rows * (height + margin) + margin) / 2
    rects = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = (area.width - in_row * (width + margin) + margin) / 2
        x = area.x + even(left + column * (width + margin))
        y = area.y + even(top + row * (height + margin))
        rects.append(Rect(x, y, width, height))
    return rects


def split(area: Rect, part: float) -> tuple[Rect, Rect]:
    """Left and right; the left has ``part`` of the width."""
    width = even(area.width * part)
    return (
        Rect(area.x, area.y, width, area.height),
        Rect(area.x + width, area.y, area.width - width, area.height),
    )


def stack(area: Rect, part: float) -> tuple[Rect, Rect]:
    """Above and below; the upper has ``part`` of the height."""
    height = even(area.height * part)
    return (
        Rect(area.x, area.y, area.width, height),
        Rect(area.x, area.y + height, area.width, area.height - height),
    )


def corner(area: Rect, part: float) -> Rect:
    """A tile of 16:9 in the lower right corner, ``part`` of the width."""
    width = max(2, even(area.width * part))
    height = min(max(2, even(width * 9 / 16)), area.height)
    gap = min(2 * MARGIN, even(area.width - width), even(area.height - height))
    right, bottom = area.x + area.width, area.y + area.height
    return Rect(right - width - gap, bottom - height - gap, width, height)


def _tile_width(count: int, columns: int, area: Rect) -> float:
    rows = math.ceil(count / columns)
    margin = _margin(count, area)
    by_width = (area.width - margin * (columns + 1)) / columns
    by_height = (area.height - margin * (rows + 1)) / rows
    return min(by_width, by_height * 16 / 9)


def _margin(count: int, area: Rect) -> int:
    """Crowds need the room themselves."""
    return MARGIN if area.width * area.height > count * 10_000 else 0
