"""The file of an export, with a name for people."""

from pathlib import PurePosixPath

from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from conference.errors import Conflict, Gone, NotFound
from recordings.archive import archive
from recordings.download import clean_file_name, serve_file
from recordings.models import Export, ExportState
from recordings.objects import Shown
from recordings.options import VIDEO_FORMATS

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".zip": "application/zip",
    ".webm": "video/webm",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".json": "application/json",
}

# A film can be watched, and a download taken up again, for so long.
LINK_SECONDS = 6 * 3600
SALT = "recordings.file"


def serve_export(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Sends a browser on to where the file is. Raises Conflict while there is none."""
    answer = HttpResponseRedirect(file_link(export, inline="inline" in request.GET))
    answer["Cache-Control"] = "private, no-store"
    return answer


def file_link(export: Export, *, inline: bool) -> str:
    """An address that gives the file to anybody for a while: the bucket's, or ours.

    Raises Conflict while there is none.
    """
    if export.state != ExportState.READY:
        raise Conflict(_("This export is not ready."), code="not_ready")
    shown = _shown(export, inline=inline)
    link = archive().signed_url(export.key, shown, seconds=LINK_SECONDS)
    if link is not None:
        return link
    token = signing.dumps([str(export.pk), export.attempt, inline], salt=SALT)
    return reverse("file", args=[token, shown.name])


def serve_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file that our own link is for. Raises NotFound, Gone."""
    try:
        export_id, attempt, inline = signing.loads(
            token, salt=SALT, max_age=LINK_SECONDS
        )
    except signing.SignatureExpired:
        raise Gone(_("This link has expired."), code="expired") from None
    except signing.BadSignature:
        raise NotFound(_("There is no such file.")) from None
    found = Export.objects.filter(
        pk=export_id, attempt=attempt, state=ExportState.READY
    )
    export = found.select_related("recording").first()
    if export is None:
        raise NotFound(_("This file has been deleted."))
    shown = _shown(export, inline=inline)
    try:
        return serve_file(request, archive(), export.key, shown)
    except FileNotFoundError as error:
        raise NotFound(_("This file has been deleted.")) from error


def _shown(export: Export, *, inline: bool) -> Shown:
    suffix = PurePosixPath(export.key).suffix
    name = clean_file_name(file_name(export) + suffix)
    return Shown(name, CONTENT_TYPES[suffix], inline)


def file_name(export: Export) -> str:
    """Such as ``Weekly sync 2026-11-20 grid``; without suffix."""
    recording = export.recording
    day = f"{recording.started_at:%Y-%m-%d}"
    title = recording.title if day in recording.title else f"{recording.title} {day}"
    what = export.layout if export.format in VIDEO_FORMATS else export.format
    return f"{title} {what}"
