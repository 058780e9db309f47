"""A worker's time with outputs: one after the other, as long as any wait; and what
looks after them from outside."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone
from django.utils.translation import gettext_noop

from recordings.claims import Stopped
from recordings.live.broadcast import Broadcast
from recordings.live.lease import Claim, claim_next, free_dead
from recordings.live.pieces import drop_pieces
from recordings.models import LIVING, LiveOutput
from recordings.rules.outputs import end_outputs, fail_output

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 2
# Runs that fail so soon are no accident; after so many in a row it is given up.
SHORT_SECONDS = 30.0
MOST_FAILURES = 3
FAILED_SECONDS = 1.0  # before the next try
# Players that are behind may still fetch the last pieces of what is over.
KEPT_AFTER = timedelta(minutes=1)


def run_outputs(is_stopping: Callable[[], bool]) -> None:
    """Make whatever waits. Safe to call at any time, and at once by several workers."""
    failures: Counter[UUID] = Counter()
    while not is_stopping() and (claim := claim_next()) is not None:
        output = claim.output
        if _run(claim, is_stopping):
            del failures[output.pk]
            continue
        failures[output.pk] += 1
        if failures[output.pk] >= MOST_FAILURES:
            words = gettext_noop("An error of ours. The server's log says more.")
            fail_output(output, "internal", words)
        time.sleep(FAILED_SECONDS)


def _run(claim: Claim, is_stopping: Callable[[], bool]) -> bool:
    """Whether it went well, or for long."""
    output = claim.output
    is_good = True
    logger.info("Output %s is made here, run %d.", output.pk, output.runs)
    began = time.monotonic()
    try:
        with Broadcast(claim) as broadcast:
            broadcast.run(is_stopping)
    except Exception:
        logger.exception("Output %s broke off.", output.pk)
        is_good = time.monotonic() - began > SHORT_SECONDS
    with suppress(Stopped):  # it is over
        claim.release()
    return is_good


async def look_after_outputs() -> None:
    """Runs for as long as the server process does: a task of the workers' queues would
    wait for others of them."""
    in_thread = database_sync_to_async(look_after, thread_sensitive=False)
    while True:
        try:
            await in_thread(now=timezone.now())
        except Exception:
            logger.exception("Live outputs are not looked after; trying again.")
        await asyncio.sleep(PERIOD_SECONDS)


def look_after(*, now: datetime) -> None:
    """Of all outputs: call workers for those that have none, end what is to end, and
    remove what nobody watches any more. Every few seconds, anywhere; safe to repeat."""
    end_outputs()
    free_dead(now=now)
    over = LiveOutput.objects.filter(ended_at__lt=now - KEPT_AFTER)
    for output in over.exclude(state__in=LIVING).exclude(window={}):
        drop_pieces(output)
