"""The server process: uvicorn on a socket that the supervisor holds open.

The socket outlives the process, so that who connects during a restart waits for the
new one and is not refused. Run as ``python -m conference.server FILE_DESCRIPTOR``.
"""

import asyncio
import gc
import os
import socket
import sys
import warnings
from types import FrameType

import uvicorn
from django.urls import resolve

from conference import draining, settings
from conference.listening import tune
from conference.sockets import SocketProtocol

# Above the 4 MiB that a media message may have, so that the protocol's own answer
# (message_too_large) is what a client gets.
MESSAGE_BYTES_MOST = 5 * 1024 * 1024
# For requests under way; with DRAIN_SECONDS and PART_SECONDS within END_SECONDS.
STOP_SECONDS = 3
# A full garbage collection stops everything for 0.4 s where a thousand people are
# connected. With Python's thresholds it came every 3 s: what is on its way to so many
# looked like what has come to stay.
GC_THRESHOLDS = 50_000, 20, 20

# Read as prometheus_client is imported, with the application: what this process counts
# is in files there, so that any process can answer for all (conference/metrics.py).
settings.METRICS_FOLDER.mkdir(exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_FOLDER)

config = uvicorn.Config(
    "conference.asgi:application",
    ws=SocketProtocol,
    ws_max_size=MESSAGE_BYTES_MOST,
    # Encoded media does not compress.
    ws_per_message_deflate=False,
    lifespan="on",
    timeout_graceful_shutdown=STOP_SECONDS,
    ssl_certfile=settings.TLS_CERT or None,
    ssl_keyfile=settings.TLS_KEY or None,
    proxy_headers=False,  # Django believes them where TRUSTED_PROXIES says so
    server_header=False,
    access_log=False,
    log_config=None,  # Django's LOGGING
    log_level="warning",  # sockets log their own opening and closing
)


class Server(uvicorn.Server):
    """Drains before it ends (SIGTERM, SIGINT): is not ready and lets nobody join, goes
    on for DRAIN_SECONDS so that a load balancer sees it, then stops to listen and tells
    all sockets to connect again. What waits for a listener is the next process's. What
    they have sent is sealed as the application's own tasks end."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        resolve("/")  # imports all views, which the first request would wait for
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what has been loaded stays, and needs no looking through
        gc.set_threshold(*GC_THRESHOLDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        draining.begin()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # After the application has been loaded, which sets Django up.
        from recordings.keeping import keeper
        from rooms.live.parting import part_all

        await asyncio.sleep(settings.DRAIN_SECONDS)
        for server in self.servers:
            server.close()
        keeper.note_streams()
        await part_all()
        await super().shutdown(sockets)


# WhiteNoise hands out static files like this: small, and read in a thread.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous")

if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv[1]))
    tune(listener, congestion=settings.TCP_CONGESTION)
    Server(config).run(sockets=[listener])
