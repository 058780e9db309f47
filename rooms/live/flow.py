"""What a viewer has been sent, what it says it has received, and how fast it reads.

Proxies and sockets take more than a network carries; the viewer's reports tell.
"""

from collections import deque

# Sent and not yet reported as received: so much of what the viewer has been reading,
# within these bounds. It begins small: what a slow network has taken must first pass
# through it, before anything of what is sent then.
OUTSTANDING_US = 1_000_000
OUTSTANDING_FIRST = 64 << 10
OUTSTANDING_LEAST = 16 << 10
OUTSTANDING_MOST = 8 << 20
LAGGING_US = 500_000  # what was received at that age: it is the network that limits
SMOOTHING = 0.5
REPORT_US = 250_000  # between two: where a network stalls, several come at once
# A message is heard of when all of it has come, and what follows it waits for it: a
# small part of what is outstanding.
MESSAGE_SHARE = 16
MESSAGE_LEAST = 8 << 10
MARK_US = 50_000
MARKS = 200
UNREPORTED_US = 1_000_000  # after the first byte: then it never reports


class Flow:
    """A viewer that never reports is not held back for long: its socket does that."""

    def __init__(self) -> None:
        self.sent_bytes = 0
        self.lag_us = 0  # at the last report, the age of the first byte not received
        self.carried = 0.0  # bytes a second that arrived lately
        self._received_bytes = 0
        self._reported_us = 0  # 0: never
        self._gained_us = 0  # the last report of something new
        self._limit = OUTSTANDING_FIRST
        # When what follows so many bytes was sent; a new mark every MARK_US.
        self._marks: deque[tuple[int, int]] = deque(maxlen=MARKS)

    @property
    def has_reported(self) -> bool:
        return self._reported_us > 0

    def room(self, now_us: int) -> int:
        """Bytes that may be sent before the next report."""
        began_us = self._marks[0][1] if self._marks else now_us
        if not self._reported_us and now_us - began_us >= UNREPORTED_US:
            return OUTSTANDING_MOST
        return self._limit - (self.sent_bytes - self._received_bytes)

    def send(self, count: int, now_us: int) -> None:
        """So many bytes go out."""
        if not self._marks or now_us - self._marks[-1][1] >= MARK_US:
            self._marks.append((self.sent_bytes, now_us))
        self.sent_bytes += count

    @property
    def message_bytes(self) -> int:
        """About the most for one message."""
        return max(self._limit // MESSAGE_SHARE, MESSAGE_LEAST)

    def report(self, total_bytes: int, now_us: int) -> None:
        """``total_bytes``: received since the connection opened, in whole messages."""
        total_bytes = min(max(total_bytes, self._received_bytes), self.sent_bytes)
        gained, self._received_bytes = total_bytes - self._received_bytes, total_bytes
        took_us = now_us - self._began_us(now_us)
        self.lag_us = self._age(now_us)
        if self._reported_us and (gained or took_us >= OUTSTANDING_US):
            self._adapt(gained * 1_000_000 / max(took_us, REPORT_US))
        if gained:
            self._gained_us = now_us
        self._reported_us = now_us

    def _began_us(self, now_us: int) -> int:
        """When what a report says has come began to come: at the report before, or
        earlier where none of it was whole then."""
        oldest_us = self._marks[0][1] if self._marks else now_us
        return min(self._reported_us, max(self._gained_us, oldest_us))

    def _adapt(self, rate: float) -> None:
        """``rate``: bytes a second that arrived."""
        self.carried += (rate - self.carried) * SMOOTHING
        # Not the rate alone: what one report tells of may have been a stall.
        allowed = int(max(rate, self.carried) * OUTSTANDING_US / 1_000_000)
        if self.lag_us < LAGGING_US:
            allowed = max(self._limit, allowed)  # nothing more was there to read
        self._limit = min(max(OUTSTANDING_LEAST, allowed), OUTSTANDING_MOST)

    def _age(self, now_us: int) -> int:
        marks, received = self._marks, self._received_bytes
        if received == self.sent_bytes:
            marks.clear()
            return 0
        while len(marks) > 1 and marks[1][0] <= received:
            marks.popleft()
        return now_us - marks[0][1]
