"""What the database says about an output while it runs, read in a thread of its own:
a database that is slow for a moment holds no picture up."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from recordings.claims import Stopped
from recordings.live.lease import Claim
from recordings.live.targets import Status
from recordings.models import LiveOutput, OutputTarget
from recordings.rules.outputs import end_outputs
from rooms.rules.events import read_events
from rooms.rules.snapshot import take_snapshot
from rooms.state import Message, State

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 0.25  # between two looks for events
BEAT_SECONDS = 1.0  # between two signs of life, and looks at the row


@dataclass(slots=True)
class Report:
    """What the worker has to tell: pictures dropped in this run, how targets are."""

    dropped: int = 0
    targets: Mapping[str, Status] = field(default_factory=dict)


class Watch(threading.Thread):
    """``output`` and ``targets`` are the rows as they were a second ago at most;
    ``is_over``: they are this worker's no more. ``events`` are taken by the left."""

    def __init__(self, claim: Claim, report: Callable[[], Report]) -> None:
        super().__init__(name="watch", daemon=True)
        self.output = claim.output
        self.targets = list(claim.output.targets.all())
        self.is_over = False
        self.state: State
        self._position, self.state = take_snapshot(claim.output.session)
        self.events: deque[Message] = deque()
        self._claim = claim
        self._report = report
        self._dropped_before = claim.output.dropped
        self._told: dict[str, Status] = {}
        self._beat_at = 0.0
        self._is_closing = threading.Event()

    def close(self) -> None:
        self._is_closing.set()
        self.join()

    def run(self) -> None:
        try:
            while not self.is_over and not self._is_closing.wait(PERIOD_SECONDS):
                self._look_or_wait()
            if not self.is_over:
                self._tell_of_targets()
        finally:
            connection.close()

    def _look_or_wait(self) -> None:
        """A database that is away changes nothing: nobody else can take over."""
        try:
            self._look()
        except Stopped:
            self.is_over = True
        except Exception:  # the edge of a thread
            logger.exception("Output %s is not looked after.", self.output.pk)
            connection.close()

    def _look(self) -> None:
        events, _more = read_events(self.output.room_id, after=self._position)
        if events:
            self._position = events[-1]["position"]
            self.events.extend(events)
        now = time.monotonic()
        if now - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = now
        end_outputs()
        dropped = self._dropped_before + self._report().dropped
        self._claim.update(dropped=dropped)
        self._tell_of_targets()
        self.targets = list(OutputTarget.objects.filter(output=self.output.pk))
        self._read_row()

    def _read_row(self) -> None:
        """Its pictures only where it has changed."""
        row = LiveOutput.objects.filter(pk=self.output.pk)
        version = row.values_list("version", flat=True).first()
        if version is None:
            raise Stopped
        if version != self.output.version:
            self.output = row.get()

    def _tell_of_targets(self) -> None:
        for target_id, status in self._report().targets.items():
            if self._told.get(target_id) == status:
                continue
            self._told[target_id] = status
            row = OutputTarget.objects.filter(
                pk=target_id, output__claim=self._claim.output.claim
            )
            row.update(**_as_row(status))


def _as_row(status: Status) -> dict[str, Any]:
    since = status.live_since
    return {
        "state": status.state,
        "error": status.error[:300],
        "retries": status.retries,
        "live_since": datetime.fromtimestamp(since, UTC) if since else None,
    }
