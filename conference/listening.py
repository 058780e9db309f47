"""Options of the listening socket, which accepted sockets inherit (Linux)."""

import socket

from django.core.exceptions import ImproperlyConfigured

# Bytes in the kernel that are not on their way yet. What waits beyond them waits in
# an outbox, which knows what is stale.
UNSENT_BYTES = 32 << 10


def tune(listener: socket.socket, *, congestion: str) -> None:
    """Send at once, and keep little in the kernel. ``congestion``: the algorithm that
    finds out how fast a network is, empty for the system's own.

    Raises ImproperlyConfigured where the system does not have the algorithm.
    """
    if listener.family not in (socket.AF_INET, socket.AF_INET6):
        return
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    if not congestion:
        return
    try:
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode()
        )
    except (AttributeError, OSError) as error:
        raise ImproperlyConfigured(
            f"TCP_CONGESTION={congestion!r} is not there: see"
            " net.ipv4.tcp_available_congestion_control."
        ) from error
