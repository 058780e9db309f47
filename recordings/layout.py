"""Who is where in the picture, when: timeline in, scenes out. Pure.

The grid gives everybody who is there a tile of 16:9, as large as fits. A shared
screen takes most of the frame, with the people beside it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from recordings.timeline import Person, Timeline

MARGIN = 8  # pixels between tiles and around them
SCREEN_PART = 0.8  # of the width, for a shared screen


@dataclass(frozen=True, slots=True)
class Rect:
    """In pixels; all even, as 4:2:0 pictures need."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """``kind`` is the track that it shows, ``camera`` or ``screen``; ``has_video``
    says whether that track is there, else the tile shows the initials."""

    number: int
    kind: str
    rect: Rect
    name: str
    muted: bool
    has_video: bool


@dataclass(frozen=True, slots=True)
class Scene:
    start_us: int
    end_us: int
    tiles: tuple[Tile, ...]


def make_scenes(
    timeline: Timeline, *, start_us: int, end_us: int, width: int, height: int
) -> list[Scene]:
    """The scenes of a range, without gaps; neighbours differ."""
    scenes: list[Scene] = []
    marks = sorted({start_us, *_changes(timeline, start_us, end_us), end_us})
    for begin_us, until_us in pairwise(marks):
        tiles = tuple(_arrange(timeline, begin_us, width, height))
        if scenes and scenes[-1].tiles == tiles:
            scenes[-1] = Scene(scenes[-1].start_us, until_us, tiles)
        else:
            scenes.append(Scene(begin_us, until_us, tiles))
    return scenes


def _changes(timeline: Timeline, start_us: int, end_us: int) -> Iterator[int]:
    for person in timeline.people:
        spans = [*person.present, *((t.start_us, t.end_us) for t in person.tracks)]
        for span in spans:
            yield from (at_us for at_us in span if start_us < at_us < end_us)


def _arrange(timeline: Timeline, at_us: int, width: int, height: int) -> Iterator[Tile]:
    people = [person for person in timeline.people if person.is_present(at_us)]
    screens = [person for person in people if person.has_track("screen", at_us)]
    if not screens:
        rects = grid(len(people), Rect(0, 0, width, height))
        for person, rect in zip(people, rects, strict=True):
            yield _camera_tile(person, rect, at_us)
        return
    split = _even(width * SCREEN_PART)
    for person, rect in zip(
        screens, grid(len(screens), Rect(0, 0, split, height)), strict=True
    ):
        yield Tile(
            person.number, "screen", rect, person.name, muted=False, has_video=True
        )
    beside = grid(len(people), Rect(split, 0, width - split, height))
    for person, rect in zip(people, beside, strict=True):
        yield _camera_tile(person, rect, at_us)


def _camera_tile(person: Person, rect: Rect, at_us: int) -> Tile:
    return Tile(
        person.number,
        "camera",
        rect,
        person.name,
        muted=not person.has_track("microphone", at_us),
        has_video=person.has_track("camera", at_us),
    )


def grid(count: int, area: Rect) -> list[Rect]:
    """``count`` tiles of 16:9 in an area, as large as they can be, rows centred."""
    if not count:
        return []
    columns = max(range(1, count + 1), key=lambda n: _tile_width(count, n, area))
    rows = math.ceil(count / columns)
    width = max(2, _even(_tile_width(count, columns, area)))
    height = max(2, _even(width * 9 / 16))
    margin = _margin(count, area)
    top = (area.height - rows * (height + margin) + margin) / 2
    rects = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = (area.width - in_row * (width + margin) + margin) / 2
        x = area.x + _even(left + column * (width + margin))
        y = area.y + _even(top + row * (height + margin))
        rects.append(Rect(x, y, width, height))
    return rects


def _tile_width(count: int, columns: int, area: Rect) -> float:
    rows = math.ceil(count / columns)
    margin = _margin(count, area)
    by_width = (area.width - margin * (columns + 1)) / columns
    by_height = (area.height - margin * (rows + 1)) / rows
    return min(by_width, by_height * 16 / 9)


def _margin(count: int, area: Rect) -> int:
    """Crowds need the room themselves."""
    return MARGIN if area.width * area.height > count * 10_000 else 0


def _even(value: float) -> int:
    return int(value) // 2 * 2
