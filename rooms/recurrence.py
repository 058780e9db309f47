"""When a meeting takes place: a wall time in a time zone, repeated by an RRULE.

Wall time is what people agree on, so it is what repeats: ten o'clock stays ten o'clock
when the clocks change. Pure: no Django, and *now* is a parameter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

# A series ends within ten years or has no end; a counted one has so many at most.
HORIZON = timedelta(days=3653)
MOST_OCCURRENCES = 500
MOST_INTERVAL = 99
MOST_MINUTES = 24 * 60
RULE_LIMIT = 200  # characters, as in the model

DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# What a rule may say beside FREQ, INTERVAL, WKST, COUNT and UNTIL: enough for calendars
# that people use, and so little that each rule either occurs or is seen not to at once.
_PARTS: dict[str, frozenset[str]] = {
    "DAILY": frozenset(),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH"}),
}
_ALWAYS = frozenset({"FREQ", "INTERVAL", "WKST", "COUNT", "UNTIL"})
# The form that RFC 5545 wants of UNTIL beside a start with a time zone.
_UTC = "%Y%m%dT%H%M%SZ"
_PERIODS = {"DAILY": DAY, "WEEKLY": 7 * DAY}


class BadRule(ValueError):
    """A rule that cannot be followed; ``code`` says why, ``part`` where."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code} {part}".strip())
        self.code = code
        self.part = part


@dataclass(frozen=True, slots=True)
class Schedule:
    """``start`` is naive wall time of the first occurrence; ``rule`` is canonical."""

    start: datetime
    time_zone: str
    duration: timedelta
    rule: str = ""
    cancelled: frozenset[date] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """``date`` is the day on the meeting's own calendar and names the occurrence."""

    date: date
    start: datetime
    end: datetime


def fit(schedule: Schedule) -> Schedule:
    """The same with a canonical rule, begun on the first day that the rule names.

    Raises BadRule where there is none.
    """
    if not schedule.rule.strip():
        return replace(schedule, rule="")
    parts = _parse(schedule.rule)
    if parts["FREQ"] == "WEEKLY":
        parts.setdefault("BYDAY", WEEKDAYS[schedule.start.weekday()])
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"], schedule.zone)
        if until > _instant(schedule.start, schedule) + HORIZON:
            raise BadRule("too_long", "UNTIL")
        parts["UNTIL"] = f"{until:{_UTC}}"
    schedule = replace(schedule, rule=_text(parts))
    try:
        first = next(iter(_rule(schedule)), None)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule("malformed") from error
    if first is None or first > schedule.start + HORIZON:
        raise BadRule("never")
    return replace(schedule, start=first)


def starts_at(schedule: Schedule) -> datetime:
    """In UTC. A wall time that the clocks leave out is taken as before they changed,
    one that comes twice as the first of the two (RFC 5545, 3.3.5)."""
    return _instant(schedule.start, schedule)


def ends_at(schedule: Schedule) -> datetime | None:
    """When the last occurrence is over, in UTC; None if it repeats without end."""
    last = schedule.start
    if schedule.rule:
        parts = _parse(schedule.rule)
        if not parts.keys() & {"COUNT", "UNTIL"}:
            return None
        last = list(_rule(schedule))[-1]
    return _instant(last, schedule) + schedule.duration


def occurrences(
    schedule: Schedule, after: datetime, before: datetime
) -> Iterator[Occurrence]:
    """Those that are not over at ``after`` and begin before ``before``, in order."""
    margin = schedule.duration + DAY  # more than any change of the clocks
    low = after.astimezone(schedule.zone).replace(tzinfo=None) - margin
    high = before.astimezone(schedule.zone).replace(tzinfo=None) + DAY
    for wall in _walls(schedule, low, high):
        start = _instant(wall, schedule)
        end = start + schedule.duration
        if end > after and start < before and wall.date() not in schedule.cancelled:
            yield Occurrence(wall.date(), start, end)


