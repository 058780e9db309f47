"""Rows of what is kept and made from the log; one file per subject."""

from recordings.models.audit import AuditAction, AuditEntry
from recordings.models.export import (
    Export,
    ExportFormat,
    ExportPart,
    ExportPicture,
    ExportState,
    PartKind,
    PartState,
)
from recordings.models.hold import Hold
from recordings.models.output import (
    LIVING,
    LiveOutput,
    OutputState,
    OutputTarget,
    TargetState,
)
from recordings.models.recording import Recording, RecordingState
from recordings.models.segment import Segment
from recordings.models.share_link import ShareLink

__all__ = [
    "LIVING",
    "AuditAction",
    "AuditEntry",
    "Export",
    "ExportFormat",
    "ExportPart",
    "ExportPicture",
    "ExportState",
    "Hold",
    "LiveOutput",
    "OutputState",
    "OutputTarget",
    "PartKind",
    "PartState",
    "Recording",
    "RecordingState",
    "Segment",
    "ShareLink",
    "TargetState",
]
