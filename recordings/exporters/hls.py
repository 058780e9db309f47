"""HTTP Live Streaming (RFC 8216): pictures in several sizes and the sound, in pieces of
MPEG-TS that can be played while later ones are still being made.

The final file is a ZIP of all pieces with their playlists, for any web server.
"""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.conf import settings

from recordings.claims import PartPlan
from recordings.decoders import SAMPLE_RATE
from recordings.encoder import AAC, H264, SoundEncoder, VideoEncoder
from recordings.exporters.video import encode_pictures, plan_chunks
from recordings.hls import INDEX, Rendition, index_of, playlist_of, renditions_of
from recordings.models import ExportPart, PartKind
from recordings.pipeline import Job, sound_of
from recordings.work import Work

PIECE_SECONDS = 6
FIRST_SECONDS = 2  # so that a player has something soon
# Encoders look back in time: it begins here, so that nothing is before zero.
OFFSET_SECONDS = 10
LIST = "pieces.csv"


class HlsExporter:
    def plan(self, job: Job) -> Sequence[PartPlan]:
        return plan_chunks(job, first_seconds=FIRST_SECONDS, seconds=PIECE_SECONDS)

    def make(self, job: Job, work: Work) -> None:
        if work.part.kind == PartKind.SOUND:
            _make_sound(job, work)
            return
        renditions = renditions_of(job.options)
        encoders = [_encoder(job, work, rendition) for rendition in renditions]
        encode_pictures(job, work, encoders)
        for rendition in renditions:
            seconds = work.part.count / job.options.rate
            work.keep(work.folder / f"{rendition.name}.ts", seconds=seconds)

    def finish(self, job: Job, work: Work) -> Path:
        path = work.folder / "hls.zip"
        parts = work.others()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
            for name, text in _playlists(job, parts):
                file.writestr(name, text)
            for done, part in enumerate(parts):
                for piece in part.files:
                    fetched = work.fetch(part, piece["name"])
                    file.write(fetched, f"{part.number:05}/{piece['name']}")
                    fetched.unlink()
                    work.progress(done / len(parts))
        return path


def _playlists(job: Job, parts: Sequence[ExportPart]) -> Iterator[tuple[str, str]]:
    renditions = renditions_of(job.options)
    yield INDEX, index_of(renditions)
    for name in ("sound", *(rendition.name for rendition in renditions)):
        yield f"{name}.m3u8", playlist_of(name, parts, is_whole=True)


def _encoder(job: Job, work: Work, rendition: Rendition) -> VideoEncoder:
    rate = job.options.rate
    return VideoEncoder(
        work.folder / f"{rendition.name}.ts",
        H264,
        size=rendition.size,
        rate=rate,
        first=OFFSET_SECONDS * rate + work.part.first,
        most_kbit=rendition.kbit,
        threads=settings.EXPORT_THREADS,
        container="mpegts",
    )


def _make_sound(job: Job, work: Work) -> None:
    """FFmpeg's own segmenter cuts it, and lists each piece that is whole."""
    encoder = SoundEncoder(
        work.folder / "sound-%05d.ts",
        AAC,
        container="segment",
        options={
            "segment_format": "mpegts",
            "segment_time": str(PIECE_SECONDS),
            "initial_offset": str(OFFSET_SECONDS),
            "segment_list": str(work.folder / LIST),
            "segment_list_type": "csv",
        },
    )
    done = 0
    with encoder:
        for block in sound_of(job):
            encoder.add(block)
            done += block.shape[1]
            work.progress(done / job.samples)
            if done % (PIECE_SECONDS * SAMPLE_RATE) < block.shape[1]:
                _keep_pieces(work)
    _keep_pieces(work)


def _keep_pieces(work: Work) -> None:
    path = work.folder / LIST
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as file:
        whole = islice(csv.reader(file), len(work.part.files), None)
        for name, start, end in list(whole):
            work.keep(work.folder / name, seconds=float(end) - float(start))
