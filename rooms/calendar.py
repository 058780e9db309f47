"""A meeting as an iCalendar file (RFC 5545; messages between people: RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vRecur

from rooms.recurrence import HORIZON, Schedule, ends_at, starts_at

PRODUCT = "-//Conference//Meetings//EN"


class Method(StrEnum):
    PUBLISH = "PUBLISH"  # a file to take home
    REQUEST = "REQUEST"  # an invitation, or what has changed in one
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar is told of a meeting. ``updated_at`` is aware."""

    uid: str
    sequence: int
    schedule: Schedule
    title: str
    description: str
    url: str
    organiser: Person
    updated_at: datetime


def write(
    entry: Entry,
    method: Method,
    *,
    attendee: Person | None = None,
    occurrence: date | None = None,
) -> bytes:
    """The file; with ``occurrence`` it is about that day of the series alone."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    event = _event(entry, method, occurrence)
    if attendee is not None:
        event.add("attendee", _address(attendee), encode=False)
    calendar.add_component(event)
    first = starts_at(entry.schedule)
    last = ends_at(entry.schedule) or first + HORIZON
    year = timedelta(days=366)
    calendar.add_missing_timezones((first - year).date(), (last + year).date())
    text: bytes = calendar.to_ical()
    return text


def _event(entry: Entry, method: Method, occurrence: date | None) -> Event:
    schedule = entry.schedule
    start = schedule.start.replace(tzinfo=schedule.zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.updated_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("description", f"{entry.description}\n\n{entry.url}".strip())
    event.add("location", entry.url)
    event.add("url", entry.url)
    event.add("organizer", _address(entry.organiser), encode=False)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("duration", schedule.duration)
    if occurrence is not None:
        day = datetime.combine(occurrence, schedule.start.time(), schedule.zone)
        event.add("dtstart", day)
        event.add("recurrence-id", day)
        return event
    event.add("dtstart", start)
    if schedule.rule:
        event.add("rrule", vRecur.from_ical(schedule.rule))
    if schedule.cancelled:
        event.add(
            "exdate",
            [
                datetime.combine(day, schedule.start.time(), schedule.zone)
                for day in sorted(schedule.cancelled)
            ],
        )
    return event


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["CN"] = person.name
    return address
