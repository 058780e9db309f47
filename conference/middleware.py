"""What every answer carries, and what each person has chosen for theirs."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from conference.object_storage import download_origin
from conference.time_zones import is_zone

GetResponse = Callable[[HttpRequest], HttpResponse]
Policy = dict[str, str]

BUCKET = download_origin(settings.STORAGES["archive"])

# No inline script or style, no eval, nothing from elsewhere, in nobody's frame.
PAGES: Policy = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    # Videos are played from the bucket where the archive is one.
    "media-src": f"'self' blob: {BUCKET}".strip(),
    # Browsers before CSP 3 take 'self' for http(s) alone.
    "connect-src": f"'self' {settings.PUBLIC_URL.replace('http', 'ws', 1)}",
    "object-src": "'none'",
    "base-uri": "'none'",
    # Chromium holds redirects after a form against this, too: where a sign-in service
    # sends people on is known to that service alone.
    "form-action": "'self' https: http:" if settings.OIDC_ISSUER else "'self'",
    "frame-ancestors": "'none'",
}
# Unfold's pages have inline scripts and styles, and Alpine.js evaluates attributes.
ADMIN: Policy = PAGES | {
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}
PERMISSIONS = ", ".join(
    (
        "camera=(self)",
        "microphone=(self)",
        "display-capture=(self)",
        "geolocation=()",
        "payment=()",
        "usb=()",
    )
)


class SecurityHeaders:
    """Says what pages may load and use. A view that needs another policy sets its own.

    Static files carry it as well: a worker obeys the policy of its own script.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages = _written(PAGES)
        self.admin = _written(ADMIN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        is_admin = match is not None and "admin" in match.namespaces
        policy = self.admin if is_admin else self.pages
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class Preferences:
    """The language and the time zone of the user's profile, where they are set.

    After LocaleMiddleware, which goes by the browser. Its time zone comes in a cookie
    that pages set (``static/js/ui/local-time.js``).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = user.time_zone or request.COOKIES.get("time_zone", "")
        with timezone.override(ZoneInfo(zone) if is_zone(zone) else None):
            return self.get_response(request)


def _written(policy: Policy) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())