def coming(schedule: Schedule, now: datetime, number: int) -> list[Occurrence]:
    """So many, at most, beginning with the one that is on or comes next."""
    found: list[Occurrence] = []
    for days in (31, 366, HORIZON.days):
        later = occurrences(schedule, now, now + timedelta(days=days))
        found = list(islice(later, number))
        if len(found) == number:
            break
    return found


def next_occurrence(schedule: Schedule, now: datetime) -> Occurrence | None:
    """The one that is on or comes next."""
    return next(iter(coming(schedule, now, 1)), None)


def _walls(schedule: Schedule, low: datetime, high: datetime) -> Iterator[datetime]:
    if not schedule.rule:
        if low <= schedule.start < high:
            yield schedule.start
        return
    for wall in _rule(_forwarded(schedule, low)).xafter(low, inc=True):
        if wall >= high:
            return
        yield wall


def _forwarded(schedule: Schedule, low: datetime) -> Schedule:
    """The same from ``low`` on, begun later where that changes nothing: a rule is
    followed from its begin, which may be years ago."""
    parts = _parse(schedule.rule)
    period = _PERIODS.get(parts["FREQ"])
    if period is None or "COUNT" in parts or low < schedule.start:
        return schedule
    period *= int(parts.get("INTERVAL", 1))
    skipped = (low - schedule.start) // period
    return replace(schedule, start=schedule.start + skipped * period)


def _instant(wall: datetime, schedule: Schedule) -> datetime:
    return wall.replace(tzinfo=schedule.zone).astimezone(UTC)


def _rule(schedule: Schedule) -> rrule:
    parts = _parse(schedule.rule)
    until = parts.pop("UNTIL", None)
    rule = rrulestr(_text(parts), dtstart=schedule.start)
    if not isinstance(rule, rrule):  # a set of several
        raise BadRule("malformed")
    if until is None:
        return rule
    last = datetime.strptime(until, _UTC).replace(tzinfo=UTC)
    return rule.replace(until=last.astimezone(schedule.zone).replace(tzinfo=None))


def _text(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parse(text: str) -> dict[str, str]:
    """The parts of a rule, checked one by one; raises BadRule."""
    if len(text) > RULE_LIMIT:
        raise BadRule("malformed")
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts:
            raise BadRule("malformed", name)
        parts[name] = value
    _check_names(parts)
    _check_number(parts, "INTERVAL", MOST_INTERVAL)
    _check_number(parts, "COUNT", MOST_OCCURRENCES)
    _check_number(parts, "BYMONTH", 12)
    _check_days(parts)
    return parts


def _check_names(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency not in _PARTS:
        raise BadRule("frequency", frequency)
    for name in parts:
        if name not in _ALWAYS | _PARTS[frequency]:
            raise BadRule("unsupported", name)
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRule("two_ends")


def _check_number(parts: dict[str, str], name: str, most: int) -> None:
    if name not in parts:
        return
    value = parts[name]
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= most):
        raise BadRule("number", name)


def _check_days(parts: dict[str, str]) -> None:
    """Weekdays, of which months and years have a first to fifth; and dates."""
    number = "([+-]?[1-5])?" if parts["FREQ"] in ("MONTHLY", "YEARLY") else ""
    _check_list(parts, "BYDAY", f"{number}({'|'.join(WEEKDAYS)})")
    _check_list(parts, "WKST", "|".join(WEEKDAYS))
    _check_list(parts, "BYMONTHDAY", "[+-]?(0?[1-9]|[12][0-9]|3[01])")


def _check_list(parts: dict[str, str], name: str, pattern: str) -> None:
    if name in parts and not all(
        re.fullmatch(pattern, one) for one in parts[name].split(",")
    ):
        raise BadRule("malformed", name)


def _until(text: str, zone: ZoneInfo) -> datetime:
    """A date alone takes in the whole day; a time without Z is the meeting's own."""
    for form in (_UTC, "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            moment = datetime.strptime(text, form)
            if form == _UTC:
                return moment.replace(tzinfo=UTC)
            if form == "%Y%m%d":
                moment = datetime.combine(moment, time(23, 59, 59))
            return moment.replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise BadRule("malformed", "UNTIL")
