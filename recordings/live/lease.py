"""Which worker makes an output. Every change holds only while the row is still ours.

waiting -> running: claimed. running -> waiting: its worker let go of it, or is gone;
another one is called, which goes on within seconds.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conference import celery_app
from recordings.claims import Stopped, is_gone, this_worker
from recordings.models import LiveOutput, OutputState

MAKE_OUTPUT = "recordings.make_output"
# A worker says every second that it is alive; one elsewhere is dead after this.
DEAD_AFTER = timedelta(seconds=5)
# A broker may lose a message; the row does not.
LOST_AFTER = timedelta(seconds=10)
# Of what waits since before anybody was called.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Claim:
    """An output in the hands of one worker."""

    def __init__(self, output: LiveOutput) -> None:
        self.output = output

    def update(self, **values: object) -> None:
        """Raises Stopped where it is ours no more: stopped, deleted or taken over."""
        mine = LiveOutput.objects.filter(
            pk=self.output.pk, claim=self.output.claim, state=OutputState.RUNNING
        )
        if not mine.update(**{"seen_at": timezone.now(), **values}):
            raise Stopped

    def release(self) -> None:
        """running -> waiting; another worker is called within two seconds: a message of
        our own could come to ourselves, who are about to end. Raises Stopped."""
        self.update(state=OutputState.WAITING, claim="", seen_at=LONG_AGO)


def claim_next() -> Claim | None:
    """The output that has waited longest, or None."""
    waiting = LiveOutput.objects.filter(state=OutputState.WAITING)
    for output in waiting.order_by("created_at"):
        claim = uuid4().hex
        still = waiting.filter(pk=output.pk)
        if still.update(
            state=OutputState.RUNNING,
            claim=claim,
            worker=this_worker(),
            runs=F("runs") + 1,
            seen_at=timezone.now(),
        ):
            output.refresh_from_db()
            return Claim(output)
    return None


def call_worker() -> None:
    """On commit, whoever is free. Once too often is safe."""
    transaction.on_commit(lambda: celery_app.send_task(MAKE_OUTPUT), robust=True)


def free_dead(*, now: datetime) -> None:
    """Outputs of dead workers wait again; for all that wait, workers are called."""
    for output in LiveOutput.objects.filter(state=OutputState.RUNNING):
        if output.seen_at < now - DEAD_AFTER or is_gone(output.worker):
            same = LiveOutput.objects.filter(
                pk=output.pk, claim=output.claim, state=OutputState.RUNNING
            )
            same.update(state=OutputState.WAITING, claim="", seen_at=LONG_AGO)
    waiting = LiveOutput.objects.filter(state=OutputState.WAITING)
    for output in waiting.filter(seen_at__lt=now - LOST_AFTER):
        with transaction.atomic():
            if waiting.filter(pk=output.pk).update(seen_at=now):
                call_worker()
