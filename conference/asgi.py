"""The ASGI application: HTTP, sockets, and the tasks of a server process."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
django.setup(set_prefix=False)  # before anything that needs models

from django.http import HttpRequest  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from django.utils import translation  # noqa: E402
from django.utils.translation import gettext as _  # noqa: E402

from conference.errors import NotFound, Refused  # noqa: E402
from conference.http import Handler  # noqa: E402
from recordings.keeping import keep  # noqa: E402
from recordings.live.running import look_after_outputs  # noqa: E402
from recordings.replay import replay_socket  # noqa: E402
from rooms.live.control import control_socket  # noqa: E402
from rooms.live.handshake import accept, refuse  # noqa: E402
from rooms.live.media import MediaConsumer  # noqa: E402
from rooms.live.presence import watch  # noqa: E402

logger = logging.getLogger(__name__)
http = Handler()

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


async def serve_http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Joins in the one thread in which sockets use the database, others as Django does:
    each in a thread and with a database connection of its own. When a thousand join at
    once they would keep one another, and the sockets that follow, from writing."""
    is_join = scope["method"] == "POST" and scope["path"].endswith("/join/")
    serve: Callable[..., Awaitable[object]] = http.handle if is_join else http
    await serve(scope, receive, send)


async def lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Start the server process's own tasks with the server, and end them with it."""
    await receive()  # lifespan.startup
    works = (watch(), keep(), look_after_outputs())
    tasks = [asyncio.create_task(work) for work in works]
    for task in tasks:
        task.add_done_callback(report_end)
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await send({"type": "lifespan.shutdown.complete"})


def report_end(task: asyncio.Task[None]) -> None:
    """The tasks end with the server only; one that ended by itself is a fault."""
    if not task.cancelled():
        logger.critical("%r ended", task.get_coro(), exc_info=task.exception())


async def no_such_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    try:
        await accept(scope, send)
        raise NotFound(_("There is no socket at this address."))
    except Refused as error:
        logger.info("socket %s refused: %s", scope["path"], error.code)
        await refuse(send, error)


def in_own_language(sockets: Application) -> Application:
    """Sockets speak as their client asks for it; LocaleMiddleware sees to pages."""

    async def speak(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        request = HttpRequest()
        wanted = dict(scope["headers"]).get(b"accept-language", b"")
        request.META["HTTP_ACCEPT_LANGUAGE"] = wanted.decode("latin-1")
        with translation.override(translation.get_language_from_request(request)):
            await sockets(scope, receive, send)

    return speak


application = ProtocolTypeRouter(
    {
        "http": serve_http,
        "lifespan": lifespan,
        # URLRouter takes ASGI applications where path() expects views.
        "websocket": in_own_language(
            URLRouter(
                [
                    path("ws/rooms/<slug:slug>/", control_socket),  # type: ignore[arg-type]
                    path("ws/rooms/<slug:slug>/media/", MediaConsumer.as_asgi()),
                    path(
                        "ws/sessions/<uuid:session_id>/replay/",
                        AuthMiddlewareStack(replay_socket),
                    ),
                    re_path("", no_such_socket),  # type: ignore[arg-type]
                ]
            )
        ),
    }
)
