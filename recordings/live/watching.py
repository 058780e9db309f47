"""Playlists and pieces of a live output, by the names that players ask for."""

import base64
import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from conference.errors import NotFound
from recordings.archive import archive
from recordings.download import serve_file
from recordings.live.pieces import key_of
from recordings.live.playlist import INDEX, MEDIA, Window, index_of, media_of
from recordings.models import LiveOutput
from recordings.objects import Shown

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
PIECE_TYPE = "video/mp4"
INIT = re.compile(r"init-(\d+)\.mp4")
# Players ask again about once for each piece.
PLAYLIST_SECONDS = 1
# A piece never changes under its name.
PIECE_SECONDS = 3600


def serve_live(request: HttpRequest, output: LiveOutput, name: str) -> HttpResponseBase:
    """Raises NotFound, also before the first piece is there. What is public may be kept
    by caches on the way."""
    window = Window.from_json(output.window)
    if not output.hls or not window.pieces:
        raise NotFound(_("Nothing can be watched here at the moment."))
    whose = "public" if output.is_public else "private"
    answer = _answer(request, output, window, name)
    seconds = PLAYLIST_SECONDS if name in (INDEX, MEDIA) else PIECE_SECONDS
    answer["Cache-Control"] = f"{whose}, max-age={seconds}"
    return answer


def _answer(
    request: HttpRequest, output: LiveOutput, window: Window, name: str
) -> HttpResponseBase:
    if name == INDEX:
        return HttpResponse(index_of(window), content_type=PLAYLIST_TYPE)
    if name == MEDIA:
        text = media_of(window, is_over=not output.is_living)
        return HttpResponse(text, content_type=PLAYLIST_TYPE)
    init = INIT.fullmatch(name)
    if init and init[1] in window.inits:
        data = base64.b64decode(window.inits[init[1]])
        return HttpResponse(data, content_type=PIECE_TYPE)
    piece = window.find(name)
    if piece is None:
        raise NotFound(_("There is no such piece."))
    shown = Shown(name, PIECE_TYPE, inline=True)
    try:
        return serve_file(request, archive(), key_of(output, name), shown)
    except FileNotFoundError as error:
        raise NotFound(_("There is no such piece.")) from error
