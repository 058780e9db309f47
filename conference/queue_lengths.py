"""How much waits in Celery's queues, whichever the broker."""

from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import ChannelError, OperationalError

PATIENCE_SECONDS = 2


def queue_lengths(broker: Connection | None = None) -> dict[str, int] | None:
    """Messages that no worker has taken yet, by queue; None where the broker does not
    answer. ``broker``: Celery's own unless said otherwise."""
    routed = (route["queue"] for route in settings.CELERY_TASK_ROUTES.values())
    names = sorted({settings.CELERY_TASK_DEFAULT_QUEUE, *routed})
    try:
        with broker or current_app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
            return {name: _length(connection.default_channel, name) for name in names}
    except (OSError, OperationalError):
        return None


def _length(channel: Any, name: str) -> int:
    try:
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    except ChannelError:  # Redis knows no empty queues
        return 0
