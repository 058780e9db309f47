"""Pages of one meeting, and its forms; the rules carry them out."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conference.errors import Refused
from conference.models import User
from conference.pages import carry_out, page
from rooms.access import Access, Action, access_meeting, access_room
from rooms.calendar_file import serve_calendar
from rooms.meeting_forms import MeetingForm, ScheduleForm
from rooms.models import Entry, MailState, Meeting, Member, Role, Room
from rooms.recurrence import coming, starts_at
from rooms.recurrence_words import day_words, first_words, rule_words
from rooms.rules import scheduling
from rooms.rules.invitations import send_again
from rooms.rules.rooms import create_room
from rooms.rules.text import NAME_LIMIT

ROOMS_OFFERED = 200
DAYS_SHOWN = 8
DAYS_IN_PREVIEW = 5


@require_GET
@login_required
@page
def meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    found, access = access_meeting(meeting_id, request.user, Action.SEE)
    now = timezone.now()
    context = _invitees_context(found, access)
    if not found.cancelled_at:
        context["days"] = coming(found.schedule, now, DAYS_SHOWN)
    context |= {
        "meeting": found,
        "room": found.room,
        "is_over": found.is_over(now),
        "when": first_words(found.schedule),
        "repeats": rule_words(found.schedule),
        "zone": timezone.get_current_timezone_name().replace("_", " "),
        "people_enter": found.room.entry != Entry.MEMBERS,
    }
    return render(request, "meetings/meeting.html", context)


@require_GET
@login_required
@page
def invitees(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The list alone, asked for again while mails are on their way."""
    found, access = access_meeting(meeting_id, request.user, Action.SEE)
    return render(request, "meetings/invitees.html", _invitees_context(found, access))


@require_http_methods(["GET", "POST"])
@login_required
@page
def create(request: HttpRequest) -> HttpResponse:
    rooms = rooms_to_schedule_in(_user(request))
    chosen = {"room": request.GET.get("room", "")}
    form = MeetingForm(request.POST or None, rooms=rooms, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            made = _schedule(_user(request), form)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _said(made))
            return redirect("meeting", meeting_id=made.pk)
    return render(request, "meetings/form.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@login_required
@page
def edit(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    found, access = access_meeting(meeting_id, request.user, Action.SCHEDULE)
    form = MeetingForm(request.POST or None, meeting=found)
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.change_meeting(
                access,
                found,
                form.cleaned_data["plan"],
                form.cleaned_data["invitees"],
            )
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("The meeting is changed."))
            return redirect("meeting", meeting_id=found.pk)
    context = {"form": form, "meeting": found, "room": found.room}
    return render(request, "meetings/form.html", context, status=_status(form))


@require_POST
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    """In words, when a meeting would take place, while its form is filled in."""
    form = ScheduleForm(request.POST)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        schedule = form.cleaned_data["plan"].schedule
        days = coming(schedule, starts_at(schedule), DAYS_IN_PREVIEW)
        context |= {
            "when": first_words(schedule),
            "repeats": rule_words(schedule),
            "days": [day_words(day.date) for day in days[1:]],
        }
    return render(request, "meetings/preview.html", context)


@require_POST
@login_required
@page
def cancel(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    found, access = access_meeting(meeting_id, request.user, Action.SCHEDULE)
    return carry_out(
        request,
        lambda: scheduling.cancel_meeting(access, found),
        done=_("The meeting is cancelled."),
        go_to=_page_of(found),
    )


@require_POST
@login_required
@page
def cancel_day(request: HttpRequest, meeting_id: UUID, day: date) -> HttpResponse:
    found, access = access_meeting(meeting_id, request.user, Action.SCHEDULE)
    return carry_out(
        request,
        lambda: scheduling.cancel_occurrence(access, found, day),
        done=_("The meeting does not take place on this day."),
        go_to=_page_of(found),
    )


@require_POST
@login_required
@page
def resend(request: HttpRequest, meeting_id: UUID, invitee_id: UUID) -> HttpResponse:
    found, access = access_meeting(meeting_id, request.user, Action.SCHEDULE)
    return carry_out(
        request,
        lambda: send_again(access, found, invitee_id),
        done="",
        go_to=_page_of(found),
    )


@require_GET
@login_required
@page
def download(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The file that adds the meeting to a calendar."""
    found, _access = access_meeting(meeting_id, request.user, Action.SEE)
    return serve_calendar(found)


def rooms_to_schedule_in(user: User) -> QuerySet[Room]:
    """The latest of those in which one is owner or host."""
    hosted = Member.objects.filter(user=user, role=Role.HOST).values("room")
    mine = Room.objects.filter(Q(owner=user) | Q(pk__in=hosted), archived_at=None)
    return mine.order_by("-created_at")[:ROOMS_OFFERED]


def _schedule(user: User, form: MeetingForm) -> Meeting:
    """In the room chosen, or in a new one, which is made with the meeting or not."""
    plan, invitees = form.cleaned_data["plan"], form.cleaned_data["invitees"]
    with transaction.atomic():
        slug = form.cleaned_data["room"]
        if not slug:
            slug = create_room(user, name=plan.title[:NAME_LIMIT]).slug
        access = access_room(slug, user, Action.SCHEDULE)
        return scheduling.schedule_meeting(access, plan, invitees)


def _invitees_context(found: Meeting, access: Access) -> dict[str, object]:
    people = list(found.invitees.order_by("removed_at", "email"))
    return {
        "meeting": found,
        "invitees": people,
        "is_sending": any(one.state == MailState.QUEUED for one in people),
        "may_schedule": access.can(Action.SCHEDULE),
    }


def _said(meeting: Meeting) -> str:
    if meeting.invitees.exists():
        return _("The meeting is scheduled, and the invitations are on their way.")
    return _("The meeting is scheduled.")


def _page_of(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk])


def _status(form: MeetingForm) -> int:
    return 422 if form.errors else 200


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    return user
