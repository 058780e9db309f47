"""On a recording's page: the form that asks for a file, its preview, and the files."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conference.errors import Conflict, Invalid
from conference.pages import carry_out, page
from recordings import rules
from recordings.access import access_export, access_recording
from recordings.export_form import ClockField
from recordings.models import Export
from recordings.preview import make_preview
from recordings.recording_page import exports_context, new_form, recording_page
from recordings.segment_format import SegmentError
from rooms.access import Action

PREVIEW_SECONDS = 3600
PLAIN = "text/plain; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def make_export(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """What is refused is said in the form, beside what was filled in."""
    found, access = access_recording(recording_id, request.user, Action.RECORD)
    if request.method != "POST":  # its address was loaded again
        return redirect(_page_of(found.pk))
    form = new_form(found, request.POST, request.FILES)
    if not form.is_valid():
        return recording_page(request, found, access, form)
    try:
        rules.request_export(access, found, **form.asked())
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return recording_page(request, found, access, form)
    return redirect(_page_of(found.pk))


@require_GET
@login_required
@page
def preview(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """A picture of what the form asks for, at the time of ``?at=`` or in the middle."""
    found, _access = access_recording(recording_id, request.user, Action.RECORD)
    if found.sealed_at is None:
        raise Conflict(_("This recording is not ready yet."), code="not_ready")
    data = request.GET.copy()
    data.setdefault("format", "mp4")
    form = new_form(found, data)
    try:
        at = ClockField(required=False).clean(data.get("at", ""))
        if not form.is_valid():
            return HttpResponseBadRequest(" ".join(form.sentences()), PLAIN)
        picture = make_preview(found, form.asked(), at=at)
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


@require_GET
@login_required
@page
def exports(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """The list of files alone, asked for again while one is being made."""
    found, access = access_recording(recording_id, request.user)
    response = render(
        request, "recordings/exports.html", exports_context(found, access)
    )
    if "unsealed" in request.GET and found.sealed_at is not None:
        response["HX-Refresh"] = (
            "true"  # files can be made now: all of the page is news
        )
    return response


@require_POST
@login_required
@page
def cancel_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    export, access = access_export(export_id, request.user, Action.RECORD)
    return carry_out(
        request,
        lambda: rules.cancel_export(access, export),
        done="",
        go_to=_files_of(export),
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
        go_to=_files_of(export),
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
        go_to=_files_of(export),
    )


def _page_of(recording_id: UUID) -> str:
    return reverse("recording", args=[recording_id]) + "#files"


def _files_of(export: Export) -> str:
    return _page_of(export.recording_id)
