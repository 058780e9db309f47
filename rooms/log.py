"""The process's one stream log, as the settings say."""

from functools import cache

from django.conf import settings

from rooms.streams import open_log
from rooms.streams.contract import StreamLog


@cache
def stream_log() -> StreamLog:
    """The log at STREAM_LOG_URL; opened on first use, shared by all threads."""
    return open_log(settings.STREAM_LOG_URL)
