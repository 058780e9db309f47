"""Opening a socket: its origin, its subprotocols, and refusals a browser can read.

A socket is accepted before it is judged: browsers hide the answer to a handshake
that failed, but show a message and a close code (docs/protocol.md, "Joining").
"""

import json
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation import gettext as _

from conference.errors import Denied, Invalid, Refused, SignInNeeded

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PROTOCOL = "conference.v1"
TICKET_PREFIX = "ticket."


async def accept(scope: Message, send: Send) -> None:
    """Accept a socket whose ``websocket.connect`` has been received.

    Raises Denied for a browser on another site, and Invalid for a client that does
    not offer our subprotocol. The socket is open then: answer with ``refuse``.
    """
    offered = PROTOCOL in scope["subprotocols"]
    subprotocol = PROTOCOL if offered else None
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    if not is_own_origin(scope):
        raise Denied(_("This page is not part of this site."), code="wrong_origin")
    if not offered:
        raise Invalid(
            _("Offer the subprotocol %(name)s.") % {"name": PROTOCOL},
            code="unknown_protocol",
        )


async def admit(scope: Message, send: Send) -> str:
    """Accept a socket and return the ticket that it brought, still unread.

    Raises what ``accept`` does, and SignInNeeded where there is no ticket.
    """
    await accept(scope, send)
    for name in scope["subprotocols"]:
        if name.startswith(TICKET_PREFIX):
            return str(name.removeprefix(TICKET_PREFIX))
    raise SignInNeeded(_("This connection needs a ticket."), code="no_ticket")


async def refuse(send: Send, error: Refused) -> None:
    """Tell an accepted socket why, and close it."""
    message = {"type": "error", "code": error.code, "detail": error.detail}
    await send({"type": "websocket.send", "text": json.dumps(message)})
    await send({"type": "websocket.close", "code": error.close_code})


def is_own_origin(scope: Message) -> bool:
    """Whether the request comes from a page of this site, or not from a page at all.

    The site's own are the host that was asked for, where ALLOWED_HOSTS has it, and
    CSRF_TRUSTED_ORIGINS. Schemes are not compared: a proxy in front may end TLS.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return True
    if any(
        origin == trusted or fnmatchcase(origin, trusted)
        for trusted in settings.CSRF_TRUSTED_ORIGINS
    ):
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _port = split_domain_port(host)
    return urlsplit(origin).netloc == host and validate_host(
        domain, settings.ALLOWED_HOSTS
    )
