"""The server process: uvicorn on a socket that the supervisor holds open.

The socket outlives the process, so that who connects during a restart waits for the
new one and is not refused. Run as ``python -m conference.server FILE_DESCRIPTOR``.
"""

import socket
import sys
import warnings

import uvicorn

from conference import settings

# Above the 4 MiB that a media message may have, so that the protocol's own answer
# (message_too_large) is what a client gets.
MESSAGE_BYTES_MOST = 5 * 1024 * 1024
STOP_SECONDS = 4  # for requests under way, within the supervisor's 8

config = uvicorn.Config(
    "conference.asgi:application",
    ws="websockets-sansio",
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

# WhiteNoise hands out static files like this: small, and read in a thread.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous")

if __name__ == "__main__":
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
