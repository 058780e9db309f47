"""The form on a recording's page that asks for a file."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conference.errors import Refused
from recordings.models import ExportFormat, Recording, Segment
from recordings.options import (
    FILE_TYPES,
    LAYOUTS,
    LEAST_BITRATE,
    MOST_BITRATE,
    MOST_LAYOUTS,
    MOST_LETTERS,
    MOST_TEXTS,
    POSITIONS,
    QUALITIES,
    RATES,
)
from recordings.plates import BACKGROUND
from rooms.models import Participant

CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)|(\d+(?:\.\d+)?)")
NAMES = {
    "grid": gettext_lazy("Everybody alike"),
    "speaker": gettext_lazy("Who speaks large, others below"),
    "single": gettext_lazy("Who speaks alone"),
    "screen": gettext_lazy("Shared screen large"),
    "portrait": gettext_lazy("Upright, for phones"),
    "pip": gettext_lazy("Picture in picture"),
}
PLACES = {
    "top": gettext_lazy("Above"),
    "middle": gettext_lazy("In the middle"),
    "bottom": gettext_lazy("Below"),
}
LAYOUT_CHOICES = [(name, NAMES[name]) for name in LAYOUTS]
PLACE_CHOICES = [(name, PLACES[name]) for name in POSITIONS]
# A field for a colour always has one; this one asks for nothing.
NO_COLOUR = "#{:02x}{:02x}{:02x}".format(*BACKGROUND)
PEOPLE_OFFERED = 100


class ClockField(forms.CharField):
    """Seconds, written as ``1:02:03``, ``2:03`` or ``123``; None if empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        match = CLOCK.fullmatch(text)
        if match is None:
            raise forms.ValidationError(_("Write a time as hours:minutes:seconds."))
        if match[4]:
            return float(match[4])
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])


class ExportForm(forms.Form):
    """Beside its fields there are rows, each field of them a list in the data: changes
    of the layout (``layouts_at``, ``layouts_layout``) and texts (``texts_start``,
    ``texts_end``, ``texts_position``, ``texts_text``)."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=ExportFormat.choices
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("Layout"), choices=LAYOUT_CHOICES, required=False
    )
    person = forms.TypedChoiceField(
        label=gettext_lazy("Who is shown large"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    quality = forms.ChoiceField(
        label=gettext_lazy("Quality"),
        choices=[(name, name) for name in QUALITIES],
        initial="720p",
        required=False,
    )
    rate = forms.TypedChoiceField(
        label=gettext_lazy("Pictures a second"),
        coerce=int,
        empty_value=None,
        choices=[(rate, rate) for rate in RATES],
        initial=30,
        required=False,
    )
    bitrate = forms.IntegerField(
        label=gettext_lazy("Bitrate (kbit/s)"),
        min_value=LEAST_BITRATE,
        max_value=MOST_BITRATE,
        required=False,
    )
    file_type = forms.ChoiceField(
        label=gettext_lazy("Type of file"),
        choices=[(name, name) for names in FILE_TYPES.values() for name in names],
        required=False,
    )
    start = ClockField(label=gettext_lazy("From"), required=False)
    end = ClockField(label=gettext_lazy("To"), required=False)
    title = forms.CharField(
        label=gettext_lazy("Title card"), max_length=MOST_LETTERS, required=False
    )
    banner = forms.CharField(
        label=gettext_lazy("Banner below the picture"),
        max_length=MOST_LETTERS,
        required=False,
    )
    logo = forms.FileField(label=gettext_lazy("Logo"), required=False)
    background = forms.CharField(
        label=gettext_lazy("Background colour"),
        initial=NO_COLOUR,
        required=False,
        widget=forms.TextInput({"type": "color"}),
    )
    backdrop = forms.FileField(label=gettext_lazy("Background picture"), required=False)
    chat = forms.BooleanField(
        label=gettext_lazy("Chat beside the picture"), required=False
    )

    places = PLACE_CHOICES

    def __init__(
        self, *args: Any, recording: Recording, length: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = recording.seconds or 0
        self.fields["start"].widget.attrs.update(placeholder="0:00", size=8)
        self.fields["end"].widget.attrs.update(placeholder=length, size=8)
        self.fields["bitrate"].widget.attrs["placeholder"] = _("As needed")
        for name in ("logo", "backdrop"):
            self.fields[name].widget.attrs["accept"] = "image/*"
        person = self.fields["person"]
        assert isinstance(person, forms.TypedChoiceField)  # noqa: S101  as above
        person.choices = [("", _("Who speaks")), *_people(recording)]

    @property
    def layout_rows(self) -> list[dict[str, str]]:
        """As they were filled in."""
        return [*self._rows("layouts", "at", "layout")]

    @property
    def text_rows(self) -> list[dict[str, str]]:
        return [*self._rows("texts", "start", "end", "position", "text")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["layouts"] = [
            {"at": _time(row["at"]), "layout": row["layout"]}
            for row in self.layout_rows[: MOST_LAYOUTS + 1]
        ]
        cleaned["texts"] = [
            row
            | {
                "start": _time(row["start"]),
                "end": _time(row["end"], empty=self._seconds),
            }
            for row in self.text_rows[: MOST_TEXTS + 1]
        ]
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What is asked of ``request_export``; fields of other formats are left out."""
        data = dict(self.cleaned_data)
        files = {"logo": data.pop("logo"), "background": data.pop("backdrop")}
        if data["file_type"] not in FILE_TYPES.get(data["format"], ()):
            del data["file_type"]
        if data["background"] == NO_COLOUR:
            del data["background"]
        asked = {name: given for name, given in data.items() if given not in _EMPTY}
        pictures = {use: file.read() for use, file in files.items() if file}
        return asked | ({"pictures": pictures} if pictures else {})

    def refuse(self, error: Refused) -> None:
        """Say why a rule did not do what was asked."""
        self.add_error(
            error.field if error.field in self.fields else None, error.detail
        )

    def sentences(self) -> Iterator[str]:
        for errors in self.errors.values():
            yield from map(str, errors)

    @property
    def has_error_in_more(self) -> bool:
        """Whether what is folded away has to be looked at."""
        return bool(self.errors.keys() - {"format", "layout", "quality", "file_type"})

    def _rows(self, prefix: str, *names: str) -> Iterator[dict[str, str]]:
        """Those in which something was written."""
        if not isinstance(self.data, QueryDict):
            return
        columns = [self.data.getlist(f"{prefix}_{name}") for name in names]
        for values in zip(*columns, strict=False):
            row = dict(zip(names, map(str.strip, values), strict=True))
            if row.get("at") or row.get("text"):
                yield row


_EMPTY: tuple[Any, ...] = ("", None, [])


def _time(text: str, *, empty: float = 0.0) -> float:
    seconds: float | None = ClockField(required=False).clean(text)
    return empty if seconds is None else seconds


def _people(recording: Recording) -> list[tuple[int, str]]:
    """Of whom something was recorded."""
    theirs = Segment.objects.filter(recording=recording).values("participant")
    people = Participant.objects.filter(session=recording.session_id, pk__in=theirs)
    return list(people.order_by("number").values_list("number", "name"))[
        :PEOPLE_OFFERED
    ]
