"""Finding recordings: search, filters and order, and what a row of the list shows."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conference.models import User
from recordings.chat_words import written
from recordings.models import Export, ExportState, Recording, RecordingState
from rooms.access import visible_rooms
from rooms.models import Participant

ROOMS_OFFERED = 200
BUSY = (ExportState.QUEUED, ExportState.RUNNING)
NEWEST = "newest"
# "-pk" so that pages stay apart where several are equal.
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    NEWEST: ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
    "title": ("title", "-pk"),
    "longest": ((F("ended_us") - F("started_us")).desc(nulls_last=True), "-pk"),
    "largest": ("-bytes", "-pk"),
}


def _date_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class Filters(forms.Form):
    """What the list is narrowed to. What is no such value narrows nothing."""

    search = forms.CharField(
        label=_("Search by title, room, person or chat"),
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": _("Search")}),
    )
    room = forms.ChoiceField(label=_("Room"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *RecordingState.choices],
    )
    since = forms.DateField(label=_("From"), required=False, widget=_date_input())
    until = forms.DateField(label=_("To"), required=False, widget=_date_input())
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            (NEWEST, _("Newest first")),
            ("oldest", _("Oldest first")),
            ("title", _("By title")),
            ("longest", _("Longest first")),
            ("largest", _("Largest first")),
        ],
    )

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data, auto_id="filter-%s")
        rooms = visible_rooms(user).order_by("name").values_list("slug", "name")
        field = self.fields["room"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as above
        field.choices = [("", _("All rooms")), *rooms[:ROOMS_OFFERED]]

    def apply(self, found: QuerySet[Recording]) -> QuerySet[Recording]:
        self.full_clean()
        chosen = self.cleaned_data
        if search := chosen.get("search"):
            found = found.filter(_matches(search))
        if chosen.get("room"):
            found = found.filter(room__slug=chosen["room"])
        if chosen.get("state"):
            found = found.in_state(chosen["state"])  # type: ignore[attr-defined]
        if since := chosen.get("since"):
            found = found.filter(created_at__gte=_midnight(since))
        if until := chosen.get("until"):
            found = found.filter(created_at__lt=_midnight(until + timedelta(days=1)))
        return found.order_by(*ORDERS[chosen.get("order") or NEWEST])

    @property
    def is_narrow(self) -> bool:
        return any(
            self.cleaned_data.get(name) for name in self.fields if name != "order"
        )


def _matches(search: str) -> Q:
    people = Participant.objects.filter(
        session=OuterRef("session"), name__icontains=search
    )
    return (
        Q(title__icontains=search)
        | Q(room__name__icontains=search)
        | written(search)
        | Q(Exists(people))
    )


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def for_rows(found: QuerySet[Recording]) -> QuerySet[Recording]:
    """What a row of a list shows, newest first."""
    people = Participant.objects.filter(session=OuterRef("session")).order_by()
    exports = Export.objects.filter(recording=OuterRef("pk")).order_by("-created_at")
    busy = exports.filter(state__in=BUSY)
    return (
        found.select_related("room")
        .defer("chat_words")
        .annotate(
            people=Subquery(
                people.values("session").annotate(n=Count("pk")).values("n")
            ),
            export_progress=Subquery(busy.values("progress")[:1]),
            newest_export=Subquery(exports.values("state")[:1]),
            newest_error=Subquery(exports.values("error_detail")[:1]),
            file_bytes=Subquery(
                exports.order_by()
                .values("recording")
                .annotate(total=Sum("bytes"))
                .values("total")
            ),
        )
        .order_by("-created_at", "-pk")
    )
