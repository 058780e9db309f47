"""How a page answers what the rules refuse."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views import defaults

from conference.database_errors import AWAY, database_away
from conference.errors import Denied, NotFound, Refused, SignInNeeded, Unavailable

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(view: View[P]) -> View[P]:
    """Refusals become the sign-in page, or the page of 403, 404 or 503."""

    @wraps(view)
    def answer(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SignInNeeded:
            return redirect_to_login(request.get_full_path())
        except NotFound as error:
            return render(request, "404.html", {"detail": error.detail}, status=404)
        except Denied as error:
            raise PermissionDenied(error.detail) from error
        except Unavailable as error:
            return _try_later(
                render(request, "503.html", {"detail": error.detail}), error
            )

    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Of an error that nothing has caught (Django's ``handler500``): also of what is
    asked of the database before a view, for REST in its envelope."""
    error = sys.exc_info()[1]
    if not isinstance(error, AWAY):
        return defaults.server_error(request)
    away = database_away(error)
    if request.path.startswith("/api/"):
        told = {"code": away.code, "detail": away.detail, "attr": None}
        return _try_later(
            JsonResponse({"type": "server_error", "errors": [told]}), away
        )
    # Without the request, of which nothing may be asked.
    return _try_later(
        HttpResponse(render_to_string("503.html", {"detail": away.detail})), away
    )


def _try_later(response: HttpResponse, error: Unavailable) -> HttpResponse:
    response.status_code = error.status
    response["Retry-After"] = str(error.retry_after_seconds)
    return response


def carry_out(
    request: HttpRequest, action: Callable[[], object], *, done: str, go_to: str
) -> HttpResponse:
    """Do what a form asks, say so (or why not), and go on to a page."""
    try:
        action()
    except (SignInNeeded, NotFound, Denied):
        raise
    except Refused as error:
        messages.error(request, error.detail)
    else:
        if done:
            messages.success(request, done)
    return redirect(go_to)


def render_list(
    request: HttpRequest, whole: str, found: str, context: dict[str, Any]
) -> HttpResponse:
    """A page with a list, or to htmx the list alone, ``found`` being a part of it."""
    htmx = request.htmx  # type: ignore[attr-defined]  # HtmxMiddleware
    is_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, found if is_part else whole, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
