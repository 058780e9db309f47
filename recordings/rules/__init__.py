"""Rules of recordings and exports: each checks, writes in one transaction, tells."""

from recordings.rules.export import (
    cancel_export,
    delete_export,
    request_export,
    retry_export,
)
from recordings.rules.recording import (
    delete_recording,
    rename,
    start_recording,
    stop_recording,
)

__all__ = [
    "cancel_export",
    "delete_export",
    "delete_recording",
    "rename",
    "request_export",
    "retry_export",
    "start_recording",
    "stop_recording",
]
