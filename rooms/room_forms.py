"""The forms of a room: its name and rules, and somebody to give a role in it."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rooms.models import Role, Room
from rooms.models.room import MEMBER_ROLES

OFFERED_DAYS = (7, 30, 90, 180, 365)


def days_label(days: int) -> str:
    if not days:
        return str(_("For ever"))
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]  # none at run time
    """Checks nothing that the rules do not: they are asked with what comes out."""

    retention_days = forms.TypedChoiceField(
        label=_("Recordings are kept"),
        coerce=int,
        help_text=_("What is older is deleted with all files made from it."),
    )

    keep_unrecorded_days = forms.TypedChoiceField(
        label=_("Sessions that nobody records"),
        coerce=int,
        help_text=_(
            "If they are kept, they are recorded by themselves; whoever joins is told."
        ),
    )

    class Meta:
        model = Room
        fields = (
            "name",
            "kind",
            "attendees_chat",
            "entry",
            "recorders",
            "retention_days",
            "keep_unrecorded_days",
        )
        help_texts: ClassVar = {
            "kind": _("In a webinar hosts and members take part, guests only watch."),
            "attendees_chat": _("Of webinars; in meetings everybody may."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_days("retention_days", _("For ever"))
        self._offer_days("keep_unrecorded_days", _("Nothing is kept"))

    def _offer_days(self, name: str, zero: Any) -> None:
        offered = sorted({*OFFERED_DAYS, getattr(self.instance, name)} - {0})
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  as above
        field.choices = [(0, zero), *((days, days_label(days)) for days in offered)]


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=MEMBER_ROLES, initial=Role.MEMBER)
