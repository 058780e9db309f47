"""Exports of a meeting, made here and opened again."""

from typing import Any

from recordings.archive import archive
from recordings.branding import Pictures
from recordings.exporting import run_export
from recordings.models import Export, ExportState, Recording
from recordings.pipeline import Job
from recordings.rules import request_export
from recordings.rules.export_options import check_options
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


def job_for(recording: Recording, **options: Any) -> Job:
    """What an export with these options would make."""
    checked = check_options(recording, format="mp4", given=options)
    return Job(recording, checked, Pictures())
