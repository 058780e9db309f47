"""What the admin's lists share: rows that are to look at only, and links."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator


class ReadOnlyAdmin(ModelAdmin):
    """Rows that the rules alone write."""

    list_per_page = 50
    # The number of all rows beside that of the found ones costs a query.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class UncountedAdmin(ReadOnlyAdmin):
    """A list so long that counting it would take longer than showing a page of it."""

    paginator = InfinitePaginator


def link_to(row: Model | None) -> SafeString | str:
    """To the page of a row, by its name."""
    if row is None:
        return "-"
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), row)


def list_link(model: type[Model], text: object, **lookups: Any) -> SafeString:
    """To the list of rows with these values, such as ``session=<id>``."""
    return format_html('<a href="{}">{}</a>', list_address(model, **lookups), text)


def list_address(model: type[Model], **lookups: Any) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return f"{reverse(name)}?{urlencode(lookups)}" if lookups else reverse(name)
