"""One server that an output is pushed to: a thread of its own, so that none waits for
another. A connection that is lost, or does not come about, is tried again."""

import logging
import random
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from recordings.live.addresses import BadAddress
from recordings.live.rtmp import Address, Publisher, RtmpError
from recordings.live.units import Codecs, Unit

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0  # for each step of it, and for any write after it
BACKOFF_SECONDS = 1.0  # doubled with each failure, up to
BACKOFF_SECONDS_MOST = 30.0
STEADY_SECONDS = 30.0  # a connection that lived this long starts the doubling afresh
# What waits for a slow server; beyond it, all goes up to the next key frame.
WAITING_MS = 4_000
CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """``state`` is a TargetState's value; ``live_since`` a time of ``time.time``."""

    state: str = "waiting"
    error: str = ""
    retries: int = 0
    live_since: float | None = None


class Target(threading.Thread):
    """A Receiver. ``find`` gives the address anew for each connection: names move."""

    def __init__(
        self, find: Callable[[], Address], codecs: Codecs, *, ca_file: str, name: str
    ) -> None:
        super().__init__(name=f"target {name}", daemon=True)
        self.status = Status()
        self.dropped = 0  # units
        self._find = find
        self._codecs = codecs
        self._ca_file = ca_file
        self._waiting: deque[Unit] = deque()
        self._news = threading.Condition()
        self._is_closing = False
        self._is_connected = False

    # Of the thread that encodes.

    def take(self, unit: Unit) -> None:
        with self._news:
            if not self._is_connected:
                return
            first = self._waiting[0] if self._waiting else unit
            if unit.dts_ms - first.dts_ms > WAITING_MS:
                self.dropped += len(self._waiting)
                self._waiting.clear()
            self._waiting.append(unit)
            self._news.notify()

    def end(self) -> None:
        """Say that there is no more, without waiting for its end."""
        with self._news:
            self._is_closing = True
            self._news.notify()

    def close(self) -> None:
        self.end()
        self.join(CLOSE_SECONDS)

    # Of its own thread.

    def run(self) -> None:
        delay = BACKOFF_SECONDS
        while not self._is_closing:
            began = time.monotonic()
            try:
                self._connect_and_push()
            except (OSError, BadAddress) as error:
                self._note_failure(error)
            except Exception as error:  # the edge of a thread
                logger.exception("%s failed.", self.name)
                self._note_failure(error)
            if time.monotonic() - began > STEADY_SECONDS:
                delay = BACKOFF_SECONDS
            self._pause(delay * random.uniform(0.8, 1.2))  # noqa: S311 - spreads them
            delay = min(2 * delay, BACKOFF_SECONDS_MOST)
        self.status = replace(self.status, state="waiting", live_since=None)

    def _connect_and_push(self) -> None:
        self.status = replace(self.status, state="connecting", live_since=None)
        with Publisher(
            self._find(), self._codecs, ca_file=self._ca_file, timeout=CONNECT_SECONDS
        ) as publisher:
            logger.info("%s is live.", self.name)
            self.status = replace(
                self.status, state="live", error="", live_since=time.time()
            )
            try:
                self._listen(True)
                self._push(publisher)
            finally:
                self._listen(False)

    def _push(self, publisher: Publisher) -> None:
        """Begins with a key frame, and again where something was dropped."""
        last_dropped, is_open = self.dropped, False
        while (unit := self._next()) is not None:
            if self.dropped != last_dropped:
                last_dropped, is_open = self.dropped, False
            is_open = is_open or (unit.is_video and unit.is_key)
            if is_open:
                publisher.send(unit)
        publisher.finish()

    def _next(self) -> Unit | None:
        """Waits for one; None where there will be no more."""
        with self._news:
            while not self._waiting and not self._is_closing:
                self._news.wait()
            return self._waiting.popleft() if self._waiting else None

    def _listen(self, is_connected: bool) -> None:
        with self._news:
            self._is_connected = is_connected
            self._waiting.clear()

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._news:
            while not self._is_closing and (left := deadline - time.monotonic()) > 0:
                self._news.wait(left)

    def _note_failure(self, error: Exception) -> None:
        is_private = isinstance(error, BadAddress) and error.code == "private"
        self.status = Status(
            state="refused" if is_private else "retrying",
            error=explain(error),
            retries=self.status.retries + 1,
        )
        logger.info("%s: %s", self.name, self.status.error)


def explain(error: Exception) -> str:
    """A stable code, and for a server's refusal its own words after it."""
    if isinstance(error, BadAddress):
        return error.code
    if isinstance(error, RtmpError):
        return f"server: {error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "closed_port"
    return "connection"
