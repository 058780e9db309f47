"""Recordings in the admin: to look at, and to try an export again or stop it.

Rows are written by the rules alone, and deleted where their files are: on the site.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import recordings.output_admin  # noqa: F401 - its rows are of this page too
from conference.admin_rows import ReadOnlyAdmin, link_to, list_link
from conference.errors import Refused
from conference.models import User
from conference.templatetags.look import duration
from recordings.models import (
    AuditEntry,
    Export,
    Hold,
    Recording,
    RecordingState,
    Segment,
)
from recordings.rules import cancel_export, hold, release, retry_export
from rooms.access import Access
from rooms.clock import from_us
from rooms.models import Role

ExportRule = Callable[[Access, Export], Export]


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(RecordingState.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Recording]:
        found: QuerySet[Recording] = queryset
        state = self.value()
        return queryset.in_state(state) if state in RecordingState.values else found


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    list_display = (
        "title",
        "in_session",
        "current_state",
        "began",
        "length",
        "size",
        "segments",
        "exports",
    )
    list_filter = (StateFilter,)
    list_select_related = ("session__room",)
    search_fields = ("title",)  # the room is in it as a rule
    ordering = ("-created_at",)

    @admin.display(description=gettext_lazy("session"))
    def in_session(self, recording: Recording) -> SafeString | str:
        return link_to(recording.session)

    @admin.display(description=gettext_lazy("state"))
    def current_state(self, recording: Recording) -> str:
        return str(recording.state.label)

    @admin.display(description=gettext_lazy("started at"), ordering="started_us")
    def began(self, recording: Recording) -> datetime:
        return recording.started_at

    @admin.display(description=gettext_lazy("length"))
    def length(self, recording: Recording) -> str:
        return "-" if recording.seconds is None else duration(recording.seconds)

    @admin.display(description=gettext_lazy("size"), ordering="bytes")
    def size(self, recording: Recording) -> str:
        return filesizeformat(recording.bytes)

    @admin.display(description=gettext_lazy("segments"))
    def segments(self, recording: Recording) -> SafeString:
        return list_link(Segment, _("Segments"), recording=recording.pk)

    @admin.display(description=gettext_lazy("exports"))
    def exports(self, recording: Recording) -> SafeString:
        return list_link(Export, _("Exports"), recording=recording.pk)


@admin.register(Segment)
class SegmentAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "begins",
        "participant",
        "in_recording",
        "records",
        "size",
    )
    list_select_related = ("participant", "recording")
    search_fields = ("key",)

    @admin.display(description=gettext_lazy("key"), ordering="key")
    def name(self, segment: Segment) -> str:
        return str(segment)

    @admin.display(description=gettext_lazy("begins"), ordering="start_us")
    def begins(self, segment: Segment) -> str:
        """To the second: segments are seconds long."""
        at = localtime(from_us(segment.start_us))
        return f"{date_format(at, 'DATE_FORMAT')} {at:%H:%M:%S}"

    @admin.display(description=gettext_lazy("recording"))
    def in_recording(self, segment: Segment) -> SafeString | str:
        return link_to(segment.recording)

    @admin.display(description=gettext_lazy("size"), ordering="bytes")
    def size(self, segment: Segment) -> str:
        return filesizeformat(segment.bytes)


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "of_recording",
        "format",
        "state",
        "percent",
        "reason",
        "size",
    )
    list_filter = ("state", "format")
    list_select_related = ("recording",)
    search_fields = ("recording__title",)
    ordering = ("-created_at",)
    actions = ("retry", "cancel")

    @admin.display(description=gettext_lazy("recording"))
    def of_recording(self, export: Export) -> SafeString | str:
        return link_to(export.recording)

    @admin.display(description=gettext_lazy("done"), ordering="progress")
    def percent(self, export: Export) -> str:
        return f"{export.progress:.0%}"

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, export: Export) -> str:
        return _(export.error_detail)

    @admin.display(description=gettext_lazy("size"), ordering="bytes")
    def size(self, export: Export) -> str:
        return filesizeformat(export.bytes)

    @admin.action(description=gettext_lazy("Try again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        self._apply(request, queryset, retry_export, _("Queued: %s"))

    @admin.action(description=gettext_lazy("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        self._apply(request, queryset, cancel_export, _("Cancelled: %s"))

    def _apply(
        self,
        request: HttpRequest,
        queryset: QuerySet[Export],
        rule: ExportRule,
        done: str,
    ) -> None:
        """Each on its own: what is refused for one is done for the others."""
        user = request.user if isinstance(request.user, User) else None
        for export in queryset.select_related("recording__room"):
            access = Access(export.recording.room, Role.OWNER, user)
            try:
                rule(access, export)
            except Refused as error:
                self.message_user(request, error.detail, messages.WARNING)
            else:
                self.message_user(request, done % export)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Adding one holds a recording, deleting it releases the recording."""

    list_display = ("recording", "reason", "set_by", "set_at")
    list_select_related = ("recording", "set_by")
    search_fields = ("recording__title", "reason")
    fields = ("recording", "reason")
    autocomplete_fields = ("recording",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_staff(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_staff(request)

    def save_model(
        self, request: HttpRequest, obj: Hold, form: Any, change: bool
    ) -> None:
        assert isinstance(request.user, User)  # noqa: S101  the admin sees to it
        obj.pk = hold(request.user, obj.recording, obj.reason).pk

    def delete_model(self, request: HttpRequest, obj: Hold) -> None:
        assert isinstance(request.user, User)  # noqa: S101  as above
        release(request.user, obj.recording)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        for held in queryset.select_related("recording__room"):
            self.delete_model(request, held)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "title", "room", "by_name", "summary")
    list_filter = ("action",)
    search_fields = ("title", "room", "by_name", "recording")
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("details"))
    def summary(self, entry: AuditEntry) -> str:
        return ", ".join(f"{name}: {value}" for name, value in entry.details.items())


def _is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)
