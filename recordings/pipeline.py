"""The walk in time: feeds -> compositor and mixer -> encoder, at a constant rate."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from recordings.compositor import Compositor
from recordings.decoders import SAMPLE_RATE
from recordings.encoder import Mp4Encoder
from recordings.feed import Feed, Track
from recordings.layout import make_scenes
from recordings.mixer import Mixer
from recordings.models import Recording
from recordings.recorded import read_recorded, session_timeline, streams_of
from rooms.streams.record import Kind

WIDTH, HEIGHT = 1280, 720
RATE = 30  # pictures a second
# A picture stands for what was there in the middle of its time: a camera of the same
# rate that is some microseconds late does not lose a picture each time.
MIDDLE_US = 1_000_000 // RATE // 2

# Called with the part that is done, 0 to 1; raises to end the work.
Progress = Callable[[float], None]


def render_mp4(recording: Recording, path: Path, progress: Progress) -> None:
    """Write the grid of a sealed recording. Memory does not grow with its length."""
    assert recording.ended_us is not None  # noqa: S101 - sealed
    start_us, end_us = recording.started_us, recording.ended_us
    timeline = session_timeline(recording.session, start_us=start_us, until_us=end_us)
    scenes = iter(
        make_scenes(
            timeline, start_us=start_us, end_us=end_us, width=WIDTH, height=HEIGHT
        )
    )
    compositor = Compositor(width=WIDTH, height=HEIGHT)
    mixer = Mixer(start_us)
    feeds = [
        Feed(
            read_recorded(recording, stream),
            partial(_make_track, compositor, mixer, stream.participant.number),
        )
        for stream in streams_of(recording)
    ]
    count = max(1, (end_us - start_us) * RATE // 1_000_000)
    scene = next(scenes)
    with Mp4Encoder(path, width=WIDTH, height=HEIGHT, rate=RATE) as encoder:
        for index in range(count):
            at_us = start_us + index * 1_000_000 // RATE
            while at_us >= scene.end_us:
                scene = next(scenes)
            for feed in feeds:
                feed.advance(at_us)
            encoder.add_picture(compositor.paint(scene, at_us + MIDDLE_US))
            encoder.add_sound(mixer.mix(SAMPLE_RATE // RATE))
            progress(index / count)


def _make_track(compositor: Compositor, mixer: Mixer, number: int, kind: Kind) -> Track:
    if kind.is_video:
        return compositor.track(number, kind.wire_name)
    return mixer.add_track()
