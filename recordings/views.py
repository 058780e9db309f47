"""A recording's page, and a session: its replay, and who was there."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from conference.pages import page
from recordings.access import access_recording
from recordings.attendance import attendance
from recordings.recorded import session_timeline
from recordings.recording_page import recording_page
from rooms.access import Action, access_session
from rooms.clock import now_us, to_us
from rooms.models import Participant


@require_GET
@login_required
@page
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user)
    return recording_page(request, found, access)


@require_GET
@login_required
@page
def recording_people(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Who was there, spoke and had agreed: the part of a recording's page that takes
    longest, asked for by itself."""
    found, _access = access_recording(recording_id, request.user)
    timeline = session_timeline(
        found.session,
        start_us=found.started_us,
        until_us=now_us() if found.ended_us is None else found.ended_us,
    )
    people = attendance(timeline)
    agreed = dict(
        Participant.objects.filter(
            session=found.session_id, number__in=[one.number for one in people]
        ).values_list("number", "consented_at")
    )
    context = {"people": people, "agreed": agreed}
    return render(request, "recordings/people.html", context)


@require_GET
@ensure_csrf_cookie
@page
def replay(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session, access = access_session(session_id, request.user, Action.SEE)
    return render(
        request,
        "recordings/replay.html",
        {"session": session, "room": access.room},
    )


@require_GET
@login_required
@page
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Who was there, when, and who spoke for how long."""
    found, access = access_session(session_id, request.user, Action.SEE)
    start_us = to_us(found.started_at)
    end_us = to_us(found.ended_at) if found.ended_at else now_us()
    timeline = session_timeline(found, start_us=start_us, until_us=end_us)
    recordings = found.recordings.order_by("started_us")
    return render(
        request,
        "recordings/session.html",
        {
            "session": found,
            "room": access.room,
            "people": attendance(timeline),
            "seconds": (end_us - start_us) / 1_000_000,
            "recordings": recordings,
            "messages_sent": len(timeline.chat),
        },
    )
