"""Repetition in the terms that people choose it by, to a rule and back. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from rooms.recurrence import WEEKDAYS

WORKDAYS = WEEKDAYS[:5]


_ENDS = {"UNTIL", "COUNT", "INTERVAL"}


class Pattern(StrEnum):
    DAILY = "daily"
    WEEKDAYS = "weekdays"  # Monday to Friday
    WEEKLY = "weekly"  # on the weekdays chosen
    MONTHLY_DATE = "monthly_date"  # on the date of the first
    MONTHLY_WEEKDAY = "monthly_weekday"  # such as each second Tuesday
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Repeat:
    """At most one of ``until`` and ``count``; neither is without end."""

    pattern: Pattern
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    until: date | None = None
    count: int | None = None

    def to_rule(self, first: date) -> str:
        """The rule of a series that begins on this day."""
        parts = [self._every(first)]
        if self.interval > 1 and self.pattern is not Pattern.WEEKDAYS:
            parts.append(f"INTERVAL={self.interval}")
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    def _every(self, first: date) -> str:
        match self.pattern:
            case Pattern.DAILY:
                return "FREQ=DAILY"
            case Pattern.WEEKDAYS:
                return f"FREQ=WEEKLY;BYDAY={','.join(WORKDAYS)}"
            case Pattern.WEEKLY:
                chosen = self.weekdays or (WEEKDAYS[first.weekday()],)
                days = sorted(chosen, key=WEEKDAYS.index)
                return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
            case Pattern.MONTHLY_DATE:
                return f"FREQ=MONTHLY;BYMONTHDAY={first.day}"
            case Pattern.MONTHLY_WEEKDAY:
                return f"FREQ=MONTHLY;BYDAY={nth(first)}{WEEKDAYS[first.weekday()]}"
            case Pattern.YEARLY:
                return "FREQ=YEARLY"


def nth(day: date) -> int:
    """Which one of its weekday in the month; a fifth is the last: -1."""
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def from_rule(rule: str, first: datetime, time_zone: str) -> Repeat | None:
    """None for a rule that says more than these terms can."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    until = None
    if "UNTIL" in parts:
        last = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        until = last.astimezone(ZoneInfo(time_zone)).date()
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    interval = int(parts.get("INTERVAL", 1))
    chosen = {key: parts[key] for key in parts.keys() - _ENDS - {"WKST"}}
    for pattern in (Pattern.WEEKDAYS, *Pattern):
        weekdays = tuple(chosen.get("BYDAY", "").split(","))
        if not set(weekdays) <= set(WEEKDAYS):
            weekdays = ()
        repeat = Repeat(pattern, interval, weekdays, until, count)
        made = repeat.to_rule(first.date()).split(";")
        kept = {part for part in made if part.partition("=")[0] not in _ENDS}
        if kept == {f"{key}={value}" for key, value in chosen.items()} and (
            pattern is not Pattern.WEEKDAYS or interval == 1
        ):
            return repeat
    return None
