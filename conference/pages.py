"""How a page answers what the rules refuse."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from conference.errors import Denied, NotFound, Refused, SignInNeeded, Unavailable

RETRY_SECONDS = 30

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
            problem = render(request, "503.html", {"detail": error.detail}, status=503)
            problem["Retry-After"] = str(RETRY_SECONDS)
            return problem

    return answer


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
