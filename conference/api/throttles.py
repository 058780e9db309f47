"""How often one caller may ask; who asks more often is told when to come back."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from conference.models import ApiKey

if TYPE_CHECKING:  # views import their defaults, this module among them
    from rest_framework.views import APIView


class PerCaller(SimpleRateThrottle):
    """Counts each API key, and each user with a session, on its own."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not request.user.is_authenticated:
            return None  # counted by address, by DRF's AnonRateThrottle
        caller = request.auth if isinstance(request.auth, ApiKey) else request.user
        return self.cache_format % {"scope": self.scope, "ident": caller.pk}
