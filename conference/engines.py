"""What server processes share: in the memory of one and in a folder, or in Redis."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

FORM = "redis://user:password@host:port/database, or rediss:// with TLS"
SOCKET_SECONDS = 5  # without an answer; what is under way has then failed
# A task that is not done by then is given to another worker, too. Exports take long.
TASK_SECONDS = 12 * 3600

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Engines:
    """Settings of Channels, Django's cache and Celery; ``stream_log``: its default."""

    channel_layer: Options
    cache: Options
    broker_url: str
    broker_options: Options
    stream_log: str
    broker_ssl: Options | None = field(default=None)


def embedded(data_dir: Path, queue_folders: tuple[Path, Path]) -> Engines:
    """For one server process."""
    messages, control = map(str, queue_folders)
    return Engines(
        channel_layer={"BACKEND": "conference.channel_layer.LocalChannelLayer"},
        cache={"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        broker_url="filesystem://localhost",
        broker_options={
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": control,
        },
        stream_log=f"sqlite://{data_dir}/streams.sqlite3",
    )


def in_redis(url: str) -> Engines:
    """For as many as there are. Raises ImproperlyConfigured, never with the URL, which
    may hold a password."""
    database = _check(url)
    timeouts = {
        "socket_timeout": SOCKET_SECONDS,
        "socket_connect_timeout": SOCKET_SECONDS,
    }
    return Engines(
        channel_layer={
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": url, **timeouts}],
                # Published messages reach all databases of a server.
                "prefix": f"layer{database}.",
            },
        },
        cache={
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "cache",
            "OPTIONS": timeouts,
        },
        broker_url=url,
        broker_options={
            "global_keyprefix": "queues:",
            "visibility_timeout": TASK_SECONDS,
            **timeouts,
        },
        stream_log=url,
        broker_ssl=(
            {"ssl_cert_reqs": ssl.CERT_REQUIRED} if url.startswith("rediss") else None
        ),
    )


def _check(url: str) -> int:
    """The number of the database."""
    wrong = ImproperlyConfigured(f"REDIS_URL must be {FORM}.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    database = parts.path.strip("/") or "0"
    has_more = parts.query or parts.fragment or port == 0
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or has_more:
        raise wrong
    if not database.isdecimal():
        raise wrong
    return int(database)
