"""What an API key must hold for a call: one table of addresses."""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from conference.errors import Denied
from conference.models import ApiKey, Scope

if TYPE_CHECKING:  # views import their defaults, this module among them
    from rest_framework.views import APIView

# Beginnings of addresses under /api/v1/ -> whose scopes they need; the longest one
# that fits decides. What is not in here is closed to keys.
RESOURCES = {
    "rooms/": "rooms",
    "rooms/{slug}/tokens/": "tokens",
    "rooms/{slug}/join/": "sessions",
    "rooms/{slug}/participants/": "sessions",
    "rooms/{slug}/lock/": "sessions",
    "rooms/{slug}/unlock/": "sessions",
    "rooms/{slug}/end/": "sessions",
    "rooms/{slug}/chat/": "sessions",
    "rooms/{slug}/recordings/": "recordings",
    "rooms/{slug}/outputs/": "recordings",
    "sessions/": "sessions",
    "meetings/": "meetings",
    "recordings/": "recordings",
    "share-links/": "recordings",
    "exports/": "recordings",
}
_ROOT = "api/v1/"


class HasScope(BasePermission):
    """Holds API keys to their scopes; who comes with a session is not concerned."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        match = request.resolver_match
        scope = scope_of(request.method or "", match.route if match else "")
        if scope is None:
            raise Denied(_("This is not open to API keys."), code="no_keys")
        if scope not in request.auth.scopes:
            raise Denied(
                _("This API key lacks the scope %(scope)s.") % {"scope": scope},
                code="scope_missing",
            )
        return True


def scope_of(method: str, route: str) -> Scope | None:
    """The scope that a key needs; None where keys are not let in.

    ``route`` is Django's (``<slug:slug>``) or the schema's (``{slug}``).
    """
    address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).lstrip("/")
    address = address.removeprefix(_ROOT)
    fitting = [start for start in RESOURCES if address.startswith(start)]
    if not fitting:
        return None
    resource = RESOURCES[max(fitting, key=len)]
    return Scope(f"{resource}:{'read' if method in SAFE_METHODS else 'write'}")
