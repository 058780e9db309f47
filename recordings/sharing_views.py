"""On a recording's page: how long it is kept, and its share links."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from conference.pages import carry_out, page
from recordings import rules
from recordings.access import access_recording, access_share_link
from recordings.models import Recording
from rooms.access import Action
from rooms.room_forms import OFFERED_DAYS, days_label

OFFERED_LINK_DAYS = (1, 7, 30, 90, 365)
AS_THE_ROOM = "room"


class KeepingForm(forms.Form):
    keep_days = forms.ChoiceField(label=gettext_lazy("Keep it"))

    def __init__(self, recording: Recording, data: Any = None) -> None:
        own = recording.keep_days
        initial = AS_THE_ROOM if own is None else own
        super().__init__(data, initial={"keep_days": initial})
        offered = sorted({0, *OFFERED_DAYS, own or 0})
        choices = [(str(days), days_label(days)) for days in offered]
        field = self.fields["keep_days"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as above
        field.choices = [(AS_THE_ROOM, _("As long as its room does")), *choices]


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(
        label=gettext_lazy("The link works for"), coerce=int, initial=30
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=128,
        help_text=gettext_lazy("Tell it to them in another way than the link."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["days"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  as above
        field.choices = [
            (days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days})
            for days in OFFERED_LINK_DAYS
        ]


def sharing_context(recording: Recording, *, may_curate: bool) -> dict[str, Any]:
    """What the recording's page shows of it."""
    now: datetime = timezone.now()
    links = recording.share_links.filter(revoked_at=None, expires_at__gt=now)
    return {
        "share_links": links.select_related("created_by") if may_curate else [],
        "share_form": ShareForm(),
        "keeping_form": KeepingForm(recording),
    }


@require_POST
@login_required
@page
def keep(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user, Action.CURATE)
    form = KeepingForm(found, request.POST)
    chosen = form.cleaned_data["keep_days"] if form.is_valid() else "-1"
    days = None if chosen == AS_THE_ROOM else int(chosen)
    return carry_out(
        request,
        lambda: rules.set_retention(access, found, days),
        done=_("Saved."),
        go_to=reverse("recording", args=[found.pk]),
    )


@require_POST
@login_required
@page
def share(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    found, access = access_recording(recording_id, request.user, Action.CURATE)
    form = ShareForm(request.POST)
    form.full_clean()
    days = form.cleaned_data.get("days")
    password = request.POST.get("password", "")
    return carry_out(
        request,
        lambda: rules.make_share_link(access, found, days=days, password=password),
        done=_("The link is there. Copy it and pass it on."),
        go_to=reverse("recording", args=[found.pk]) + "#share",
    )


@require_POST
@login_required
@page
def unshare(request: HttpRequest, link_id: UUID) -> HttpResponse:
    link, access = access_share_link(link_id, request.user, Action.CURATE)
    return carry_out(
        request,
        lambda: rules.revoke_share_link(access, link),
        done=_("The link is revoked."),
        go_to=reverse("recording", args=[link.recording_id]) + "#share",
    )
