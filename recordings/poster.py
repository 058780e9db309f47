"""A recording's poster: one picture of it, at the moment that shows the most."""

from io import BytesIO

from av.video.frame import VideoFrame
from PIL import Image

from recordings.archive import Source
from recordings.compositor import Compositor
from recordings.feed import SKEW_US
from recordings.layout import Scene, make_scenes
from recordings.models import Recording
from recordings.reader import position_at, read_stream
from recordings.recorded import session_timeline, streams_of
from rooms.models import Participant
from rooms.streams.record import Kind

WIDTH, HEIGHT = 640, 360
QUALITY = 80
# Into the scene: pictures have come by then, and people have sat down.
SETTLED_US = 3_000_000
VIDEO = {kind.wire_name for kind in Kind if kind.is_video}


def make_poster(recording: Recording) -> bytes | None:
    """A JPEG, or None where nobody was there to be seen."""
    assert recording.ended_us is not None  # noqa: S101 - sealed
    start_us, end_us = recording.started_us, recording.ended_us
    timeline = session_timeline(recording.session, start_us=start_us, until_us=end_us)
    scenes = make_scenes(
        timeline, start_us=start_us, end_us=end_us, width=WIDTH, height=HEIGHT
    )
    scene = max(scenes, key=_worth, default=None)
    if scene is None or not scene.tiles:
        return None
    at_us = min(scene.start_us + SETTLED_US, (scene.start_us + scene.end_us) // 2)
    compositor = Compositor(width=WIDTH, height=HEIGHT)
    for stream in streams_of(recording):
        _feed(compositor, stream.participant, at_us)
    return as_jpeg(VideoFrame.from_ndarray(compositor.paint(scene, at_us), "yuv420p"))


def _worth(scene: Scene) -> tuple[int, int]:
    """Most pictures first; of those, what lasted longest."""
    pictures = sum(tile.has_video for tile in scene.tiles)
    return pictures, scene.end_us - scene.start_us


def _feed(compositor: Compositor, participant: Participant, at_us: int) -> None:
    """The pictures of one person since the key frames before a time."""
    position = position_at(participant.pk, at_us, VIDEO)
    for batch in read_stream(Source.of(participant), position=position):
        for record in batch:
            if record.media_us > at_us + SKEW_US:
                return
            kind = record.header.kind
            if kind.is_video and (record.payload or record.is_end):
                compositor.track(participant.number, kind.wire_name).push(record)


def as_jpeg(picture: VideoFrame) -> bytes:
    file = BytesIO()
    pixels = picture.to_ndarray(format="rgb24")
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
