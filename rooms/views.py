"""Pages of rooms: making one, and the one in which a meeting is held."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from conference.models import User
from conference.pages import page
from rooms.access import Action
from rooms.join_tokens import enter
from rooms.rules.rooms import create_room


@require_POST
@login_required
def room_create(request: HttpRequest) -> HttpResponse:
    owner = request.user
    assert isinstance(owner, User)  # noqa: S101  login_required sees to it
    name = _("Meeting with %(name)s") % {"name": owner.get_full_name()}
    return redirect("room", slug=create_room(owner, name=name[:100]).slug)


@ensure_csrf_cookie
@page
def room(request: HttpRequest, slug: str) -> HttpResponse:
    token = request.GET.get("token", "")
    access, admission = enter(slug, request.user, token)
    name = access.user.get_full_name() if access.user else ""
    return render(
        request,
        "rooms/room.html",
        {
            "room": access.room,
            "your_name": (admission and admission.name) or name,
            "may_see": admission is None and access.can(Action.SEE),
            "token": token,
            "attends": access.attends,
        },
    )
