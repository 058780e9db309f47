"""Live outputs in the admin: to look at, and to stop."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.admin_rows import ReadOnlyAdmin, link_to, list_link
from conference.errors import Refused
from conference.models import User
from recordings.models import LiveOutput, OutputTarget
from recordings.rules.outputs import stop_output
from rooms.access import Access
from rooms.models import Role


@admin.register(LiveOutput)
class LiveOutputAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "of_room",
        "state",
        "reason",
        "hls",
        "is_public",
        "targets",
        "runs",
        "dropped",
        "worker",
        "ended_at",
    )
    list_filter = ("state", "hls", "is_public")
    list_select_related = ("room",)
    search_fields = ("room__name", "room__slug")
    ordering = ("-created_at",)
    # Neither pictures nor the address for whoever has it.
    exclude = ("logo", "background_picture", "token", "window", "claim")
    actions = ("stop",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveOutput]:
        found: QuerySet[LiveOutput] = super().get_queryset(request)
        return found.defer("logo", "background_picture", "window")

    @admin.display(description=gettext_lazy("room"))
    def of_room(self, output: LiveOutput) -> SafeString | str:
        return link_to(output.room)

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, output: LiveOutput) -> str:
        return _(output.error_detail) if output.error_detail else ""

    @admin.display(description=gettext_lazy("targets"))
    def targets(self, output: LiveOutput) -> SafeString:
        return list_link(OutputTarget, _("Targets"), output=output.pk)

    @admin.action(description=gettext_lazy("Stop"))
    def stop(self, request: HttpRequest, queryset: QuerySet[LiveOutput]) -> None:
        """Each on its own: what is refused for one is done for the others."""
        user = request.user if isinstance(request.user, User) else None
        for output in queryset.select_related("room"):
            access = Access(output.room, Role.OWNER, user)
            try:
                stop_output(access, output)
            except Refused as error:
                self.message_user(request, error.detail, messages.WARNING)
            else:
                self.message_user(request, _("Stopped: %s") % output)


@admin.register(OutputTarget)
class OutputTargetAdmin(ReadOnlyAdmin):
    list_display = ("url", "of_output", "state", "error", "retries", "live_since")
    list_filter = ("state",)
    list_select_related = ("output__room",)
    search_fields = ("url",)
    ordering = ("-created_at",)
    exclude = ("secret",)

    @admin.display(description=gettext_lazy("live output"))
    def of_output(self, target: OutputTarget) -> SafeString | str:
        return link_to(target.output)
