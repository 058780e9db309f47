"""What people decide about a meeting, and the sentences for what cannot be."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from conference.errors import Invalid
from conference.time_zones import is_zone
from rooms.models import Meeting
from rooms.recurrence import (
    MOST_INTERVAL,
    MOST_MINUTES,
    MOST_OCCURRENCES,
    BadRule,
    Schedule,
    fit,
)
from rooms.rules.text import has_controls

TITLE_LIMIT = 200  # characters, as in the model
DESCRIPTION_LIMIT = 4000
FIRST_YEAR, LAST_YEAR = 2000, 2200  # what a meeting has is checked more closely later


@dataclass(frozen=True, slots=True)
class Plan:
    """``start`` is naive wall time in the zone; the meeting begins on the first day
    that the rule names from then on."""

    title: str
    start: datetime
    time_zone: str
    duration_minutes: int
    description: str = ""
    rule: str = ""

    @property
    def schedule(self) -> Schedule:
        duration = timedelta(minutes=self.duration_minutes)
        return Schedule(self.start, self.time_zone, duration, self.rule)


def plan_of(meeting: Meeting) -> Plan:
    return Plan(
        title=meeting.title,
        start=meeting.start,
        time_zone=meeting.time_zone,
        duration_minutes=meeting.duration_minutes,
        description=meeting.description,
        rule=meeting.rule,
    )


def clean_plan(plan: Plan) -> Plan:
    """The plan with its rule in canonical form; raises Invalid with the field."""
    if not is_zone(plan.time_zone):
        raise no_zone(plan.time_zone)
    if not FIRST_YEAR <= plan.start.year <= LAST_YEAR:
        raise Invalid(_("Choose a date within ten years."), field="starts_at")
    if not 1 <= plan.duration_minutes <= MOST_MINUTES:
        raise Invalid(
            _("A meeting lasts from one minute to a day."), field="duration_minutes"
        )
    plan = replace(
        plan,
        title=_clean_title(plan.title),
        description=_clean_description(plan.description),
        start=plan.start.replace(second=0, microsecond=0),
    )
    try:
        schedule = fit(plan.schedule)
    except BadRule as error:
        raise Invalid(_sentence(error), field="rule") from error
    return replace(plan, start=schedule.start, rule=schedule.rule)


def no_zone(name: str) -> Invalid:
    return Invalid(
        _("There is no time zone called “%(name)s”.") % {"name": name[:64]},
        field="time_zone",
    )


def _clean_title(title: str) -> str:
    """One line: it becomes the subject of mails."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_LIMIT or has_controls(title):
        raise Invalid(
            _("A title has 1 to %(limit)d characters.") % {"limit": TITLE_LIMIT},
            field="title",
        )
    return title


def _clean_description(text: str) -> str:
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(text) > DESCRIPTION_LIMIT or has_controls(text, but="\n\t"):
        raise Invalid(
            _("A description has at most %(limit)d characters.")
            % {"limit": DESCRIPTION_LIMIT},
            field="description",
        )
    return text


def _sentence(error: BadRule) -> str:
    match error.code:
        case "never":
            return _("This repetition never occurs.")
        case "too_long":
            return _("A repetition ends within ten years, or has no end.")
        case "two_ends":
            return _("A repetition ends on a date or after a number, not both.")
        case "frequency":
            return _("A meeting repeats daily, weekly, monthly or yearly.")
        case "unsupported":
            return _("This repetition uses what is not supported: %(part)s") % {
                "part": error.part[:20]
            }
        case "number" if error.part == "COUNT":
            return _("A repetition ends after 1 to %(most)d times.") % {
                "most": MOST_OCCURRENCES
            }
        case "number" if error.part == "INTERVAL":
            return _("A meeting repeats every 1 to %(most)d times.") % {
                "most": MOST_INTERVAL
            }
        case _:
            return _("This repetition is not a valid RRULE.")
