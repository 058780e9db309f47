"""What people set about themselves, and the API keys that they make."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from conference.models import Scope, User
from conference.time_zones import zone_names

EXPIRIES = [
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
    ("", _("Never")),
]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # none at run time
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")
        widgets = {"name": forms.TextInput({"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ]
        zones = [(name, name.replace("_", " ")) for name in zone_names()]
        browser = [("", _("As the browser says"))]
        self._offer("language", [*browser, *languages])
        self._offer("time_zone", [*browser, *zones])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as above
        field.choices = choices


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    expires = forms.ChoiceField(
        label=_("When does it expire?"), choices=EXPIRIES, initial="90", required=False
    )

    def wanted(self) -> dict[str, Any]:
        """The arguments of ``keys.create_key``."""
        days = self.cleaned_data["expires"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": timezone.now() + timedelta(days=int(days)) if days else None,
        }
