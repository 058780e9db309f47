"""Pictures of a recording: its poster, and its storyboard with the times of it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conference.errors import NotFound
from conference.pages import page
from recordings.access import access_recording
from recordings.archive import archive
from recordings.download import storage_away
from recordings.models import Recording
from recordings.objects import StorageAway
from recordings.storyboard import as_webvtt

KEPT_SECONDS = 24 * 3600  # by browsers; they never change


@require_GET
@login_required
@page
def poster(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, _access = access_recording(recording_id, request.user)
    return poster_of(found)


def poster_of(found: Recording) -> HttpResponse:
    return _picture(found.poster, _("This recording has no poster."))


@require_GET
@login_required
@page
def storyboard(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, _access = access_recording(recording_id, request.user)
    return _picture(found.storyboard, _("This recording has no storyboard."))


@require_GET
@login_required
@page
def storyboard_times(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """WebVTT: which part of the storyboard stands for which time."""
    found, _access = access_recording(recording_id, request.user)
    if not found.storyboard:
        raise NotFound(_("This recording has no storyboard."))
    picture = reverse("recording_storyboard", args=[found.pk])
    answer = HttpResponse(
        as_webvtt(found.seconds or 0, picture), content_type="text/vtt; charset=utf-8"
    )
    patch_cache_control(answer, private=True, max_age=KEPT_SECONDS)
    return answer


def _picture(key: str, missing: str) -> HttpResponse:
    """The JPEG of this key. Raises NotFound, Unavailable."""
    if not key:
        raise NotFound(missing)
    try:
        answer = HttpResponse(archive().read(key), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise NotFound(missing) from error
    except StorageAway as error:
        raise storage_away() from error
    patch_cache_control(answer, private=True, max_age=KEPT_SECONDS)
    return answer
