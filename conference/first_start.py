"""What must be there before the product runs; on the second start it mostly is."""

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection
from redis import Redis, RedisError

from conference import tls
from conference.models import User
from rooms.streams import open_log
from rooms.streams.contract import StreamError


@dataclass(frozen=True, slots=True)
class DemoHost:
    email: str
    password: str


def prepare() -> None:
    """Raises ImproperlyConfigured where a setting names something that cannot be."""
    check_database()
    check_redis()
    check_stream_log()
    prepare_tls()
    call_command("migrate", verbosity=0, interactive=False)
    collect_static_files()
    for folder in settings.QUEUE_FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)
    # What processes counted that are gone: counters begin anew.
    shutil.rmtree(settings.METRICS_FOLDER, ignore_errors=True)


def check_database() -> None:
    probe = connection.copy()
    # A pool would only tell that it waited in vain.
    probe.settings_dict["OPTIONS"].pop("pool", None)
    try:
        probe.ensure_connection()
    except OperationalError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL: {' '.join(str(error).split())}"
        ) from error
    finally:
        probe.close()


def prepare_tls() -> None:
    """Check the certificate, after making it where that is ours to do."""
    if not settings.TLS_CERT:
        return
    certificate, key = Path(settings.TLS_CERT), Path(settings.TLS_KEY)
    if settings.TLS == "self-signed":
        tls.ensure_self_signed(certificate, key, settings.HOST_NAMES)
    tls.check_certificate(certificate, key)


def check_stream_log() -> None:
    """Open it once: a wrong address is better told now than by each media socket."""
    try:
        async_to_sync(_try_stream_log)()
    except (ValueError, OSError, StreamError) as error:
        raise ImproperlyConfigured(f"STREAM_LOG_URL: {error}") from error


async def _try_stream_log() -> None:
    log = open_log(settings.STREAM_LOG_URL)
    try:
        await log.tail("first-start")
    finally:
        await log.close()


def check_redis() -> None:
    """Not only the stream log needs it, which may be elsewhere."""
    if not settings.REDIS_URL:
        return
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as redis:
            redis.ping()
    except RedisError as error:
        raise ImproperlyConfigured(f"REDIS_URL: {error}") from error


def make_demo_host() -> DemoHost | None:
    """An administrator to try the product with, where nobody has signed up yet."""
    if User.objects.exists():
        return None
    password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
    User.objects.create_superuser(settings.DEMO_EMAIL, password)
    return DemoHost(settings.DEMO_EMAIL, password)


def collect_static_files() -> None:
    """Collect and compress the static files if one has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / "collected"
    fingerprint = _fingerprint_static_files()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint)


def _fingerprint_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
