"""What this process's media sockets have carried, for Prometheus and for the log.

Nothing is counted a second time where media passes: connections count for themselves,
and what has changed is taken over at each heartbeat and as they close.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import prometheus_client as prometheus

RECORDS_IN = prometheus.Counter("conference_records_in", "Records from publishers.")
BYTES_IN = prometheus.Counter("conference_bytes_in", "Bytes of records in.")
RECORDS_OUT = prometheus.Counter("conference_records_out", "Records sent to viewers.")
BYTES_OUT = prometheus.Counter("conference_bytes_out", "Bytes of deliveries out.")
DROPS = prometheus.Counter(
    "conference_drops", "Records not sent to a viewer that did not keep up.", ["reason"]
)
SOCKETS = prometheus.Gauge(
    "conference_sockets", "Open sockets.", ["socket"], multiprocess_mode="livesum"
)
OUTBOX_LAG = prometheus.Gauge(
    "conference_outbox_lag_seconds",
    "How long the viewer that lags most has waited for what is to be sent to it.",
    multiprocess_mode="livemax",
)
APPEND_SECONDS = prometheus.Histogram(
    "conference_append_seconds",
    "From giving a publisher's records to the log to their being durable.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)

_COUNTERS = {
    "records_in": RECORDS_IN,
    "bytes_in": BYTES_IN,
    "records_out": RECORDS_OUT,
    "bytes_out": BYTES_OUT,
    "dropped_stale": DROPS.labels("stale"),
    "dropped_full": DROPS.labels("full"),
}


class Metered(Protocol):
    def totals(self) -> dict[str, int]:
        """Since the connection opened, by the names of ``_COUNTERS``."""
        ...

    def lag_seconds(self) -> float: ...


# Each open connection, and what of it has been told so far.
_open: dict[Metered, Counter[str]] = {}


@contextmanager
def metered(connection: Metered) -> Iterator[None]:
    """Count a connection while this lasts."""
    _open[connection] = Counter()
    try:
        yield
    finally:
        _tell(connection)
        del _open[connection]


def take_readings(*, control_sockets: int) -> None:
    """Bring the metrics up to date. To be called every few seconds."""
    for connection in _open:
        _tell(connection)
    lags = (connection.lag_seconds() for connection in _open)
    OUTBOX_LAG.set(max(lags, default=0.0))
    SOCKETS.labels("media").set(len(_open))
    SOCKETS.labels("control").set(control_sockets)


def _tell(connection: Metered) -> None:
    told = _open[connection]
    for name, total in connection.totals().items():
        if total > told[name]:
            _COUNTERS[name].inc(total - told[name])
            told[name] = total
