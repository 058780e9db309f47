"""When a meeting takes place, as people say it, in the reader's language."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rooms.recurrence import WEEKDAYS, Schedule
from rooms.repeat import Pattern, Repeat, from_rule, nth


def day_words(day: date) -> str:
    """Tuesday, 1 December 2026, as the language writes it."""
    return f"{WEEKDAY_NAMES[day.weekday()]}, {date_format(day, 'DATE_FORMAT')}"


def time_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """10:00 - 10:30, on the clocks of the zone."""
    first, last = (moment.astimezone(zone) for moment in (start, end))
    return f"{date_format(first, 'TIME_FORMAT')} - {date_format(last, 'TIME_FORMAT')}"


def first_words(schedule: Schedule) -> str:
    """Day, time and zone of the first occurrence."""
    start = schedule.start.replace(tzinfo=schedule.zone).astimezone(UTC)
    return "{day}, {time} ({zone})".format(
        day=day_words(start.astimezone(schedule.zone)),
        time=time_words(start, start + schedule.duration, schedule.zone),
        zone=schedule.time_zone.replace("_", " "),
    )


def rule_words(schedule: Schedule) -> str:
    """Every week on Tuesday, until 31 March 2027. Empty where nothing repeats."""
    if not schedule.rule:
        return ""
    repeat = from_rule(schedule.rule, schedule.start, schedule.time_zone)
    if repeat is None:
        return _("Repeats by a rule of its own: %(rule)s") % {"rule": schedule.rule}
    return _every(repeat, schedule.start.date()) + _end(repeat)


def _every(repeat: Repeat, first: date) -> str:
    number = repeat.interval
    match repeat.pattern:
        case Pattern.DAILY:
            return _counted(ngettext("Every day", "Every %(n)d days", number), number)
        case Pattern.WEEKDAYS:
            return _("Every weekday, Monday to Friday")
        case Pattern.WEEKLY:
            every = ngettext(
                "Every week on %(days)s", "Every %(n)d weeks on %(days)s", number
            )
            names = [str(WEEKDAY_NAMES[WEEKDAYS.index(day)]) for day in repeat.weekdays]
            days = get_text_list(names, pgettext("between weekdays", "and"))
            return _counted(every, number, days=days)
        case Pattern.MONTHLY_DATE:
            every = ngettext(
                "Every month on day %(day)d",
                "Every %(n)d months on day %(day)d",
                number,
            )
            return _counted(every, number, day=first.day)
        case Pattern.MONTHLY_WEEKDAY:
            every = ngettext(
                "Every month on the %(nth)s",
                "Every %(n)d months on the %(nth)s",
                number,
            )
            return _counted(every, number, nth=nth_words(first))
        case Pattern.YEARLY:
            return _counted(ngettext("Every year", "Every %(n)d years", number), number)


def nth_words(day: date) -> str:
    """Such as: second Tuesday."""
    which = {
        1: _("first %(weekday)s"),
        2: _("second %(weekday)s"),
        3: _("third %(weekday)s"),
        4: _("fourth %(weekday)s"),
        -1: _("last %(weekday)s"),
    }
    return which[nth(day)] % {"weekday": WEEKDAY_NAMES[day.weekday()]}


def _counted(text: str, number: int, **values: object) -> str:
    return text % {"n": number, **values}


def _end(repeat: Repeat) -> str:
    if repeat.until:
        return _(", until %(date)s") % {"date": date_format(repeat.until)}
    if repeat.count:
        times = ngettext(", %(n)d time", ", %(n)d times", repeat.count)
        return _counted(times, repeat.count)
    return ""
