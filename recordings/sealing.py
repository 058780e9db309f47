"""Seals one stream into the archive and trims it in the hot log. Synchronous."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db.models import Q
from django.utils import timezone

from recordings.archive import AlreadySealed, Source, seal, sealed_position
from recordings.chat_words import chat_words_of
from recordings.cutting import Cutter, KeptRange
from recordings.kept_pictures import send_pictures
from recordings.models import Recording
from recordings.reader import is_written
from recordings.segment_index import Record, parse
from rooms.clock import from_us, to_us
from rooms.log import stream_log
from rooms.models import Participant
from rooms.rules.attendees import split_of
from rooms.streams.record import LATEST_US

logger = logging.getLogger(__name__)

HOT_TAIL_US = 10_000_000  # what a room holds of its media that nobody records
# From the departure of a publisher to the last of its records in the log, at most.
SETTLE_US = 2_000_000


def unsealed_ranges(session_ids: Iterable[UUID]) -> dict[UUID, list[KeptRange]]:
    """What is still to be kept, by session."""
    ranges: dict[UUID, list[KeptRange]] = {}
    unsealed = Recording.objects.filter(session__in=session_ids, sealed_at=None)
    for recording in unsealed.order_by("started_us"):
        ranges.setdefault(recording.session_id, []).append(range_of(recording))
    return ranges


def range_of(recording: Recording) -> KeptRange:
    return KeptRange(recording.pk, recording.started_us, recording.ended_us)


@dataclass(frozen=True, slots=True)
class Kept:
    """``due_us``: as of ``Cutter``. To look sooner is mostly to read in vain."""

    is_drained: bool  # the log holds nothing of the stream any more
    due_us: int = 0


def keep_stream(
    source: Source, ranges: list[KeptRange], *, now_us: int, is_last: bool = False
) -> Kept:
    """Seal what belongs to a recording, trim what is sealed or does not. With
    ``is_last`` seal what does not fill a segment, too: this process ends.

    Raises what the storage and the log raise; the next call goes on where this one
    stopped.
    """
    log = stream_log()
    tail = async_to_sync(log.tail)(source.stream)
    if tail.first_position == tail.next_position:
        return Kept(is_drained=True)
    hot = async_to_sync(log.read)(source.stream, since_us=now_us - HOT_TAIL_US, limit=1)
    before = hot[0].position if hot else tail.next_position
    cutter = Cutter(ranges, now_us=now_us, is_last=is_last)
    if ranges:
        before = min(before, _seal_stream(source, cutter) + 1)
    if before > tail.first_position:
        async_to_sync(log.trim)(source.stream, before=before)
    return Kept(before == tail.next_position, cutter.due_us)


def _seal_stream(source: Source, cutter: Cutter) -> int:
    """Returns the last position that is sealed or not kept."""
    sealed = sealed_position(source.participant_id)
    try:
        for cut in cutter.cut(_read_hot(source, position=sealed + 1)):
            seal(source, cut.range.recording_id, cut.records)
            sealed = cut.records[-1].stored.position
    except AlreadySealed as race:
        logger.info("Another process has sealed %s.", race)
        return sealed_position(source.participant_id)
    return max(sealed, cutter.done)


def _read_hot(source: Source, *, position: int) -> Iterator[Record]:
    read = async_to_sync(stream_log().read)
    while batch := read(source.stream, position=position):
        yield from map(parse, batch)
        position = batch[-1].position + 1


def settle_recordings(*, now_us: int) -> None:
    """sealing -> ready, for every recording of which nothing can come any more."""
    sealing = Recording.objects.filter(ended_us__isnull=False, sealed_at=None)
    for recording in sealing.select_related("session__room"):
        if _is_complete(recording, now_us):
            row = Recording.objects.filter(pk=recording.pk, sealed_at=None)
            words = chat_words_of(recording)
            if not row.update(sealed_at=timezone.now(), chat_words=words):
                continue  # another process was first
            send_pictures(recording.pk)
            logger.info("Recording %s is ready.", recording.pk)


def _is_complete(recording: Recording, now_us: int) -> bool:
    kept = range_of(recording)
    if kept.end_us is None or now_us < kept.end_us + SETTLE_US:
        return False
    session = recording.session
    there = Participant.objects.filter(
        Q(left_at=None) | Q(left_at__gte=from_us(kept.start_us)),
        session=session,
        joined_at__lte=from_us(kept.end_us),
    )
    # Attendees of a webinar, who are many, send nothing; some have before.
    senders = there.filter(~split_of(session.room) | is_written(session.room_id))
    people = senders.select_related("session")
    return all(_is_past(person, kept, now_us) for person in people)


def _is_past(participant: Participant, kept: KeptRange, now_us: int) -> bool:
    """Whether all of a stream's records in a range that has ended are sealed, and
    no more can come: a publisher that was cut off resends in order when it is back.
    """
    assert kept.end_us is not None  # noqa: S101 - the caller has checked
    latest_us = 0
    position = sealed_position(participant.pk) + 1
    for record in _read_hot(Source.of(participant), position=position):
        if kept.covers(record.media_us):
            return False
        latest_us = record.media_us
    if now_us > kept.end_us + LATEST_US:
        return True  # what comes now has a later media time
    if participant.left_at is not None:
        return now_us > to_us(participant.left_at) + SETTLE_US
    if not participant.connected:
        return False
    return not participant.tracks or latest_us > kept.end_us
