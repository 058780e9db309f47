"""Pages of recordings, and the replay of a session; the rules carry out the forms."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from conference.pages import carry_out, page
from conference.templatetags.look import duration
from recordings import rules
from recordings.access import access_export, access_recording
from recordings.attendance import attendance
from recordings.export_form import ExportForm
from recordings.library import BUSY
from recordings.models import Export, ExportFormat, ExportState, Recording
from recordings.recorded import session_timeline
from recordings.sharing_views import sharing_context
from rooms.access import Access, Action, access_session
from rooms.clock import now_us, to_us
from rooms.models import Participant


@require_GET
@login_required
@page
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user)
    context = _exports_context(found, access)
    video = next(
        (
            export
            for export in context["exports"]
            if export.state == ExportState.READY and export.format == ExportFormat.MP4
        ),
        None,
    )
    return render(
        request,
        "recordings/recording.html",
        context
        | {
            "video": video,
            "people": Participant.objects.filter(session=found.session_id).order_by(
                "number"
            ),
            "from_seconds": _seconds_into_session(found),
            "form": ExportForm(length=duration(found.seconds or 0)),
        }
        | sharing_context(found, may_curate=context["may_curate"]),
    )


@require_GET
@login_required
@page
def exports(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The list of exports alone, asked for again while one is being made."""
    found, access = access_recording(recording_id, request.user)
    context = _exports_context(found, access)
    response = render(request, "recordings/exports.html", context)
    if not context["is_busy"]:
        # Something has become ready, or all is over: the whole page is news.
        response["HX-Refresh"] = "true"
    return response


def _exports_context(found: Recording, access: Access) -> dict[str, Any]:
    listed = list(found.exports.order_by("-created_at"))
    return {
        "recording": found,
        "room": access.room,
        "may_record": access.can(Action.RECORD),
        "may_curate": access.can(Action.CURATE),
        "exports": listed,
        "is_busy": found.sealed_at is None or any(e.state in BUSY for e in listed),
    }


def _seconds_into_session(found: Recording) -> int:
    into = found.started_at - found.session.started_at
    return max(0, int(into.total_seconds()))


@require_POST
@login_required
@page
def cancel_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export, access = access_export(export_id, request.user, Action.RECORD)
    return carry_out(
        request,
        lambda: rules.cancel_export(access, export),
        done="",
        go_to=_page_of_export(export),
    )


@require_POST
@login_required
@page
def retry_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export, access = access_export(export_id, request.user, Action.RECORD)
    return carry_out(
        request,
        lambda: rules.retry_export(access, export),
        done="",
        go_to=_page_of_export(export),
    )


@require_POST
@login_required
@page
def delete_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export, access = access_export(export_id, request.user, Action.RECORD)
    return carry_out(
        request,
        lambda: rules.delete_export(access, export),
        done="",
        go_to=_page_of_export(export),
    )


def _page_of_export(export: Export) -> str:
    return reverse("recording", args=[export.recording_id])


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
