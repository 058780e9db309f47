"""Exports of a meeting, made here and opened again."""

from typing import Any

from recordings.archive import archive
from recordings.exporting import run_export
from recordings.models import Export, ExportState, Recording
from recordings.rules import request_export
from tests.recordings.media import Film, open_film
from tests.recordings.meeting import Meeting


def make_export(
    meeting: Meeting, recording: Recording, format: str = "mp4", **options: Any
) -> Export:
    recording.refresh_from_db()
    export = request_export(meeting.access, recording, format=format, **options)
    run_export(str(export.pk), export.attempt)
    export.refresh_from_db()
    return export


def make_film(meeting: Meeting, recording: Recording, **options: Any) -> Film:
    export = make_export(meeting, recording, **options)
    assert export.state == ExportState.READY, export.error_detail
    return open_film(archive().path(export.key))
