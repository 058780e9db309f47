"""The start page: start a meeting, join one, and find what one had."""

from django.db.models import Exists, Max, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from recordings.access import visible_recordings
from recordings.library import for_rows
from rooms import agenda
from rooms.access import visible_rooms
from rooms.models import Session

ROOMS_SHOWN = 20
RECORDINGS_SHOWN = 3
MEETINGS_SHOWN = 4


def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        return render(request, "welcome.html")
    visible = visible_rooms(user)
    rooms = (
        visible.filter(archived_at=None)
        .annotate(
            last_met=Max("sessions__started_at"),
            meets_now=Exists(
                Session.objects.filter(room=OuterRef("pk"), ended_at=None)
            ),
        )
        .order_by("-last_met", "-created_at")
    )
    recordings = for_rows(visible_recordings(user))[:RECORDINGS_SHOWN]
    return render(
        request,
        "home.html",
        {
            "rooms": rooms[:ROOMS_SHOWN],
            "recordings": recordings,
            "next_meetings": agenda.upcoming(
                user, timezone.now(), limit=MEETINGS_SHOWN
            ),
            "today": timezone.localdate(),
        },
    )
