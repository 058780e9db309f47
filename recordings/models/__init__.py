"""Rows of what is kept and made from the log; one file per subject."""

from recordings.models.audit import AuditAction, AuditEntry
from recordings.models.export import Export, ExportFormat, ExportState
from recordings.models.hold import Hold
from recordings.models.recording import Recording, RecordingState
from recordings.models.segment import Segment
from recordings.models.share_link import ShareLink

__all__ = [
    "AuditAction",
    "AuditEntry",
    "Export",
    "ExportFormat",
    "ExportState",
    "Hold",
    "Recording",
    "RecordingState",
    "Segment",
    "ShareLink",
]
