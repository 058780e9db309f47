"""Rows of what is kept and made from the log; one file per subject."""

from recordings.models.export import Export, ExportFormat, ExportState
from recordings.models.recording import Recording, RecordingState
from recordings.models.segment import Segment

__all__ = [
    "Export",
    "ExportFormat",
    "ExportState",
    "Recording",
    "RecordingState",
    "Segment",
]
