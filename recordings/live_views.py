"""Where an audience watches a live output: the page of a room, or a public link's."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference.errors import NotFound
from conference.pages import page
from recordings.live.playlist import INDEX
from recordings.live.watching import serve_live
from recordings.models import LIVING, LiveOutput
from rooms.access import Action, access_room
from rooms.models import Room


@require_safe
@never_cache
@page
def room_live(request: HttpRequest, slug: str) -> HttpResponse:
    """For whoever may enter the room: what goes out of it now."""
    room = access_room(slug, request.user, Action.ENTER).room
    output = LiveOutput.objects.filter(room=room, hls=True, state__in=LIVING).first()
    playlist = ""
    if output is not None:
        where = {"slug": slug, "pk": output.pk, "name": INDEX}
        playlist = reverse("output-hls", kwargs=where)
    return _shown(request, room, playlist)


@require_safe
@never_cache
@page
def public_live(request: HttpRequest, token: str) -> HttpResponse:
    output = _public_output(token)
    playlist = reverse("live_file", args=[token, INDEX]) if output.is_living else ""
    return _shown(request, output.room, playlist)


@require_safe
@page
def live_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    return serve_live(request, _public_output(token), name)


def _public_output(token: str) -> LiveOutput:
    outputs = LiveOutput.objects.without_pictures()
    found = outputs.filter(token=token, is_public=True, hls=True)
    output = found.select_related("room").first()
    if output is None:
        raise NotFound(_("Nothing can be watched at this address."))
    return output


def _shown(request: HttpRequest, room: Room, playlist: str) -> HttpResponse:
    """``playlist`` is empty where nothing goes out."""
    context = {"room": room, "playlist": playlist}
    answer = render(request, "rooms/live.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
