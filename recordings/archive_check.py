"""Whether archive and index agree: what nobody owns, what is missing. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from recordings.archive import archive, recording_folder, session_folder
from recordings.models import Recording, Segment
from recordings.orphans import find_strays, in_batches
from rooms.models import Session


@dataclass(slots=True)
class Report:
    objects: int = 0
    bytes: int = 0
    strays: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def check_archive(*, now: datetime) -> Report:
    """Strays as ``orphans.remove_strays`` would remove them. Raises what the storage
    raises. Holds the keys of one session at a time."""
    report = Report()
    for some in in_batches(archive().walk("rooms/")):
        report.objects += len(some)
        report.bytes += sum(one.bytes for one in some)
        report.strays += [stray.key for stray in find_strays(some, now=now)]
    report.uploads += [upload.key for upload in archive().uploads()]
    for folder, keys in _owned():
        there = {one.key for one in archive().walk(f"{folder}/")}
        report.missing += sorted(set(keys) - there)
    return report


def _owned() -> Iterator[tuple[str, Iterable[str]]]:
    """Folders, and the keys that rows say are in them."""
    for session in Session.objects.filter(recordings__isnull=False).distinct():
        segments = Segment.objects.filter(participant__session=session)
        folder = session_folder(session.room_id, session.pk)
        yield folder, segments.values_list("key", flat=True)
    for recording in Recording.objects.iterator():
        keys = list(recording.exports.exclude(key="").values_list("key", flat=True))
        keys += filter(None, (recording.poster, recording.storyboard))
        if keys:
            yield recording_folder(recording), keys
