"""The walk in time: feeds -> compositor -> pictures, feeds -> mixer -> sound.

Any part of an export can be made by itself: pictures from any moment on. Memory does
not grow with length.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from av.video.frame import VideoFrame

from recordings.branding import Branding, Pictures
from recordings.compositor import Compositor
from recordings.decoders import SAMPLE_RATE, Samples
from recordings.feed import Feed, Track
from recordings.layout import Look, Scene, areas_of, make_scenes
from recordings.mixer import Mixer
from recordings.models import Recording
from recordings.options import ExportOptions
from recordings.reader import position_at
from recordings.recorded import Stream, read_recorded, session_timeline, streams_of
from recordings.timeline import Timeline
from rooms.streams.record import Kind

# Called with the part that is done, 0 to 1; raises to end the work.
Progress = Callable[[float], None]

VIDEO = {kind.wire_name for kind in Kind if kind.is_video}
BLOCK = SAMPLE_RATE // 10  # samples that are mixed at once
CARD_US = 3_000_000  # that the title card is shown; the sound below it is heard


@dataclass(frozen=True)
class Job:
    """What an export makes, of which recording."""

    recording: Recording
    options: ExportOptions
    pictures: Pictures

    @property
    def start_us(self) -> int:
        return self.recording.started_us + round(self.options.start * 1_000_000)

    @property
    def end_us(self) -> int:
        assert self.recording.ended_us is not None  # noqa: S101 - sealed
        if self.options.end is None:
            return self.recording.ended_us
        end_us = self.recording.started_us + round(self.options.end * 1_000_000)
        return min(end_us, self.recording.ended_us)

    @property
    def seconds(self) -> float:
        return (self.end_us - self.start_us) / 1_000_000

    @property
    def frames(self) -> int:
        return max(1, round(self.seconds * self.options.rate))

    @property
    def samples(self) -> int:
        """As long as the pictures."""
        return self.frames * SAMPLE_RATE // self.options.rate

    @cached_property
    def timeline(self) -> Timeline:
        recording = self.recording
        return session_timeline(
            recording.session, start_us=recording.started_us, until_us=self.end_us
        )

    @cached_property
    def look(self) -> Look:
        options = self.options
        later = ((self._at_us(at), name) for at, name in options.layouts)
        return Look(
            layouts=((0, options.layout), *sorted(later)),
            person=options.person,
            has_chat=options.chat,
            has_banner=bool(options.banner),
        )

    @cached_property
    def scenes(self) -> list[Scene]:
        width, height = self.options.size
        return make_scenes(
            self.timeline,
            start_us=self.start_us,
            end_us=self.end_us,
            width=width,
            height=height,
            look=self.look,
        )

    @cached_property
    def streams(self) -> list[Stream]:
        return streams_of(self.recording)

    def _at_us(self, seconds: float) -> int:
        return self.recording.started_us + round(seconds * 1_000_000)


def pictures_of(job: Job, first: int, count: int) -> Iterator[VideoFrame]:
    """Picture number ``first`` of an export and those after it."""
    rate = job.options.rate
    width, height = job.options.size
    branding = Branding(
        job.options,
        job.pictures,
        areas_of(job.look, width, height),
        origin_us=job.recording.started_us,
        card_until_us=job.start_us + CARD_US,
    )
    compositor = Compositor(width=width, height=height, backdrop=branding.behind)
    begin_us = job.start_us + first * 1_000_000 // rate
    feeds = [_picture_feed(job, stream, compositor, begin_us) for stream in job.streams]
    # A picture stands for what was there in the middle of its time: a camera of the
    # same rate that is some microseconds late does not lose a picture each time.
    middle_us = 500_000 // rate
    scenes = iter(job.scenes)
    scene = next(scenes)
    for index in range(first, first + count):
        at_us = job.start_us + index * 1_000_000 // rate
        while at_us >= scene.end_us:
            following = next(scenes, None)
            if following is None:  # the last picture may begin with the end
                break
            scene = following
        for feed in feeds:
            feed.advance(at_us)
        yield compositor.compose(scene, at_us + middle_us, branding.above(at_us))


def _picture_feed(
    job: Job, stream: Stream, compositor: Compositor, begin_us: int
) -> Feed:
    number = stream.participant.number

    def make_track(kind: Kind) -> Track | None:
        return compositor.track(number, kind.wire_name) if kind.is_video else None

    position = position_at(stream.participant.pk, begin_us, VIDEO)
    return Feed(read_recorded(job.recording, stream, position=position), make_track)


def sound_of(job: Job) -> Iterator[Samples]:
    """All of an export's sound, block after block."""
    mixer = Mixer(job.start_us)
    feeds = [
        Feed(
            read_recorded(
                job.recording,
                stream,
                start_us=job.start_us,
                position=position_at(stream.participant.pk, job.start_us, set()),
            ),
            partial(_sound_track, mixer),
        )
        for stream in job.streams
    ]
    done = 0
    while done < job.samples:
        count = min(BLOCK, job.samples - done)
        done += count
        for feed in feeds:
            feed.advance(job.start_us + done * 1_000_000 // SAMPLE_RATE)
        yield mixer.mix(count)


def _sound_track(mixer: Mixer, kind: Kind) -> Track | None:
    return None if kind.is_video else mixer.add_track()
