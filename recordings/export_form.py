"""The form on a recording's page that asks for a file."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recordings.models import ExportFormat
from recordings.options import FILE_TYPES, LAYOUTS, MOST_LETTERS, QUALITIES

CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)|(\d+(?:\.\d+)?)")
NAMES = {
    "grid": _("Everybody alike"),
    "speaker": _("Who speaks large, others below"),
    "single": _("Who speaks alone"),
    "screen": _("Shared screen large"),
    "portrait": _("Upright, for phones"),
    "pip": _("Picture in picture"),
}


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
    format = forms.ChoiceField(label=_("Format"), choices=ExportFormat.choices)
    layout = forms.ChoiceField(
        label=_("Layout"),
        choices=[(name, NAMES[name]) for name in LAYOUTS],
        required=False,
    )
    quality = forms.ChoiceField(
        label=_("Quality"),
        choices=[(name, name) for name in QUALITIES],
        initial="720p",
        required=False,
    )
    file_type = forms.ChoiceField(
        label=_("Type of file"),
        choices=[(name, name) for names in FILE_TYPES.values() for name in names],
        required=False,
    )
    start = ClockField(label=_("From"), required=False)
    end = ClockField(label=_("To"), required=False)
    title = forms.CharField(
        label=_("Title card"), max_length=MOST_LETTERS, required=False
    )
    logo = forms.FileField(label=_("Logo"), required=False)
    chat = forms.BooleanField(label=_("Chat beside the picture"), required=False)

    def __init__(self, *args: Any, length: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].widget.attrs.update(placeholder="0:00", size=8)
        self.fields["end"].widget.attrs.update(placeholder=length, size=8)
        self.fields["logo"].widget.attrs["accept"] = "image/*"

    def asked(self) -> dict[str, Any]:
        """What is asked of ``request_export``; fields of other formats are left out."""
        data = dict(self.cleaned_data)
        logo = data.pop("logo")
        if data["file_type"] not in FILE_TYPES.get(data["format"], ()):
            del data["file_type"]
        asked = {name: value for name, value in data.items() if value not in ("", None)}
        return asked | ({"pictures": {"logo": logo.read()}} if logo else {})
