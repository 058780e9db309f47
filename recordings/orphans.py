"""What a process that died left behind: streams in the hot log, stray objects."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from asgiref.sync import async_to_sync

from recordings.archive import Source, archive, delete_objects
from recordings.models import Export, ExportState, Recording, Segment
from recordings.objects import StoredObject
from recordings.sealing import keep_stream, unsealed_ranges
from rooms.log import stream_log
from rooms.models import Participant, Room

logger = logging.getLogger(__name__)

# A living writer's process never lets a stream's oldest record get this old.
ORPHAN_US = 30_000_000
# Between an object and its row lies one transaction; a clock may be wrong as well.
STRAY_AFTER = timedelta(hours=1)
BATCH = 500  # objects looked up at once
# The id and the attempt of an export, as its objects have them in their keys.
ATTEMPT = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d+)\b")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Swept:
    """What was removed."""

    objects: int = 0
    bytes: int = 0
    uploads: int = 0


def seal_orphan_streams(*, now_us: int) -> None:
    """``keep_stream`` for the streams that nobody else keeps."""
    log = stream_log()
    for stream in async_to_sync(log.streams)():
        oldest = async_to_sync(log.read)(stream, limit=1)
        if not oldest or oldest[0].appended_us > now_us - ORPHAN_US:
            continue
        try:
            _keep(stream, now_us=now_us)
        except Exception:
            logger.exception("Stream %s stays in the hot log.", stream)


def _keep(stream: str, *, now_us: int) -> None:
    participant = (
        Participant.objects.select_related("session")
        .filter(pk=UUID(stream.rpartition("/")[2]))
        .first()
    )
    if participant is None:  # the room has been deleted
        log = stream_log()
        tail = async_to_sync(log.tail)(stream)
        async_to_sync(log.trim)(stream, before=tail.next_position)
        return
    ranges = unsealed_ranges([participant.session_id])
    keep_stream(
        Source.of(participant),
        ranges.get(participant.session_id, []),
        now_us=now_us,
    )


def remove_strays(*, now: datetime) -> Swept:
    """Delete the objects that nobody owns, and abort the uploads that nobody ends."""
    swept = Swept()
    for some in in_batches(archive().walk("rooms/")):
        strays = find_strays(some, now=now)
        delete_objects([stray.key for stray in strays])
        for stray in strays:
            swept.objects += 1
            swept.bytes += stray.bytes
            logger.warning("Removed stray object %s.", stray.key)
    for upload in archive().uploads():
        if upload.begun_at < now - STRAY_AFTER and not _being_made([upload.key]):
            archive().abort_upload(upload)
            swept.uploads += 1
            logger.warning("Aborted an upload of %s.", upload.key)
    return swept


def find_strays(some: Sequence[StoredObject], *, now: datetime) -> list[StoredObject]:
    """Of these, what no row names: its sealer died before the row, or lost; its
    exporter died; or its room has been deleted, which knows nothing of recordings."""
    keys = {one.key for one in some}
    for rows, field in (
        (Segment, "key"),
        (Export, "key"),
        (Recording, "poster"),
        (Recording, "storyboard"),
    ):
        found = rows.objects.filter(**{f"{field}__in": keys})
        keys.difference_update(found.values_list(field, flat=True))
    keys -= _being_made(keys)
    rooms = _living_rooms(keys)
    return [
        one
        for one in some
        if one.key in keys
        and (one.modified_at < now - STRAY_AFTER or _room_of(one.key) not in rooms)
    ]


def _being_made(keys: Iterable[str]) -> set[str]:
    """Those that belong to the present attempt at an export, being made or ready."""
    attempts = {key: match for key in keys if (match := ATTEMPT.search(key))}
    exports = dict(
        Export.objects.filter(pk__in={match[1] for match in attempts.values()})
        .filter(state__in=(ExportState.QUEUED, ExportState.RUNNING, ExportState.READY))
        .values_list("pk", "attempt")
    )
    return {
        key
        for key, match in attempts.items()
        if exports.get(UUID(match[1])) == int(match[2])
    }


def _living_rooms(keys: Iterable[str]) -> set[str]:
    named = {room for key in keys if (room := _room_of(key))}
    return {
        str(pk) for pk in Room.objects.filter(pk__in=named).values_list("pk", flat=True)
    }


def _room_of(key: str) -> str:
    """The id in ``rooms/{id}/...``, or nothing."""
    name = key.split("/")[1]
    return name if ID.fullmatch(name) else ""


def in_batches(objects: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    while some := list(islice(objects, BATCH)):
        yield some
