"""What signing up asks for beside e-mail and password."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conference.models import User


class SignUpForm(forms.Form):
    """The base of allauth's form; it calls ``signup`` with the user made."""

    name = forms.CharField(label=_("Your name"), max_length=100, required=False)
    name.widget.attrs["autocomplete"] = "name"

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
