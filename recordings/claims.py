"""Who works on what of an export. Every change holds only while the row is still ours.

A part: waiting -> running -> done. Any worker takes any part, in their order; the final
one when all others are done. A part whose worker died waits again.
"""

import os
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from recordings.models import Export, ExportPart, ExportState, PartKind, PartState

BEAT_SECONDS = 1.0
# A running part says every second that it is alive; storing a file may take longer.
DEAD_AFTER = timedelta(minutes=2)
MOST_DEATHS = 3  # over one part


class Stopped(Exception):
    """The row is no longer ours: cancelled, deleted or taken over."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """``weight``: how much work it is, compared to other parts of the export."""

    kind: PartKind
    first: int = 0
    count: int = 0
    weight: float = 1.0


class Claim:
    """One part in the hands of one worker."""

    def __init__(self, export: Export, part: ExportPart) -> None:
        self.export = export
        self.part = part
        self._beat_at = 0.0

    def progress(self, done: float) -> None:
        """Say how far it is, 0 to 1, once a second. Raises Stopped."""
        now = time.monotonic()
        if now - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = now
        self.part.progress = done
        self.update(progress=done, seen_at=timezone.now())
        update_export(self.export, progress=progress_of(self.export))

    def update(self, **values: object) -> None:
        """Raises Stopped."""
        mine = ExportPart.objects.filter(
            pk=self.part.pk, claim=self.part.claim, state=PartState.RUNNING
        )
        if not mine.update(**values):
            raise Stopped

    def finish(self) -> None:
        """running -> done. Raises Stopped."""
        self.update(state=PartState.DONE, progress=1, files=self.part.files)
        update_export(self.export, progress=progress_of(self.export))


def update_export(export: Export, **values: object) -> None:
    """Raises Stopped when the export is not running, or not this attempt."""
    mine = Export.objects.filter(
        pk=export.pk, attempt=export.attempt, state=ExportState.RUNNING
    )
    if not mine.update(seen_at=timezone.now(), **values):
        raise Stopped


def progress_of(export: Export) -> float:
    sums = export.parts.aggregate(
        whole=Sum("weight"), done=Sum(F("weight") * F("progress"))
    )
    return float(sums["done"] or 0) / float(sums["whole"] or 1)


def begin(export: Export, plan: Iterable[PartPlan]) -> bool:
    """queued -> running, with its parts; one caller is told that it was the one."""
    now = timezone.now()
    waiting = Export.objects.filter(
        pk=export.pk, attempt=export.attempt, state=ExportState.QUEUED
    )
    with transaction.atomic():
        if not waiting.update(
            state=ExportState.RUNNING, started_at=now, seen_at=now, progress=0
        ):
            return False
        ExportPart.objects.filter(export=export).delete()
        ExportPart.objects.bulk_create(
            ExportPart(
                export=export,
                number=number,
                kind=part.kind,
                first=part.first,
                count=part.count,
                weight=part.weight,
            )
            for number, part in enumerate(plan)
        )
    export.refresh_from_db()
    return True


def claim_next(export: Export) -> Claim | None:
    """The next part that nobody has, or None if there is nothing to do now."""
    while (part := _next_waiting(export)) is not None:
        part.claim, part.worker = uuid4().hex, this_worker()
        waiting = ExportPart.objects.filter(pk=part.pk, state=PartState.WAITING)
        if waiting.update(
            state=PartState.RUNNING,
            claim=part.claim,
            worker=part.worker,
            progress=0,
            seen_at=timezone.now(),
        ):
            part.state = PartState.RUNNING
            return Claim(export, part)
    return None


def _next_waiting(export: Export) -> ExportPart | None:
    part = export.parts.filter(state=PartState.WAITING).order_by("number").first()
    if part is not None and part.kind == PartKind.FINAL:
        others = export.parts.exclude(pk=part.pk)
        return None if others.exclude(state=PartState.DONE).exists() else part
    return part


def this_worker() -> str:
    return f"{socket.gethostname()} {os.getpid()}"


def free_dead(*, now: datetime) -> set[Export]:
    """Parts of dead workers wait again; the exports whose they are, still running."""
    exports = set()
    for part in ExportPart.objects.filter(
        state=PartState.RUNNING, export__state=ExportState.RUNNING
    ).select_related("export"):
        if _is_dead(part, now) and _free(part, now):
            exports.add(part.export)
    return exports


def _is_dead(part: ExportPart, now: datetime) -> bool:
    if part.seen_at is None or part.seen_at < now - DEAD_AFTER:
        return True
    return is_gone(part.worker)


def is_gone(worker: str) -> bool:
    """Whether it was a process of this machine, and is not there any more."""
    host, _space, pid = worker.rpartition(" ")
    if host != socket.gethostname():
        return False
    with suppress(PermissionError):  # it is there, and another user's
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
    return False


def _free(part: ExportPart, now: datetime) -> bool:
    """running -> waiting; after too many deaths the export has failed."""
    same = ExportPart.objects.filter(
        pk=part.pk, claim=part.claim, state=PartState.RUNNING
    )
    freed = same.update(
        state=PartState.WAITING, deaths=F("deaths") + 1, progress=0, claim=""
    )
    if not freed:
        return False
    running = Export.objects.filter(pk=part.export_id, state=ExportState.RUNNING)
    if part.deaths + 1 < MOST_DEATHS:
        return bool(running.update(deaths=F("deaths") + 1, seen_at=now))
    running.update(
        state=ExportState.FAILED,
        deaths=F("deaths") + 1,
        error_code="worker_lost",
        error_detail=gettext_noop("The worker died each time it made this export."),
        finished_at=now,
    )
    return False
