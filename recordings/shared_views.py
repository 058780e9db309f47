"""Files by links that expire, and what a share link shows to whoever has it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.throttling import BaseThrottle

from conference.errors import Denied, Gone, NotFound, TooMany
from conference.pages import page
from recordings.export_file import file_link, serve_link
from recordings.models import ShareLink
from recordings.picture_views import poster_of
from recordings.rules.shares import (
    check_link_password,
    count_visit,
    open_share_link,
    shown_video,
)


@require_safe
@page
def file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """``name`` is what a browser saves it as; the token says all."""
    try:
        return serve_link(request, token)
    except Gone as error:
        return _gone(request, error)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The recording, or the form that asks for the link's password."""
    try:
        link = open_share_link(token)
    except Gone as error:
        return _gone(request, error)
    if request.method == "POST" and link.password:
        return _unlock(request, link)
    if not _may_see(request, link):
        return _shown(request, "recordings/shared_locked.html", link)
    if _note_visit(request, link):
        count_visit(link)
    return _shown(request, "recordings/shared.html", link)


def _unlock(request: HttpRequest, link: ShareLink) -> HttpResponse:
    try:
        check_link_password(
            link,
            request.POST.get("password", ""),
            # Of the person, by the rule that API throttles have for proxies.
            address=BaseThrottle().get_ident(request),  # type: ignore[arg-type]
        )
    except (Denied, TooMany) as error:
        answer = _shown(request, "recordings/shared_locked.html", link, error.detail)
        answer.status_code = error.status
        if isinstance(error, TooMany):
            answer["Retry-After"] = str(error.retry_after_seconds)
        return answer
    request.session[_unlocked(link)] = True
    return redirect("shared", token=link.token)


@require_safe
@never_cache
@page
def shared_video(request: HttpRequest, token: str) -> HttpResponseBase:
    """To play, or with ``?download`` to save."""
    link = _open_link(request, token)
    video = shown_video(link.recording)
    if video is None:
        raise NotFound(_("The video is not ready yet."))
    inline = "download" not in request.GET
    return HttpResponseRedirect(file_link(video, inline=inline))


@require_safe
@page
def shared_poster(request: HttpRequest, token: str) -> HttpResponse:
    return poster_of(_open_link(request, token).recording)


def _open_link(request: HttpRequest, token: str) -> ShareLink:
    try:
        link = open_share_link(token)
    except Gone as error:
        raise NotFound(error.detail) from error
    if not _may_see(request, link):
        raise Denied(_("This link asks for a password."))
    return link


def _may_see(request: HttpRequest, link: ShareLink) -> bool:
    return not link.password or _unlocked(link) in request.session


def _unlocked(link: ShareLink) -> str:
    return f"share.{link.pk}.unlocked"


def _note_visit(request: HttpRequest, link: ShareLink) -> bool:
    """Whether this browser has not been here before."""
    key = f"share.{link.pk}.visited"
    is_new = key not in request.session
    request.session[key] = True
    return is_new


def _shown(
    request: HttpRequest, template: str, link: ShareLink, error: str = ""
) -> HttpResponse:
    context = {"link": link, "recording": link.recording, "error": error}
    if not error and template == "recordings/shared.html":
        context["video"] = shown_video(link.recording)
    answer = render(request, template, context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _gone(request: HttpRequest, error: Gone) -> HttpResponse:
    context = {"detail": error.detail, "home": reverse("home")}
    return render(request, "recordings/shared_gone.html", context, status=410)
