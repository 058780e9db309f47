"""Rules of recordings and exports: each checks, writes in one transaction, tells."""

from recordings.rules.deletion import (
    delete_recording,
    hold,
    release,
    set_retention,
)
from recordings.rules.export import (
    cancel_export,
    delete_export,
    request_export,
    retry_export,
)
from recordings.rules.recording import (
    rename,
    start_recording,
    stop_recording,
)
from recordings.rules.shares import make_share_link, revoke_share_link

__all__ = [
    "cancel_export",
    "delete_export",
    "delete_recording",
    "hold",
    "make_share_link",
    "release",
    "rename",
    "request_export",
    "retry_export",
    "revoke_share_link",
    "set_retention",
    "start_recording",
    "stop_recording",
]
