"""Playlists and pieces of an HLS export, by the names that players ask for."""

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from conference.errors import Conflict, NotFound
from recordings.archive import archive
from recordings.download import serve_file
from recordings.export_keys import part_key
from recordings.hls import INDEX, index_of, playlist_of, renditions_of
from recordings.models import Export, ExportFormat, ExportState, PartKind
from recordings.objects import Shown
from recordings.options import ExportOptions

PLAYABLE = (ExportState.RUNNING, ExportState.READY)
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
PIECE = re.compile(r"(\d{5,9})/([a-z0-9-]+\.ts)")


def serve_stream(request: HttpRequest, export: Export, name: str) -> HttpResponseBase:
    """Raises Conflict before there is anything, NotFound for what there never is."""
    if export.format != ExportFormat.HLS:
        raise Conflict(_("This export is not for streaming."), code="not_streaming")
    if export.state not in PLAYABLE:
        raise Conflict(_("This export is not ready."), code="not_ready")
    piece = PIECE.fullmatch(name)
    if piece:
        return _serve_piece(request, export, int(piece[1]), piece[2])
    return _serve_playlist(export, name)


def _serve_playlist(export: Export, name: str) -> HttpResponse:
    options = ExportOptions.from_json({"layout": export.layout, **export.options})
    renditions = renditions_of(options)
    track = name.removesuffix(".m3u8")
    if name == INDEX:
        text = index_of(renditions)
    elif track == "sound" or track in [one.name for one in renditions]:
        parts = export.parts.exclude(kind=PartKind.FINAL).order_by("number")
        is_whole = export.state == ExportState.READY
        text = playlist_of(track, list(parts), is_whole=is_whole)
    else:
        raise NotFound(_("There is no such playlist."))
    answer = HttpResponse(text, content_type=PLAYLIST_TYPE)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _serve_piece(
    request: HttpRequest, export: Export, number: int, name: str
) -> HttpResponseBase:
    part = export.parts.filter(number=number).first()
    if part is None or name not in [piece["name"] for piece in part.files]:
        raise NotFound(_("There is no such piece."))
    key = part_key(export, part, name)
    return serve_file(request, archive(), key, Shown(name, "video/mp2t", True))
