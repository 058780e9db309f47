"""The stream log. No Django in here: see ``contract.py`` for what it promises."""

from importlib import import_module
from urllib.parse import urlsplit

from rooms.streams.contract import StreamLog

# URL scheme -> module with ``open_log(url) -> StreamLog``; imported when asked for.
BACKENDS = {
    "memory": "rooms.streams.memory",
    "redis": "rooms.streams.redis",
    "rediss": "rooms.streams.redis",
    "sqlite": "rooms.streams.sqlite",
}


def open_log(url: str) -> StreamLog:
    """The log at a URL: ``memory://``, ``sqlite:///absolute/path`` or ``redis://host``.

    Raises ValueError for a scheme that is not known.
    """
    scheme = urlsplit(url).scheme
    if scheme not in BACKENDS:
        known = ", ".join(f"{name}://" for name in BACKENDS)
        raise ValueError(f"The address must begin with one of: {known}.")
    log: StreamLog = import_module(BACKENDS[scheme]).open_log(url)
    return log
