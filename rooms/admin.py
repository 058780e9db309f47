"""Rooms in the admin, and what happened in them.

What happened is read-only: the rules alone write sessions, participants, events and
chat, and keep them in step. A room's name and rules go through their rule as well.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from conference.admin_rows import ReadOnlyAdmin, UncountedAdmin, link_to, list_link
from conference.errors import Invalid
from rooms.models import (
    ChatMessage,
    Event,
    Invitee,
    Meeting,
    Member,
    Participant,
    Recorders,
    Room,
    Session,
)
from rooms.rules.rooms import (
    RETENTION_LIMIT,
    check_kind_may_change,
    delete_room,
    update_room,
)
from rooms.rules.text import clean_name as clean_room_name

# What goes through the rule; see ``save_model``.
RULES = (
    "name",
    "kind",
    "attendees_chat",
    "entry",
    "recorders",
    "retention_days",
    "keep_unrecorded_days",
)


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Refuses at the field what the rule would refuse."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = MaxValueValidator(RETENTION_LIMIT)
        for name in ("retention_days", "keep_unrecorded_days"):
            self.fields[name].validators.append(limit)

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data["kind"])
        if kind != self.initial.get("kind", kind):
            try:
                check_kind_may_change(self.instance)
            except Invalid as error:
                raise ValidationError(error.detail) from error
        return kind

    def clean_recorders(self) -> str:
        chosen = str(self.cleaned_data["recorders"])
        if self.instance.is_never_recorded != (chosen == Recorders.NOBODY):
            try:
                check_kind_may_change(self.instance, field="recorders")
            except Invalid as error:
                raise ValidationError(error.detail) from error
        return chosen

    def clean_name(self) -> str:
        try:
            return clean_room_name(self.cleaned_data["name"])
        except Invalid as error:
            raise ValidationError(error.detail) from error


class MemberInline(TabularInline):
    model = Member
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Room)
class RoomAdmin(ModelAdmin):
    form = RoomForm
    list_display = ("name", "slug", "owned_by", "entry", "created_at", "sessions")
    list_filter = ("kind", "entry", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "owner__email")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-created_at",)
    autocomplete_fields = ("owner",)
    readonly_fields = ("slug", "created_at", "archived_at")
    inlines = (MemberInline,)

    @admin.display(description=_("owner"), ordering="owner__email")
    def owned_by(self, room: Room) -> SafeString | str:
        return link_to(room.owner)

    @admin.display(description=_("sessions"))
    def sessions(self, room: Room) -> SafeString:
        return list_link(Session, _("Sessions"), room=room.pk)

    def save_model(
        self, request: HttpRequest, obj: Room, form: Any, change: bool
    ) -> None:
        if not change:
            obj.save()
            return
        # Saving the whole row would set the room's position back.
        update_room(obj, **{name: getattr(obj, name) for name in RULES})
        obj.save(update_fields=["owner"])

    def has_delete_permission(
        self, request: HttpRequest, obj: Room | None = None
    ) -> bool:
        if obj is not None and obj.sessions.filter(ended_at=None).exists():
            return False
        return bool(super().has_delete_permission(request, obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What happened in a room goes with it, though it cannot be deleted alone."""
        found, counts, _forbidden, protected = super().get_deleted_objects(
            objs, request
        )
        return found, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Room) -> None:
        delete_room(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # it asks for no rule
        return actions


class LiveFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("Live now")), ("over", _("Over"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Session]
    ) -> QuerySet[Session]:
        if self.value() is None:
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "live")


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "in_room", "ended_at", "people", "events")
    list_filter = (LiveFilter,)
    list_select_related = ("room",)
    search_fields = ("room__name", "room__slug")
    ordering = ("-started_at",)

    @admin.display(description=_("room"), ordering="room__name")
    def in_room(self, session: Session) -> SafeString | str:
        return link_to(session.room)

    @admin.display(description=_("people"))
    def people(self, session: Session) -> SafeString:
        return list_link(Participant, session.last_number, session=session.pk)

    @admin.display(description=_("events"))
    def events(self, session: Session) -> SafeString:
        return list_link(Event, _("Events"), session=session.pk)


@admin.register(Participant)
class ParticipantAdmin(UncountedAdmin):
    """In the order of their sessions: an index has it."""

    list_display = ("name", "in_session", "number", "role", "joined_at", "left_at")
    list_filter = ("role", "connected")
    search_fields = ("name", "user__email")
    ordering = ("-session", "-number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        """Sessions and rooms of one page alone: joined, PostgreSQL would look up those
        of all that a search finds before it sorts."""
        found: QuerySet[Participant] = super().get_queryset(request)
        return found.prefetch_related("session__room")

    @admin.display(description=_("session"))
    def in_session(self, participant: Participant) -> SafeString | str:
        return link_to(participant.session)


@admin.register(Event)
class EventAdmin(UncountedAdmin):
    """In the order of their rooms: an index has it."""

    list_display = ("position", "type", "in_room", "in_session")
    list_select_related = ("room", "session__room")
    search_fields = ("=room__slug",)
    ordering = ("-room", "-position")

    @admin.display(description=_("room"))
    def in_room(self, event: Event) -> SafeString | str:
        return link_to(event.room)

    @admin.display(description=_("session"))
    def in_session(self, event: Event) -> SafeString | str:
        return link_to(event.session)


@admin.register(ChatMessage)
class ChatMessageAdmin(UncountedAdmin):
    """In the order of their rooms, as events are."""

    list_display = ("sender_name", "text", "in_room", "in_session")
    list_select_related = ("room", "session__room")
    search_fields = ("=room__slug",)
    ordering = ("-room", "-position")

    @admin.display(description=_("room"))
    def in_room(self, message: ChatMessage) -> SafeString | str:
        return link_to(message.room)

    @admin.display(description=_("session"))
    def in_session(self, message: ChatMessage) -> SafeString | str:
        return link_to(message.session)


class InviteeInline(TabularInline):
    model = Invitee
    fields = ("email", "name", "state", "reason", "sent_at")
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    """Changed and cancelled on the site: whoever is invited is told of it there."""

    list_display = (
        "title",
        "in_room",
        "organised_by",
        "first_starts_at",
        "rule",
        "cancelled_at",
    )
    list_filter = (("cancelled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("room", "organiser")
    search_fields = ("title", "room__name", "organiser__email")
    ordering = ("-created_at",)
    inlines = (InviteeInline,)

    @admin.display(description=_("room"), ordering="room__name")
    def in_room(self, meeting: Meeting) -> SafeString | str:
        return link_to(meeting.room)

    @admin.display(description=_("organiser"), ordering="organiser__email")
    def organised_by(self, meeting: Meeting) -> SafeString | str:
        return link_to(meeting.organiser)
