"""What a process that died left behind: streams in the hot log, stray objects."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import async_to_sync

from recordings.archive import Source, archive, session_folder
from recordings.models import Recording, Segment
from recordings.sealing import keep_stream, unsealed_ranges
from rooms.log import stream_log
from rooms.models import Participant, Room, Session

logger = logging.getLogger(__name__)

# A living writer's process never lets a stream's oldest record get this old.
ORPHAN_US = 30_000_000
# Between an object and its row lies one transaction; a clock may be wrong as well.
STRAY_AFTER = timedelta(hours=1)
# Strays are looked for in recordings this young.
LOOK_BACK = timedelta(days=2)


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


def remove_strays(*, now: datetime) -> None:
    """Delete objects without a row: their sealer died between the two, or lost;
    or their room has been deleted, which knows nothing of recordings."""
    _remove_deleted_rooms()
    recent = Recording.objects.filter(created_at__gte=now - LOOK_BACK)
    for session in Session.objects.filter(recordings__in=recent).distinct():
        for key in _keys(session_folder(session.room_id, session.pk)):
            if archive().get_modified_time(key) > now - STRAY_AFTER:
                continue
            if not Segment.objects.filter(key=key).exists():
                archive().delete(key)
                logger.warning("Removed stray object %s.", key)


def _remove_deleted_rooms() -> None:
    if not archive().exists("rooms"):
        return
    for name in archive().listdir("rooms")[0]:
        if not Room.objects.filter(pk=name).exists():
            _remove_tree(f"rooms/{name}")
            logger.info("Removed what was kept of deleted room %s.", name)


def _remove_tree(folder: str) -> None:
    folders, files = archive().listdir(folder)
    for name in folders:
        _remove_tree(f"{folder}/{name}")
    for name in files:
        archive().delete(f"{folder}/{name}")
    archive().delete(folder)  # storages without folders take that for done


def _keys(folder: str) -> list[str]:
    if not archive().exists(folder):
        return []
    participants, _files = archive().listdir(folder)
    return [
        f"{folder}/{participant}/{name}"
        for participant in participants
        for name in archive().listdir(f"{folder}/{participant}")[1]
    ]
