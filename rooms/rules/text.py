"""Text that people write: names and chat. It stays text; markup is for the reader
to escape."""

import unicodedata

from django.utils.translation import gettext as _

from conference.errors import Invalid

NAME_LIMIT = 100  # characters, as in the models


def clean_name(name: object) -> str:
    """A name on one line, 1 to 100 characters, outer space removed."""
    if not isinstance(name, str):
        raise Invalid(_("A name is text."), field="name")
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LIMIT or has_controls(name):
        raise Invalid(
            _("A name has 1 to %(limit)d characters.") % {"limit": NAME_LIMIT},
            field="name",
        )
    return name


def clean_text(text: object, *, limit: int) -> str:
    """Text of several lines, 1 to ``limit`` characters, outer space removed."""
    if not isinstance(text, str):
        raise Invalid(_("A message is text."), field="text")
    text = text.strip()
    if not 1 <= len(text) <= limit or has_controls(text, but="\n\r\t"):
        raise Invalid(
            _("A message has 1 to %(limit)d characters.") % {"limit": limit},
            field="text",
        )
    return text


def has_controls(text: str, *, but: str = "") -> bool:
    """Control characters and lone surrogates; neither can be stored everywhere."""
    return any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in but
        for letter in text
    )
