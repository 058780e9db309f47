"""What the admin calls the fields that have no name of their own, in other languages;
and words of its pages (unfold's) that come without a translation.

Django makes such names of the code's, "created at" of ``created_at``. They are looked
up in the catalogue as they are; here they stand for ``make words`` to find.
"""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _


def translate_field_names(models: Iterable[type[Model]]) -> None:
    for model in models:
        for field in model._meta.fields:
            name = field.name.replace("_", " ")
            if field.verbose_name == name:
                field.verbose_name = gettext_lazy(name)


FIELD_NAMES = (
    _("at us"),
    _("attempt"),
    _("attendees"),
    _("bytes"),
    _("cancelled at"),
    _("connected"),
    _("connection"),
    _("consented at"),
    _("created at"),
    _("data"),
    _("deaths"),
    _("digest"),
    _("eject at"),
    _("end us"),
    _("ended at"),
    _("ended us"),
    _("epoch"),
    _("error code"),
    _("error detail"),
    _("fence"),
    _("finished at"),
    _("first position"),
    _("first starts at"),
    _("format"),
    _("hand raised at"),
    _("joined at"),
    _("keep days"),
    _("key"),
    _("last ends at"),
    _("last number"),
    _("last position"),
    _("last used at"),
    _("layout"),
    _("left at"),
    _("locked"),
    _("number"),
    _("options"),
    _("organiser"),
    _("owner"),
    _("participant"),
    _("position"),
    _("poster"),
    _("prefix"),
    _("progress"),
    _("publish"),
    _("recording"),
    _("records"),
    _("requested by"),
    _("revoked at"),
    _("role"),
    _("room"),
    _("scopes"),
    _("sealed at"),
    _("seen at"),
    _("sender name"),
    _("sent us"),
    _("sequence"),
    _("session"),
    _("set by"),
    _("start us"),
    _("started at"),
    _("started by"),
    _("started us"),
    _("state"),
    _("text"),
    _("tracks"),
    _("type"),
    _("updated at"),
    _("user"),
)
ADMIN_WORDS = (
    _("Add row"),
    _("All applications"),
    _("Apply Filters"),
    _("Dark"),
    _("Expand row"),
    _("Forgotten your password or username?"),
    _("General"),
    _("Go back"),
    _("Light"),
    _("Loading more results..."),
    _("More actions"),
    _("No data"),
    _("No recent searches"),
    _("No results found"),
    _("No results matching your query"),
    _("Previous"),
    _("Recent searches"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("System"),
    _("This item will be deleted."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Toggle password visibility"),
    _("Type to search"),
    _("Welcome"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
)
