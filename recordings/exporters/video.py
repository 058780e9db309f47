"""Films that play everywhere: pictures in chunks and the sound, joined as they are."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any

import av
from av.video.frame import VideoFrame
from django.conf import settings

from recordings.chapters import Chapter, chapters_of
from recordings.claims import PartPlan
from recordings.encoder import (
    AAC,
    H264,
    OPUS,
    VP9,
    AudioCodec,
    SoundEncoder,
    VideoCodec,
    VideoEncoder,
)
from recordings.hand_over import hand_over
from recordings.models import ExportPart, PartKind
from recordings.pipeline import Job, pictures_of, sound_of
from recordings.work import Work

# Short enough to share the work and to lose little, long enough that beginning one
# (to read to the key frames before it) does not count.
CHUNK_SECONDS = 10
SOUND_WEIGHT = 0.1  # of the pictures' work


def plan_chunks(job: Job, *, first_seconds: int, seconds: int) -> list[PartPlan]:
    """The sound, and the pictures cut at whole seconds."""
    plan = [PartPlan(PartKind.SOUND, weight=job.frames * SOUND_WEIGHT)]
    first, count = 0, first_seconds * job.options.rate
    while first < job.frames:
        count = min(count, job.frames - first)
        plan.append(PartPlan(PartKind.PICTURES, first, count, weight=count))
        first, count = first + count, seconds * job.options.rate
    return plan


@dataclass(frozen=True, slots=True)
class VideoExporter:
    suffix: str
    video: VideoCodec
    audio: AudioCodec

    def plan(self, job: Job) -> Sequence[PartPlan]:
        return plan_chunks(job, first_seconds=CHUNK_SECONDS, seconds=CHUNK_SECONDS)

    def make(self, job: Job, work: Work) -> None:
        if work.part.kind == PartKind.SOUND:
            path = work.folder / f"sound{self.suffix}"
            encode_sound(job, work, SoundEncoder(path, self.audio))
        else:
            path = work.folder / f"pictures{self.suffix}"
            encoder = VideoEncoder(
                path,
                self.video,
                size=job.options.size,
                rate=job.options.rate,
                kbit=job.options.bitrate,
                threads=settings.EXPORT_THREADS,
            )
            encode_pictures(job, work, [encoder])
        work.keep(path)

    def finish(self, job: Job, work: Work) -> Path:
        path = work.folder / f"film{self.suffix}"
        join(job, work, path)
        return path


def encode_sound(job: Job, work: Work, encoder: SoundEncoder) -> None:
    done = 0
    with encoder:
        for block in sound_of(job):
            encoder.add(block)
            done += block.shape[1]
            work.progress(done / job.samples)


def encode_pictures(job: Job, work: Work, encoders: Sequence[VideoEncoder]) -> None:
    part = work.part

    def encode(frame: VideoFrame) -> None:
        for encoder in encoders:
            encoder.add(frame)

    with ExitStack() as until:
        for encoder in encoders:
            until.enter_context(encoder)
        has_threads = settings.EXPORT_THREADS > 1
        give = until.enter_context(
            hand_over(encode) if has_threads else nullcontext(encode)
        )
        for index, frame in enumerate(pictures_of(job, part.first, part.count)):
            give(frame)
            work.progress(index / part.count)


def join(job: Job, work: Work, path: Path) -> None:
    """Packets as they are; those of pictures are moved to where their part begins.

    Holds the file of the sound and those of two parts at a time.
    """
    sound_part, *picture_parts = work.others()
    # The index goes in front, so that a player can begin before the end is there.
    options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
    sound = work.fetch(sound_part, sound_part.files[0]["name"])
    first = work.fetch(picture_parts[0], picture_parts[0].files[0]["name"])
    with ExitStack() as files:
        film = files.enter_context(av.open(str(path), "w", options=options))
        chapters = chapters_of(job.timeline, job.start_us, job.end_us)
        film.set_chapters(_as_av(chapters, job.start_us))
        # What streams are made after stays open as long as they are.
        templates = [files.enter_context(av.open(str(one))) for one in (first, sound)]
        video = film.add_stream_from_template(templates[0].streams.video[0], True)
        audio = film.add_stream_from_template(templates[1].streams.audio[0], True)
        moving = _pictures(job, work, picture_parts, video)
        sounding = _sound(sound, audio)
        for done, (_time, packet) in enumerate(
            merge(moving, sounding, key=itemgetter(0))
        ):
            film.mux_one(packet)
            work.progress(min(1.0, done / (3 * job.frames)))


TimedPacket = tuple[float, Any]


def _pictures(
    job: Job, work: Work, parts: Sequence[ExportPart], stream: Any
) -> Iterator[TimedPacket]:
    rate = job.options.rate
    for part in parts:
        path = work.fetch(part, part.files[0]["name"])
        with av.open(str(path)) as file:
            for packet in _whole_packets(file.demux(video=0)):
                per_tick = packet.time_base * rate
                packet.pts = part.first + round(packet.pts * per_tick)
                packet.dts = part.first + round(packet.dts * per_tick)
                packet.time_base = Fraction(1, rate)
                packet.duration = 1
                packet.stream = stream
                yield packet.dts / rate, packet
        path.unlink()


def _sound(path: Path, stream: Any) -> Iterator[TimedPacket]:
    with av.open(str(path)) as file:
        for packet in _whole_packets(file.demux(audio=0)):
            packet.stream = stream
            yield float(packet.dts * packet.time_base), packet


def _whole_packets(packets: Iterable[Any]) -> Iterator[Any]:
    """Without the empty one that stands for the end."""
    return (packet for packet in packets if packet.size)


def _as_av(chapters: Sequence[Chapter], origin_us: int) -> list[Any]:
    return [
        {
            "id": number,
            "start": (chapter.start_us - origin_us) // 1000,
            "end": (chapter.end_us - origin_us) // 1000,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(chapters, 1)
    ]


MP4 = VideoExporter(".mp4", H264, AAC)
WEBM = VideoExporter(".webm", VP9, OPUS)
