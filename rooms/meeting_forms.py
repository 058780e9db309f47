"""The form of a meeting: recurrence in the terms that people choose it by."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conference.errors import Invalid, Refused
from conference.time_zones import zone_names
from rooms.addresses import TEXT_LIMIT, Address, read_addresses, write_address
from rooms.models import Meeting, Room
from rooms.plan import DESCRIPTION_LIMIT, TITLE_LIMIT, Plan, clean_plan, plan_of
from rooms.recurrence import MOST_INTERVAL, MOST_OCCURRENCES, WEEKDAYS
from rooms.repeat import Pattern, Repeat, from_rule
from rooms.rules.scheduling import check_plan

NEVER, CUSTOM = "never", "custom"
REPEATS = [
    (NEVER, _("Does not repeat")),
    (Pattern.DAILY, _("Daily")),
    (Pattern.WEEKDAYS, _("Every weekday, Monday to Friday")),
    (Pattern.WEEKLY, _("Weekly on chosen days")),
    (Pattern.MONTHLY_DATE, _("Monthly on the same date")),
    (Pattern.MONTHLY_WEEKDAY, _("Monthly on the same weekday")),
    (Pattern.YEARLY, _("Yearly")),
]
ENDS = [("never", _("Never")), ("on", _("On a date")), ("after", _("After a number"))]
MINUTES = (15, 30, 45, 60, 90, 120, 180, 240, 480)
# Where the rules speak of a field that the form has under another name.
FIELDS = {"starts_at": "date", "duration_minutes": "duration", "rule": "repeats"}


def minutes_label(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [
        _("%(n)d h") % {"n": hours} if hours else "",
        _("%(n)d min") % {"n": rest} if rest else "",
    ]
    return " ".join(str(part) for part in parts if part)


class ScheduleForm(forms.Form):
    """When: all that the preview needs. ``cleaned_data["plan"]`` is what comes out."""

    date = forms.DateField(
        label=_("Date"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    duration = forms.TypedChoiceField(label=_("Duration"), coerce=int)
    time_zone = forms.CharField(label=_("Time zone"), widget=forms.Select)
    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, initial=NEVER)
    interval = forms.IntegerField(
        label=_("Every"),
        min_value=1,
        max_value=MOST_INTERVAL,
        initial=1,
        required=False,
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=[(day, WEEKDAYS_ABBR[number]) for number, day in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ends = forms.ChoiceField(
        label=_("Ends"), choices=ENDS, initial="never", required=False
    )
    until = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        required=False,
    )
    count = forms.IntegerField(
        label=_("How many times"),
        min_value=1,
        max_value=MOST_OCCURRENCES,
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        meeting: Meeting | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.meeting = meeting
        values = initial_of(meeting) if meeting else initial_now()
        super().__init__(data, initial=values | (initial or {}))
        chosen = int(values["duration"])
        minutes = sorted({*MINUTES, chosen})
        self.fields["duration"].choices = [(n, minutes_label(n)) for n in minutes]  # type: ignore[attr-defined]
        zones = sorted({*zone_names(), str(values["time_zone"])})
        self.fields["time_zone"].widget.choices = [
            (name, name.replace("_", " ")) for name in zones
        ]
        if values.get("repeats") == CUSTOM:
            self.fields["repeats"].choices = [*REPEATS, (CUSTOM, _("As it is"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors.keys() & ScheduleForm.base_fields.keys():
            self._take(lambda: self._take_plan(cleaned))
        return cleaned

    def _take_plan(self, cleaned: dict[str, Any]) -> None:
        cleaned["plan"] = plan = clean_plan(self._plan(cleaned))
        check_plan(plan, self.meeting)

    def _take(self, read: Callable[[], object]) -> None:
        """Where a rule refuses, its sentence belongs to the field."""
        try:
            read()
        except Refused as error:
            self.refuse(error)

    def refuse(self, error: Refused) -> None:
        field = FIELDS.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, error.detail)

    def _plan(self, cleaned: dict[str, Any]) -> Plan:
        return Plan(
            title=cleaned.get("title") or "-",  # the preview has none
            description=cleaned.get("description", ""),
            start=datetime.combine(cleaned["date"], cleaned["time"]),
            time_zone=cleaned["time_zone"],
            duration_minutes=cleaned["duration"],
            rule=self._rule(cleaned),
        )

    def _rule(self, cleaned: dict[str, Any]) -> str:
        if cleaned["repeats"] == NEVER:
            return ""
        if cleaned["repeats"] == CUSTOM:
            return self.meeting.rule if self.meeting else ""
        ends = cleaned["ends"] or "never"
        for choice, field in (("on", "until"), ("after", "count")):
            if ends == choice and not cleaned[field]:
                raise Invalid(gettext("Say when the repetition ends."), field=field)
        repeat = Repeat(
            Pattern(cleaned["repeats"]),
            interval=cleaned["interval"] or 1,
            weekdays=tuple(cleaned["weekdays"]),
            until=cleaned["until"] if ends == "on" else None,
            count=cleaned["count"] if ends == "after" else None,
        )
        return repeat.to_rule(cleaned["date"])


class MeetingForm(ScheduleForm):
    """All of a meeting. An empty room is a new one, named as the meeting."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LIMIT)
    room = forms.ChoiceField(label=_("Room"), required=False)
    invitees = forms.CharField(
        label=_("Invite people"),
        max_length=TEXT_LIMIT,
        help_text=_("E-mail addresses, one a line or with commas between them."),
        widget=forms.Textarea(
            {"rows": 3, "autocomplete": "off", "spellcheck": "false"}
        ),
        required=False,
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=DESCRIPTION_LIMIT,
        widget=forms.Textarea({"rows": 4}),
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        rooms: Iterable[Room] = (),
        meeting: Meeting | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, meeting=meeting, initial=initial)
        if self.meeting is not None:
            del self.fields["room"]
            return
        choices = [("", _("A new room")), *((room.slug, room.name) for room in rooms)]
        self.fields["room"].choices = choices  # type: ignore[attr-defined]

    def clean_invitees(self) -> list[Address]:
        found: list[Address] = []
        self._take(lambda: found.extend(read_addresses(self.cleaned_data["invitees"])))
        return found


def initial_now() -> dict[str, Any]:
    """The next full hour, in the reader's time zone; half an hour long."""
    start = timezone.localtime().replace(minute=0) + timedelta(hours=1)
    return {
        "date": start.date(),
        "time": start.time(),
        "duration": 30,
        "time_zone": timezone.get_current_timezone_name(),
    }


def initial_of(meeting: Meeting) -> dict[str, Any]:
    plan = plan_of(meeting)
    invitees = meeting.invitees.filter(removed_at=None).order_by("email")
    return {
        "title": plan.title,
        "description": plan.description,
        "date": plan.start.date(),
        "time": plan.start.time(),
        "duration": plan.duration_minutes,
        "time_zone": plan.time_zone,
        "invitees": "\n".join(
            write_address(Address(invitee.email, invitee.name)) for invitee in invitees
        ),
    } | _initial_repeat(plan)


def _initial_repeat(plan: Plan) -> dict[str, Any]:
    if not plan.rule:
        return {"repeats": NEVER}
    repeat = from_rule(plan.rule, plan.start, plan.time_zone)
    if repeat is None:
        return {"repeats": CUSTOM}
    return {
        "repeats": repeat.pattern,
        "interval": repeat.interval,
        "weekdays": repeat.weekdays,
        "ends": "on" if repeat.until else "after" if repeat.count else "never",
        "until": repeat.until,
        "count": repeat.count,
    }
