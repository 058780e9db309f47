"""Options that accepted sockets inherit."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from conference.listening import UNSENT_BYTES, tune


def test_accepted_sockets_send_at_once_and_keep_little() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tune(listener, congestion="cubic")
        with (
            socket.create_connection(listener.getsockname()),
            listener.accept()[0] as one,
        ):
            unsent = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)
            assert unsent == UNSENT_BYTES
            assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            name = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
            assert name.rstrip(b"\0") == b"cubic"


def test_an_algorithm_that_is_not_there_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(ImproperlyConfigured, match="TCP_CONGESTION='hurry'"),
    ):
        tune(listener, congestion="hurry")
