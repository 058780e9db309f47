"""Health, for supervisors and load balancers."""

import logging
from collections.abc import Callable
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from conference.draining import is_draining
from rooms.log import stream_log

logger = logging.getLogger(__name__)


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 where everything that a meeting needs answers, else 503 and what does not;
    also while the process is about to end."""
    states = {name: _works(name, check) for name, check in _CHECKS.items()}
    states["server"] = not is_draining()
    is_ready = all(states.values())
    return JsonResponse(
        {name: "ok" if works else "failed" for name, works in states.items()},
        status=200 if is_ready else 503,
    )


def _works(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:
        logger.exception("health: %s failed", name)
        return False
    return True


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_stream_log() -> None:
    async_to_sync(stream_log().tail)("health")


def _check_archive() -> None:
    archive = storages["archive"]
    archive.delete(archive.save(f"health/{uuid4().hex}", ContentFile(b"ok")))


_CHECKS = {
    "database": _check_database,
    "stream_log": _check_stream_log,
    "archive": _check_archive,
}
