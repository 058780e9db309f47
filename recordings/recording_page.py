"""What a recording's page shows, and the list of files in it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conference.templatetags.look import duration
from recordings.export_form import ExportForm
from recordings.library import BUSY
from recordings.models import ExportFormat, ExportState, Recording
from recordings.sharing_views import sharing_context
from rooms.access import Access, Action


def recording_page(
    request: HttpRequest,
    found: Recording,
    access: Access,
    form: ExportForm | None = None,
) -> HttpResponse:
    """``form``: one that was refused, as it was filled in."""
    context = exports_context(found, access)
    video = next(
        (
            export
            for export in context["exports"]
            if export.state == ExportState.READY and export.format == ExportFormat.MP4
        ),
        None,
    )
    context |= {
        "video": video,
        "from_seconds": _seconds_into_session(found),
        "form": form or new_form(found),
    }
    context |= sharing_context(found, may_curate=context["may_curate"])
    return render(request, "recordings/recording.html", context)


def new_form(found: Recording, *data: Any) -> ExportForm:
    return ExportForm(*data, recording=found, length=duration(found.seconds or 0))


def exports_context(found: Recording, access: Access) -> dict[str, Any]:
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
