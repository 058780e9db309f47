"""What templates need to look like the product."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of ``static/icons.svg``; decoration, so the text beside it must do."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def local_time(time: datetime, form: str = "DATETIME_FORMAT") -> SafeString:
    """A time that ``static/js/ui/local-time.js`` moves into the reader's time zone.

    ``form`` is "DATETIME_FORMAT", or "TIME_FORMAT" where the day is known.
    """
    return format_html(
        '<local-time{}><time datetime="{}">{}</time></local-time>',
        mark_safe(" data-of-day") if form == "TIME_FORMAT" else "",
        time.isoformat(timespec="seconds"),
        date_format(localtime(time), form),
    )


@register.simple_tag(takes_context=True)
def place(context: Context, name: str, label: str) -> SafeString:
    """A link of the main menu, marked where one is on the page or one below it."""
    address = reverse(name)
    is_here = context["request"].path.startswith(address)
    return format_html(
        '<a href="{}"{}>{}</a>',
        address,
        mark_safe(' aria-current="page"') if is_here else "",
        label,
    )


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has for a key, or None."""
    return values.get(key)


@register.filter
def initials(name: str) -> str:
    """Of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def duration(seconds: float) -> str:
    """As people write it: 4:05 or 1:04:05."""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
