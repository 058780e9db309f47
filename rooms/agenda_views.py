"""Pages of many meetings: what is to come, what was, and a month."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conference.models import User
from rooms import agenda
from rooms.access import visible_rooms

ROOMS_OFFERED = 200
SHOWN_A_DAY = 4  # in the table of a month
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month's table, with the first of its meetings."""

    date: date
    entries: list[agenda.Entry]
    is_in_month: bool
    is_today: bool

    @property
    def shown(self) -> list[agenda.Entry]:
        return self.entries[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return len(self.entries) - len(self.shown)

    @property
    def midnight(self) -> datetime:
        return _midnight(self.date)


@require_GET
@login_required
def meetings(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    room = request.GET.get("room", "")
    context: dict[str, object] = {
        "rooms": visible_rooms(user)
        .filter(archived_at=None)
        .order_by("name")[:ROOMS_OFFERED],
        "room_chosen": room,
        "zone": timezone.get_current_timezone_name().replace("_", " "),
    }
    if request.GET.get("view") == "month":
        context |= _month(user, request.GET.get("month", ""), room)
        return render(request, "meetings/month.html", context)
    context |= _agenda(user, request, room)
    return render(request, "meetings/agenda.html", context)


def _agenda(user: User, request: HttpRequest, room: str) -> dict[str, object]:
    is_past = request.GET.get("when") == "past"
    start = _moment(request.GET.get("from", ""))
    found = (agenda.past if is_past else agenda.upcoming)(user, start, room=room)
    today = timezone.localdate()
    return {
        "agenda": found,
        "is_past": is_past,
        "is_first_page": "from" not in request.GET,
        "today": today,
        "tomorrow": today + timedelta(days=1),
    }


def _month(user: User, text: str, room: str) -> dict[str, object]:
    first = _first_of_month(text)
    weeks = Calendar(_first_weekday()).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    days: dict[date, list[agenda.Entry]] = {}
    for entry in agenda.between(user, _midnight(begin), _midnight(end), room=room):
        days.setdefault(entry.day, []).append(entry)
    today = timezone.localdate()
    return {
        "month": first,
        "earlier": first - timedelta(days=1),
        "later": (first + timedelta(days=31)).replace(day=1),
        "weekdays": [str(WEEKDAYS[day.weekday()]) for day in weeks[0]],
        "weeks": [
            [
                Day(day, days.get(day, []), day.month == first.month, day == today)
                for day in week
            ]
            for week in weeks
        ],
    }


def _moment(text: str) -> datetime:
    """Where a page of the agenda begins; now where it says nothing."""
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _is_in_range(moment.year):
        raise Http404(_("There is no such page."))
    return moment


def _first_of_month(text: str) -> date:
    if not text:
        return timezone.localdate().replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = None
    if first is None or not _is_in_range(first.year):
        raise Http404(_("There is no such month."))
    return first


def _is_in_range(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _first_weekday() -> int:
    """Monday is 0 for the calendar, Sunday for the formats of languages."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
