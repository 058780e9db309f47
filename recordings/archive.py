"""The archive: segment objects in the storage, and their rows in the index.

An object is written first, then its row, and only then may the hot log be trimmed:
a crash between any two leaves a stray object at worst, never a missing record.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import F

from recordings.models import Recording, Segment
from recordings.objects import ObjectStorage, patiently
from recordings.segment_format import pack_segment, unpack_segment
from recordings.segment_index import Record, index_tracks
from rooms.models import Participant
from rooms.streams.contract import Stored

logger = logging.getLogger(__name__)


class AlreadySealed(Exception):
    """Another process has sealed these records in the meantime."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose stream it is that is sealed or read."""

    stream: str
    participant_id: UUID
    session_id: UUID
    room_id: UUID

    @classmethod
    def of(cls, participant: Participant) -> "Source":
        """``participant.session`` should be there already."""
        return cls(
            participant.stream,
            participant.pk,
            participant.session_id,
            participant.session.room_id,
        )


def archive() -> ObjectStorage:
    return cast(ObjectStorage, storages["archive"])


def session_folder(room_id: UUID, session_id: UUID) -> str:
    return f"rooms/{room_id}/sessions/{session_id}"


def recording_folder(recording: Recording) -> str:
    """Of what is made from it: exports and the poster."""
    return f"rooms/{recording.room_id}/recordings/{recording.pk}"


def seal(source: Source, recording_id: UUID, records: Sequence[Record]) -> Segment:
    """Put records into the archive and the index; they are durable on return.

    Raises AlreadySealed when the index covers some of them by now, and what the
    storage raises; then nothing has changed but for a stray object at worst.
    """
    data = pack_segment(record.stored for record in records)
    folder = session_folder(source.room_id, source.session_id)
    first = records[0].stored.position
    name = f"{folder}/{source.participant_id}/{first:012}-{uuid4().hex}.seg"
    key = archive().save(name, ContentFile(data))
    segment = Segment(
        participant_id=source.participant_id,
        recording_id=recording_id,
        first_position=first,
        last_position=records[-1].stored.position,
        start_us=min(record.media_us for record in records),
        end_us=max(record.media_us for record in records),
        bytes=len(data),
        records=len(records),
        key=key,
        tracks=index_tracks(records),
    )
    try:
        _insert(segment)
    except (AlreadySealed, IntegrityError) as error:
        archive().delete(key)
        raise AlreadySealed(key) from error
    return segment


def _insert(segment: Segment) -> None:
    """One sealer at a time per stream: the participant's row is the lock."""
    with transaction.atomic():
        Participant.objects.select_for_update().get(pk=segment.participant_id)
        if sealed_position(segment.participant_id) >= segment.first_position:
            raise AlreadySealed
        segment.save(force_insert=True)
        Recording.objects.filter(pk=segment.recording_id).update(
            bytes=F("bytes") + segment.bytes
        )


def sealed_position(participant_id: UUID) -> int:
    """Position of the last record of a stream in the archive, 0 if there is none."""
    last = (
        Segment.objects.filter(participant_id=participant_id)
        .order_by("-first_position")
        .values_list("last_position", flat=True)
        .first()
    )
    return last or 0


def load(segment: Segment) -> list[Stored]:
    """The records of a segment; waits for a storage that is away.

    Raises SegmentError and what the storage raises.
    """
    return unpack_segment(patiently(lambda: archive().read(segment.key)))


def delete_objects(keys: Sequence[str]) -> None:
    """What is not there counts as deleted."""
    archive().delete_many(keys)


def delete_on_commit(keys: Sequence[str], folder: str) -> None:
    """Once their rows are gone for good; and what else is in the folder. What a
    storage that is away does not delete is a stray then, which a periodic task
    removes."""
    transaction.on_commit(lambda: _delete_or_leave(keys, folder))


def _delete_or_leave(keys: Sequence[str], folder: str) -> None:
    try:
        delete_objects(keys)
        delete_objects([one.key for one in archive().walk(f"{folder}/")])
    except OSError as error:
        logger.warning("Objects of %s are left for later: %s", folder, error)


def recording_keys(recording: Recording) -> list[str]:
    """The objects of a recording: segments, the files of exports, its pictures."""
    segments = recording.segments.values_list("key", flat=True)
    exports = recording.exports.exclude(key="").values_list("key", flat=True)
    pictures = filter(None, (recording.poster, recording.storyboard))
    return [*segments, *exports, *pictures]
