"""Celery's queues in a folder: kombu's file system transport, with whole messages.

kombu creates a message's file and then fills it, and a worker that looks in between
takes an empty message and ends on it. Here a file gets its name when it is complete.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

LOOK_SECONDS = 0.25  # kombu lets a message wait for a second


class Channel(filesystem.Channel):
    def _put(  # type: ignore[override]  # kombu's own two classes disagree
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        # Workers take what ends in .QUEUE.msg, in the order of names.
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out, name)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(dumps(payload), encoding="utf-8")
        os.replace(unfinished, path)


class Transport(filesystem.Transport):
    Channel = Channel

    polling_interval = LOOK_SECONDS

    def drain_events(  # type: ignore[override]  # the same in kombu itself
        self, connection: Any, timeout: float | None = None
    ) -> None:
        """A worker asks for two seconds, and only then looks whether it is to stop."""
        if timeout is not None:
            timeout = min(timeout, LOOK_SECONDS)
        super().drain_events(connection, timeout=timeout)


def use() -> None:
    """Let ``filesystem://`` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
