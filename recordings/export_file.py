"""The file of an export, with a name for people."""

from pathlib import PurePosixPath

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from conference.errors import Conflict
from recordings.archive import archive
from recordings.download import StoredFile, serve_file
from recordings.models import Export, ExportFormat, ExportState

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".zip": "application/zip",
}


def serve_export(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Raises Conflict while there is no file."""
    if export.state != ExportState.READY:
        raise Conflict(_("This export is not ready."), code="not_ready")
    suffix = PurePosixPath(export.key).suffix
    file = StoredFile(
        archive(), export.key, file_name(export) + suffix, CONTENT_TYPES[suffix]
    )
    return serve_file(request, file, inline="inline" in request.GET)


def file_name(export: Export) -> str:
    """Such as ``Weekly sync 2026-11-20 grid``; without suffix."""
    recording = export.recording
    day = f"{recording.started_at:%Y-%m-%d}"
    title = recording.title if day in recording.title else f"{recording.title} {day}"
    what = export.layout if export.format == ExportFormat.MP4 else export.format
    return f"{title} {what}"
