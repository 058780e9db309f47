"""What takes place when, over all the rooms that somebody may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice

from django.db.models import Exists, OuterRef
from django.utils import timezone

from conference.models import User
from rooms.access import visible_rooms
from rooms.models import Meeting, Session
from rooms.models.meeting import MeetingQuerySet
from rooms.recurrence import Occurrence, occurrences

PAGE = 30  # entries of an agenda
# How far it looks, further only where a nearer look finds too few.
SPANS = (timedelta(days=31), timedelta(days=366), timedelta(days=3653))


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence of a meeting; ``day`` is the one in the reader's time zone."""

    meeting: Meeting
    occurrence: Occurrence

    @property
    def start(self) -> datetime:
        return self.occurrence.start

    @property
    def day(self) -> date:
        return timezone.localtime(self.start).date()

    @property
    def is_on(self) -> bool:
        return self.start <= timezone.now() < self.occurrence.end


@dataclass(frozen=True, slots=True)
class Agenda:
    """``more`` is where the next page goes on, if there is one."""

    entries: list[Entry]
    more: datetime | None

    def by_day(self) -> Iterator[tuple[date, list[Entry]]]:
        days: dict[date, list[Entry]] = {}
        for entry in self.entries:
            days.setdefault(entry.day, []).append(entry)
        yield from days.items()


def visible_meetings(user: User, *, room: str = "") -> MeetingQuerySet:
    """Those of rooms that are not archived; of one room where it is named."""
    rooms = visible_rooms(user).filter(archived_at=None)
    return Meeting.objects.filter(room__in=rooms.filter(slug=room) if room else rooms)


def between(
    user: User, after: datetime, before: datetime, *, room: str = ""
) -> Iterator[Entry]:
    """In order of time, computed as it is read; in a bounded number of queries."""
    open_session = Session.objects.filter(room=OuterRef("room"), ended_at=None)
    meetings = (
        visible_meetings(user, room=room)
        .within(after, before)
        .select_related("room", "organiser")
        .prefetch_related("cancelled_occurrences")
        .annotate(meets_now=Exists(open_session))
        .order_by("title")
    )
    return merge(
        *(_entries(meeting, after, before) for meeting in meetings),
        key=lambda entry: entry.start,
    )


def _entries(meeting: Meeting, after: datetime, before: datetime) -> Iterator[Entry]:
    for occurrence in occurrences(meeting.schedule, after, before):
        yield Entry(meeting, occurrence)


def upcoming(user: User, now: datetime, *, room: str = "", limit: int = PAGE) -> Agenda:
    """What is on or comes next, soonest first."""
    for span in SPANS:
        found = list(islice(between(user, now, now + span, room=room), limit + 1))
        if len(found) > limit:
            return Agenda(found[:limit], found[limit].start)
    return Agenda(found, None)


def past(user: User, now: datetime, *, room: str = "") -> Agenda:
    """What is over, latest first."""
    for span in SPANS:
        found = [
            entry
            for entry in reversed(list(between(user, now - span, now, room=room)))
            if entry.occurrence.end <= now
        ]
        if len(found) > PAGE:
            return Agenda(found[:PAGE], found[PAGE - 1].start)
    return Agenda(found, None)
