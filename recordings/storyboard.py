"""A recording's storyboard: small pictures all along it, for who looks for a moment.

One JPEG with the pictures side by side, and a WebVTT file that says which of them is
when, as players expect it. Of each picture only the last key frames of the smallest
layers are decoded.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from PIL import Image

from recordings.archive import load
from recordings.compositor import Compositor
from recordings.layout import Look, Scene, Tile, make_scenes
from recordings.models import Recording, Segment
from recordings.picture import STALE_US
from recordings.recorded import session_timeline
from recordings.segment_format import SegmentError
from recordings.segment_index import Record, parse
from recordings.webvtt import cue_times

WIDTH, HEIGHT = 160, 90  # of one picture
COLUMNS = 10
MOST = 150  # pictures; an hour has one every 24 s
LEAST_SECONDS = 2.0  # between two: key frames are not closer
QUALITY = 70
# However many people there are, a picture shows few of them: who speaks and one more,
# or what is shared.
LOOK = Look(layouts=((0, "pip"),))
SEGMENTS = 2  # in which the last key frame is looked for: one is cut at key frames


def times_of(seconds: float) -> list[tuple[float, float]]:
    """From when to when each picture of a recording of this length stands, in seconds
    from its start."""
    each = max(LEAST_SECONDS, seconds / MOST)
    count = max(1, min(MOST, round(seconds / each)))
    marks = [index * seconds / count for index in range(count + 1)]
    return list(pairwise(marks))


def make_storyboard(recording: Recording) -> bytes | None:
    """A JPEG, or None where nobody was there to be seen."""
    assert recording.ended_us is not None  # noqa: S101 - sealed
    start_us, end_us = recording.started_us, recording.ended_us
    timeline = session_timeline(recording.session, start_us=start_us, until_us=end_us)
    scenes = make_scenes(
        timeline,
        start_us=start_us,
        end_us=end_us,
        width=WIDTH,
        height=HEIGHT,
        look=LOOK,
    )
    if not any(scene.tiles for scene in scenes):
        return None
    spans = times_of((end_us - start_us) / 1_000_000)
    rows = -(-len(spans) // COLUMNS)
    sheet = Image.new("RGB", (WIDTH * min(COLUMNS, len(spans)), HEIGHT * rows))
    for index, (first, last) in enumerate(spans):
        at_us = start_us + round((first + last) / 2 * 1_000_000)
        scene = next(one for one in reversed(scenes) if one.start_us <= at_us)
        sheet.paste(_picture(recording, scene, at_us), _place(index))
    file = BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def as_webvtt(seconds: float, picture: str) -> str:
    """``picture``: the address of the JPEG. Cues name parts of it as media fragments
    (https://www.w3.org/TR/media-frags/#naming-space)."""
    cues = [
        f"{cue_times(first, last)}\n{picture}#xywh={x},{y},{WIDTH},{HEIGHT}\n"
        for (first, last), (x, y) in _placed(seconds)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _placed(seconds: float) -> Iterator[tuple[tuple[float, float], tuple[int, int]]]:
    for index, span in enumerate(times_of(seconds)):
        yield span, _place(index)


def _place(index: int) -> tuple[int, int]:
    row, column = divmod(index, COLUMNS)
    return column * WIDTH, row * HEIGHT


def _picture(recording: Recording, scene: Scene, at_us: int) -> Image.Image:
    compositor = Compositor(width=WIDTH, height=HEIGHT)
    for tile in scene.tiles:
        record = _key_frame(recording, tile, at_us) if tile.has_video else None
        if record is not None:
            compositor.track(tile.number, tile.kind).push(record)
    pixels = compositor.compose(scene, at_us).to_ndarray(format="rgb24")
    return Image.fromarray(pixels)


def _key_frame(recording: Recording, tile: Tile, at_us: int) -> Record | None:
    """The last of the smallest layer, not older than what may be shown."""
    segments = Segment.objects.filter(
        recording=recording,
        participant__number=tile.number,
        start_us__lte=at_us,
        end_us__gte=at_us - STALE_US,
    )
    for segment in segments.order_by("-first_position")[:SEGMENTS]:
        keys = [
            record
            for record in _records(segment)
            if record.header.kind.wire_name == tile.kind
            and record.header.is_key
            and not record.is_end
            and at_us - STALE_US < record.media_us <= at_us
        ]
        if keys:
            return min(keys, key=lambda one: (one.header.spatial, -one.media_us))
    return None


def _records(segment: Segment) -> list[Record]:
    try:
        return [parse(stored) for stored in load(segment)]
    except (FileNotFoundError, SegmentError):
        return []  # what is missing is shown as missing
