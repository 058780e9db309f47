"""Who asks: a person by the pages' cookie, or a program by an API key."""

from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from conference.keys import find_key
from conference.models import ApiKey, User


class SiteSession(SessionAuthentication):
    """The pages' session cookie. Who has none is answered 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <API key>``; ``request.auth`` is the key."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        key = find_key(secret.strip())
        if key is None:
            raise AuthenticationFailed(
                _("This API key is unknown, expired or revoked."), code="bad_key"
            )
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def caller(request: Request) -> User:
    """Who asks, where ``IsAuthenticated`` has seen to it that somebody does."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


class SiteSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = f"{__name__}.SiteSession"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = f"{__name__}.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key."}
