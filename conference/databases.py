"""Where the rows are: DATABASE_URL as Django's connection settings."""

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

POOL = 20  # connections of one process at most; more requests wait for one
POOL_WAIT_SECONDS = 5  # so long, too, where the database is away
# Options of libpq that may stand in the query.
LIBPQ_OPTIONS = {
    "application_name",
    "connect_timeout",
    "host",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
}
FORMS = "sqlite:///absolute/path or postgres://user:password@host:port/name"

Connection = dict[str, Any]


def read(url: str) -> Connection:
    """Raises ImproperlyConfigured, never with the URL, which may hold a password."""
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL must be {FORMS}: {error}.") from None
    if parts.scheme == "sqlite":
        return _sqlite(parts, query)
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(parts, port, query)
    raise ImproperlyConfigured(f"DATABASE_URL must be {FORMS}.")


def _sqlite(parts: SplitResult, query: dict[str, str]) -> Connection:
    path = PurePosixPath(unquote(parts.path))
    if parts.netloc or not path.is_absolute() or not path.name:
        raise ImproperlyConfigured(f"DATABASE_URL must be {FORMS}.")
    _refuse_others(query, set())
    # Server, worker and beat share one SQLite file: WAL lets readers go on while one
    # writes, and an immediate transaction waits for its turn where a deferred one
    # fails.
    return {
        "ENGINE": "conference.sqlite",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(
    parts: SplitResult, port: int | None, query: dict[str, str]
) -> Connection:
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a database, as in postgres://host/name."
        )
    _refuse_others(query, LIBPQ_OPTIONS | {"pool"})
    # Under ASGI a request has a thread of its own, and a connection that stays with
    # its thread would be of no use to the next: what is kept open is kept in a pool.
    pool = {
        "min_size": 1,
        "max_size": _pool_size(query.pop("pool", str(POOL))),
        "timeout": POOL_WAIT_SECONDS,
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": "" if port is None else str(port),
        "CONN_HEALTH_CHECKS": True,  # a server that was restarted is not noticed else
        "OPTIONS": {**query, "pool": pool},
    }


def _pool_size(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 1000:
        raise ImproperlyConfigured(
            f"DATABASE_URL: pool={value!r} must be a whole number from 1 to 1000."
        )
    return int(value)


def _refuse_others(query: dict[str, str], known: set[str]) -> None:
    for name in sorted(query.keys() - known):
        raise ImproperlyConfigured(f"DATABASE_URL has no option {name!r}.")
