"""What each person sent, as it was sent: one Matroska file per person, remuxed
without transcoding. Several files are put into one ZIP."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from recordings.best_layers import BestLayers
from recordings.exporters import ExportError
from recordings.matroska import MatroskaWriter, TrackId
from recordings.objects import COPY_BYTES
from recordings.pipeline import Job, Progress
from recordings.reader import position_at
from recordings.recorded import Stream, read_recorded
from recordings.segment_index import Record
from recordings.work import Work


def export(job: Job, work: Work) -> Path:
    streams, folder = job.streams, work.folder
    files = []
    for index, stream in enumerate(streams):
        path = folder / f"{_file_name(stream)}.mkv"
        if _write(job, stream, path, _part_of(work.progress, index, len(streams))):
            files.append(path)
    if not files:
        raise ExportError("empty", _("Nobody sent sound or pictures."))
    if len(files) == 1:
        return files[0]
    return _zip(files, folder / "tracks.zip", work.progress)


def _part_of(progress: Progress, index: int, count: int) -> Progress:
    return lambda part: progress((index + part) / count)


def _write(job: Job, stream: Stream, path: Path, progress: Progress) -> bool:
    """Returns whether there was anything to write."""
    openings = _openings(job, stream)
    if not openings:
        return False
    count = stream.last_position - stream.first_position + 1
    with MatroskaWriter(path, openings, origin_us=job.start_us) as writer:
        for record in _records(job, stream):
            writer.write(record)
            progress((record.stored.position - stream.first_position) / count)
    return True


def _records(job: Job, stream: Stream) -> Iterator[Record]:
    batches = read_recorded(
        job.recording,
        stream,
        start_us=job.start_us,
        end_us=job.end_us,
        position=position_at(stream.participant.pk, job.start_us, set()),
    )
    layers = BestLayers()
    for batch in batches:
        yield from layers.pick(batch)
        if batch and min(record.media_us for record in batch) > job.end_us:
            return


def _openings(job: Job, stream: Stream) -> dict[TrackId, Record]:
    """The first record of each track that a decoder can begin with. A file's tracks
    must be known before its first byte, and the index tells when all are found."""
    segments = job.recording.segments.filter(
        participant=stream.participant,
        start_us__lte=job.end_us,
        end_us__gte=job.start_us,
    )
    expected = {
        (track["kind"], track["codec"])
        for tracks in segments.values_list("tracks", flat=True)
        for track in tracks
        if track["keys"] or track["kind"] in ("microphone", "screen_audio")
    }
    openings: dict[TrackId, Record] = {}
    for record in _records(job, stream):
        header = record.header
        names = (header.kind.wire_name, header.codec.wire_name)
        if header.is_key and not record.is_end and names in expected:
            openings[header.kind, header.codec] = record
            expected.discard(names)
        if not expected:
            break
    return openings


def _file_name(stream: Stream) -> str:
    """The person's name as far as a file may have it; the number keeps them apart."""
    name = "".join(
        character if character.isalnum() or character in " -_." else "_"
        for character in stream.participant.name
    )
    return f"{stream.participant.number:02} {name.strip(' .')[:80]}".strip()


def _zip(files: list[Path], path: Path, progress: Progress) -> Path:
    """Stored, not compressed: media does not get smaller."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo.from_file(file, file.name)
            with file.open("rb") as source, archive.open(entry, "w") as target:
                while data := source.read(COPY_BYTES):
                    target.write(data)
                    progress(1)
            file.unlink()
    return path
