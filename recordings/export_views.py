"""The form on a recording's page that asks for a file, and its preview."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conference.errors import Conflict, Invalid
from conference.pages import carry_out, page
from recordings import rules
from recordings.access import access_recording
from recordings.export_form import ClockField, ExportForm
from recordings.preview import make_preview
from recordings.segment_format import SegmentError
from rooms.access import Action

PREVIEW_SECONDS = 3600
PLAIN = "text/plain; charset=utf-8"


@require_POST
@login_required
@page
def make_export(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user, Action.RECORD)
    go_to = reverse("recording", args=[found.pk])
    form = ExportForm(request.POST, request.FILES)
    if not form.is_valid():
        for field, errors in form.errors.items():
            label = form.fields[field].label if field in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, errors))}")
        return redirect(go_to)
    return carry_out(
        request,
        lambda: rules.request_export(access, found, **form.asked()),
        done="",
        go_to=go_to,
    )


@require_GET
@login_required
@page
def preview(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """A picture of ``?layout=``, at the time of ``?at=`` or in the middle."""
    found, _access = access_recording(recording_id, request.user, Action.RECORD)
    if found.sealed_at is None:
        raise Conflict(_("This recording is not ready yet."), code="not_ready")
    try:
        picture = make_preview(
            found,
            layout=request.GET.get("layout", "grid"),
            at=ClockField(required=False).clean(request.GET.get("at", "")),
        )
    except ValidationError as error:
        return HttpResponseBadRequest(" ".join(error.messages), PLAIN)
    except Invalid as error:
        return HttpResponseBadRequest(error.detail, PLAIN)
    except (FileNotFoundError, SegmentError):
        detail = _("A part of this recording is missing in the archive.")
        return HttpResponse(detail, PLAIN, status=502)
    response = HttpResponse(picture, content_type="image/jpeg")
    patch_cache_control(response, private=True, max_age=PREVIEW_SECONDS)
    return response
