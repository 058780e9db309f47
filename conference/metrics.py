"""``/metrics`` in the text format of Prometheus.

The counters of all server processes of this machine, added up: they keep them in files
(the multiprocess mode of prometheus_client), so whichever process is asked knows all.
What the database and the log know is looked up as it is asked for.
"""

import ipaddress
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import prometheus_client as prometheus
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from recordings.models import Recording
from rooms.clock import now_us
from rooms.live import meters  # noqa: F401 - defines what the processes count
from rooms.log import stream_log
from rooms.models import Participant, Role, RoomKind, Session

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus_client reads it, once
# What a proxy adds: the loopback address is then the proxy's.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
STREAMS_READ = 200  # of which the oldest record is looked up

logger = logging.getLogger(__name__)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 for whoever may not read them."""
    if not _may_read(request):
        raise Http404
    text = prometheus.generate_latest(_counted()) + prometheus.generate_latest(
        LOOKED_UP
    )
    return HttpResponse(text, content_type=prometheus.CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """Who has METRICS_TOKEN, where it is set; else who asks on the machine itself."""
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        same = secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
        return scheme.lower() == "bearer" and same
    address = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - none: not ours
    is_own = ipaddress.ip_address(address).is_loopback
    return is_own and not any(name in request.META for name in FORWARDED)


def _counted() -> prometheus.CollectorRegistry:
    folder = os.environ.get(FOLDER)
    if not folder:
        return prometheus.REGISTRY  # a single process that nobody set up for more
    for path in Path(folder).glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)  # what it last told holds no more
    registry = prometheus.CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _LookUp:
    """Each looks up one thing; what cannot be had is left out and logged."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for look_up in (_people, _sessions, _archive, _log):
            yield from _attempt(look_up)


def _attempt(
    look_up: Callable[[], list[GaugeMetricFamily]],
) -> list[GaugeMetricFamily]:
    try:
        return look_up()
    except Exception:
        logger.exception("metrics: %s failed", look_up.__name__)
        return []


def _people() -> list[GaugeMetricFamily]:
    here = Participant.objects.filter(left_at=None, connected=True)
    attends = Q(role=Role.GUEST, session__room__kind=RoomKind.WEBINAR)
    family = GaugeMetricFamily(
        "conference_people", "People in sessions, connected.", labels=["part"]
    )
    attendees = here.filter(attends).count()
    family.add_metric(["attendee"], attendees)
    family.add_metric(["participant"], here.count() - attendees)
    return [family]


def _sessions() -> list[GaugeMetricFamily]:
    count = Session.objects.filter(ended_at=None).count()
    return [GaugeMetricFamily("conference_rooms", "Rooms with a session.", value=count)]


def _archive() -> list[GaugeMetricFamily]:
    waiting = Recording.objects.filter(sealed_at=None).exclude(ended_us=None)
    found = waiting.aggregate(count=Count("pk"), oldest_us=Min("ended_us"))
    return [
        GaugeMetricFamily(
            "conference_archive_backlog_recordings",
            "Recordings that have ended and are not in the archive as a whole.",
            value=found["count"],
        ),
        GaugeMetricFamily(
            "conference_archive_backlog_seconds",
            "Since the first of them ended.",
            value=_age_seconds(found["oldest_us"]),
        ),
    ]


def _age_seconds(us: int | None) -> float:
    return 0 if us is None else max(0, now_us() - us) / 1e6


def _log() -> list[GaugeMetricFamily]:
    count, oldest_us = async_to_sync(_read_log)()
    return [
        GaugeMetricFamily(
            "conference_log_streams", "Streams that hold records.", value=count
        ),
        GaugeMetricFamily(
            "conference_log_backlog_seconds",
            "Age of the oldest record in the log; 10 s where nothing is recorded.",
            value=_age_seconds(oldest_us),
        ),
    ]


async def _read_log() -> tuple[int, int | None]:
    log = stream_log()
    streams = await log.streams()
    firsts = [await log.read(stream, limit=1) for stream in streams[:STREAMS_READ]]
    appended = [first[0].appended_us for first in firsts if first]
    return len(streams), min(appended, default=None)


LOOKED_UP = prometheus.CollectorRegistry()
LOOKED_UP.register(_LookUp())
