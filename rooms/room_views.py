"""Pages of rooms: all of mine; one room's rules and members; archive and delete."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conference.errors import Invalid
from conference.models import User
from conference.pages import carry_out, page, render_list
from rooms.access import Access, Action, access_room, visible_rooms
from rooms.models import Member, Room, Session
from rooms.room_forms import MemberForm, RoomForm
from rooms.rules import members
from rooms.rules.rooms import (
    archive_room,
    create_room,
    delete_room,
    restore_room,
    update_room,
)

PAGE_SIZE = 20
MEMBERS_SHOWN = 500
SESSIONS_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rooms(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  login_required sees to it
    if request.method == "POST":
        return _create(request, user)
    search = request.GET.get("search", "").strip()
    is_archive = "archived" in request.GET
    found = visible_rooms(user).filter(archived_at__isnull=not is_archive)
    if search:
        found = found.filter(name__icontains=search)
    pages = Paginator(_for_rows(found, user), PAGE_SIZE)
    context: dict[str, Any] = {
        "page": pages.get_page(request.GET.get("page")),
        "search": search,
        "is_archive": is_archive,
    }
    return render_list(request, "rooms/list.html", "rooms/found.html", context)


def _for_rows(found: QuerySet[Room], user: User) -> QuerySet[Room]:
    """What a row of the list shows, newest first. Who has no role is the owner."""
    sessions = Session.objects.filter(room=OuterRef("pk"))
    newest = sessions.order_by("-started_at").values("started_at")[:1]
    own = Member.objects.filter(room=OuterRef("pk"), user=user).values("role")
    return (
        found.select_related("owner")
        .annotate(
            last_met=Subquery(newest),
            meets_now=Exists(sessions.filter(ended_at=None)),
            my_role=Subquery(own),
        )
        .order_by("-created_at", "-pk")
    )


def _create(request: HttpRequest, user: User) -> HttpResponse:
    try:
        room = create_room(user, name=request.POST.get("name", ""))
    except Invalid as error:
        messages.error(request, error.detail)
        return redirect("rooms")
    messages.success(request, _("The room is there. Set who may enter and record."))
    return redirect("room_settings", slug=room.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def room_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Its owner changes what its members see."""
    is_change = request.method == "POST"
    access = access_room(slug, request.user, Action.MANAGE if is_change else Action.SEE)
    form = RoomForm(request.POST if is_change else None, instance=access.room)
    if is_change and form.is_valid():
        answer = _obey(form, lambda: update_room(access.room, **form.cleaned_data))
        if answer:
            messages.success(request, _("Saved."))
            return redirect("room_settings", slug=slug)
    return _settings_page(request, access, form=form)


def _settings_page(
    request: HttpRequest, access: Access, **forms_: forms.BaseForm
) -> HttpResponse:
    # As it is in the database: a form that failed has changed the instance.
    access.room.refresh_from_db()
    listed = access.room.members.select_related("user").order_by("created_at")
    context: dict[str, Any] = {
        "room": access.room,
        "may_manage": access.can(Action.MANAGE),
        "may_enter": access.can(Action.ENTER),
        "sessions": access.room.sessions.order_by("-started_at")[:SESSIONS_SHOWN],
        "members": listed[:MEMBERS_SHOWN],
        "roles": Member._meta.get_field("role").flatchoices,
        "member_form": MemberForm(auto_id="member_%s"),
        "form": None,
    }
    has_errors = any(form.errors for form in forms_.values())
    status = 422 if has_errors else 200
    return render(request, "rooms/settings.html", context | forms_, status=status)


def _obey(form: forms.BaseForm, action: Callable[[], object]) -> bool:
    """Whether the rules did it; else the form says why not, at the field."""
    try:
        action()
    except Invalid as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, error.detail)
        return False
    return True


@require_POST
@login_required
@page
def member_add(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_room(slug, request.user, Action.MANAGE)
    form = MemberForm(request.POST, auto_id="member_%s")
    if form.is_valid() and _obey(
        form, lambda: members.add_member(access, **form.cleaned_data)
    ):
        messages.success(request, _("The room has a new member."))
        return redirect("room_settings", slug=slug)
    return _settings_page(
        request, access, member_form=form, form=RoomForm(instance=access.room)
    )


@require_POST
@login_required
@page
def member_change(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    access = access_room(slug, request.user, Action.MANAGE)
    member = members.find_member(access, member_id)
    role = request.POST.get("role", "")
    return carry_out(
        request,
        lambda: members.change_member(access, member, role=role),
        done=_("Saved."),
        go_to=reverse("room_settings", args=[slug]),
    )


@require_POST
@login_required
@page
def member_remove(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    access = access_room(slug, request.user, Action.SEE)
    member = members.find_member(access, member_id)
    is_own = access.user is not None and member.user_id == access.user.pk
    return carry_out(
        request,
        lambda: members.remove_member(access, member),
        done=_("You have left the room.") if is_own else _("The member is removed."),
        go_to=reverse("rooms") if is_own else reverse("room_settings", args=[slug]),
    )


@require_POST
@login_required
@page
def room_archive(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_room(slug, request.user, Action.MANAGE)
    return carry_out(
        request,
        lambda: archive_room(access.room),
        done=_("The room is archived. Its recordings stay."),
        go_to=reverse("room_settings", args=[slug]),
    )


@require_POST
@login_required
@page
def room_restore(request: HttpRequest, slug: str) -> HttpResponse:
    access = access_room(slug, request.user, Action.MANAGE)
    return carry_out(
        request,
        lambda: restore_room(access.room),
        done=_("The room is open again."),
        go_to=reverse("room_settings", args=[slug]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@page
def room_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked for, it says what goes with the room."""
    access = access_room(slug, request.user, Action.MANAGE)
    if request.method == "POST":
        return carry_out(
            request,
            lambda: delete_room(access.room),
            done=_("The room is deleted."),
            go_to=reverse("rooms"),
        )
    return render(
        request,
        "rooms/delete.html",
        {"room": access.room, "goes": _what_goes(access.room)},
    )


def _what_goes(room: Room) -> dict[str, int]:
    now = timezone.now()
    planned = room.meetings.filter(cancelled_at=None)
    return {
        "sessions": room.sessions.count(),
        "recordings": room.sessions.aggregate(count=Count("recordings"))["count"],
        "messages": room.chat.count(),
        "meetings": planned.exclude(last_ends_at__lte=now).count(),
        "members": room.members.count(),
    }
