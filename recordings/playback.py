"""The kept part of a session, in order of media time from any moment on.

Reads in threads and holds one batch per participant.
"""

import heapq
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async

from recordings.archive import Source
from recordings.best_layers import BestLayers
from recordings.models import Recording
from recordings.playhead import Range
from recordings.reader import is_written, position_at, read_stream
from recordings.segment_index import Record
from rooms.clock import now_us
from rooms.models import Event, Participant, Session
from rooms.state import State, apply_event, empty_state

PAGE = 500  # events


def kept_ranges(session: Session) -> list[Range]:
    return [
        Range(
            str(recording.pk),
            recording.started_us,
            now_us() if recording.ended_us is None else recording.ended_us,
        )
        for recording in Recording.objects.filter(session=session).order_by(
            "started_us"
        )
    ]


@dataclass(frozen=True, slots=True)
class Item:
    """A record of a participant, or an event message."""

    time_us: int
    number: int = 0
    record: Record | None = None
    event: dict[str, Any] | None = None


class StreamCursor:
    """One participant's kept records from a position on, of video one layer."""

    def __init__(
        self, participant: Participant, ranges: Sequence[Range], *, position: int
    ) -> None:
        self.number = participant.number
        self._ranges = ranges
        self._batches = read_stream(Source.of(participant), position=position)
        self._batch: deque[Record] = deque()
        self._layers = BestLayers()

    async def next(self) -> Item | None:
        record = await self._peek()
        if record is None:
            return None
        self._batch.popleft()
        return Item(record.media_us, self.number, record=record)

    async def take_groups(
        self, kinds: set[str], *, since_us: int, at_us: int
    ) -> list[Record]:
        """Go to a time; of these tracks return what a decoder needs to show it: the
        records since the last key frame, which is not before ``since_us``."""
        groups: dict[str, list[Record]] = {}
        while (record := await self._peek()) and record.media_us <= at_us:
            self._batch.popleft()
            kind = record.header.kind.wire_name
            if kind not in kinds or record.media_us < since_us:
                continue
            if record.header.is_key or record.is_end:
                groups[kind] = []
            if kind in groups:
                groups[kind].append(record)
        return [record for kind in sorted(groups) for record in groups[kind]]

    async def _peek(self) -> Record | None:
        while not self._batch:
            batch = await in_thread(next)(self._batches, None)
            if batch is None:
                return None
            # Tracks lie side by side in a stream, some milliseconds apart.
            kept = [record for record in batch if self._keeps(record)]
            kept.sort(key=lambda record: record.media_us)
            self._batch.extend(self._layers.pick(kept))
        return self._batch[0]

    def _keeps(self, record: Record) -> bool:
        return any(kept.covers(record.media_us) for kept in self._ranges)


class EventCursor:
    """A session's events after a time."""

    def __init__(self, session: Session, *, after_us: int) -> None:
        self._session = session
        self._after_us = after_us
        self._position = 0
        self._page: deque[Event] = deque()

    async def next(self) -> Item | None:
        if not self._page:
            self._page.extend(await in_thread(self._read)())
        if not self._page:
            return None
        event = self._page.popleft()
        self._position = event.position
        return Item(event.at_us, event=event.as_message())

    def _read(self) -> list[Event]:
        later = Event.objects.filter(
            session=self._session,
            at_us__gt=self._after_us,
            position__gt=self._position,
        )
        return list(later.order_by("position")[:PAGE])


Cursor = StreamCursor | EventCursor


async def merge(cursors: Sequence[Cursor]) -> AsyncIterator[Item]:
    """All items in order of time."""
    heads: list[tuple[int, int, Item]] = []
    for index, cursor in enumerate(cursors):
        item = await cursor.next()
        if item is not None:
            heads.append((item.time_us, index, item))
    heapq.heapify(heads)
    while heads:
        _time_us, index, item = heads[0]
        yield item
        following = await cursors[index].next()
        if following is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (following.time_us, index, following))


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show at a time: the room's state, where to read on."""

    state: State
    streams: list[StreamCursor]
    events: EventCursor


def find_moment(session: Session, ranges: Sequence[Range], at_us: int) -> Moment:
    state = state_at(session, at_us)
    shown = video_on(state)
    people = Participant.objects.filter(is_written(session.room_id), session=session)
    streams = [
        StreamCursor(
            person,
            ranges,
            position=position_at(person.pk, at_us, shown.get(person.number, set())),
        )
        for person in people.select_related("session").order_by("number")
    ]
    return Moment(state, streams, EventCursor(session, after_us=at_us))


def video_on(state: State) -> dict[int, set[str]]:
    """Kinds of video that each participant sends, by number."""
    return {
        person["number"]: set(person["tracks"]) & {"camera", "screen"}
        for person in state["participants"]
    }


def state_at(session: Session, at_us: int) -> State:
    """The snapshot of docs/protocol.md at a time, with the session's own chat."""
    state = empty_state(session.room.as_message(), session.as_message())
    for event in _events_until(session, at_us):
        state = apply_event(state, event.as_message())
    return state


def _events_until(session: Session, at_us: int) -> Iterator[Event]:
    events = Event.objects.filter(session=session, at_us__lte=at_us)
    return events.order_by("position").iterator()


def in_thread(work: Any) -> Any:
    """Not in the one thread that all others share: a storage may be far away."""
    return database_sync_to_async(work, thread_sensitive=False)
