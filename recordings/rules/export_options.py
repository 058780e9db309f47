"""What people may ask of an export: checked here, for pages and REST alike."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from conference.errors import Invalid
from recordings.models import ExportFormat, Recording
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
    ExportOptions,
)
from rooms.models import Participant

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
LEAST_SECONDS = 0.1
PICTURE_BYTES = 4 << 20  # as uploaded
PICTURE_SIDE = 1920  # pixels, as kept
PICTURE_PIXELS = 40_000_000


def check_options(
    recording: Recording, *, format: str, given: Mapping[str, Any]
) -> ExportOptions:
    """``given``: fields of ExportOptions. Raises Invalid, which names the field."""
    if format not in ExportFormat.values:
        raise Invalid(_("There is no such export format."), field="format")
    unknown = set(given) - {field.name for field in fields(ExportOptions)}
    if unknown:
        raise Invalid(_("There is no such option."), field=min(unknown))
    values = checked_values(given)
    types = FILE_TYPES.get(format, ("",))
    values["file_type"] = values.get("file_type") or types[0]
    if values["file_type"] not in types:
        raise Invalid(_("This format has no such type of file."), field="file_type")
    options = ExportOptions(**values)
    _check_clip(options, recording)
    _check_layouts(options, recording)
    return options


def checked_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Of fields of ExportOptions, those that are given. Raises Invalid."""
    values = {name: value for name, value in given.items() if value is not None}
    for name, value in values.items():
        try:
            values[name] = _CHECKS[name](value)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise Invalid(str(error) or _("This is not valid."), field=name) from error
    return values


def check_person(number: int | None, session_id: UUID) -> None:
    """Raises Invalid where nobody in the session has this number."""
    if number is None:
        return
    people = Participant.objects.filter(session=session_id)
    if not people.filter(number=number).exists():
        raise Invalid(_("There was nobody with this number."), field="person")


def _check_clip(options: ExportOptions, recording: Recording) -> None:
    length = recording.seconds or 0
    end = length if options.end is None else options.end
    if not 0 <= options.start < length:
        raise Invalid(_("The clip begins outside the recording."), field="start")
    if end > length + 1:  # what a page shows is rounded
        raise Invalid(_("The clip ends after the recording."), field="end")
    if min(end, length) < options.start + min(LEAST_SECONDS, length):
        raise Invalid(_("The clip ends before it begins."), field="end")


def _check_layouts(options: ExportOptions, recording: Recording) -> None:
    for _at, name in options.layouts:
        if (name == "portrait") != options.is_portrait:
            raise Invalid(
                _("A video is wide or upright all the time."), field="layouts"
            )
    check_person(options.person, recording.session_id)


def clean_picture(data: bytes, *, field: str) -> bytes:
    """A picture as PNG, no larger than a frame. Raises Invalid."""
    if len(data) > PICTURE_BYTES:
        raise Invalid(_("This picture is larger than 4 MB."), field=field)
    try:
        picture = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF"))
        if picture.width * picture.height > PICTURE_PIXELS:
            raise Invalid(_("This picture has too many pixels."), field=field)
        kept = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Invalid(_("This is not a picture."), field=field) from error
    kept.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    file = BytesIO()
    kept.save(file, "PNG")
    return file.getvalue()


def _one_of(allowed: Sequence[Any]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError(
                _("Choose one of: %(allowed)s.")
                % {"allowed": ", ".join(str(one) for one in allowed)}
            )
        return value

    return check


def _number(least: float, most: float) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(_("This is not a number."))
        if not least <= value <= most:
            raise ValueError(
                _("Choose a number from %(least)s to %(most)s.")
                % {"least": least, "most": most}
            )
        return value

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("This is not a text."))
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if len(text) > MOST_LETTERS:
        raise ValueError(
            _("A text has at most %(most)d characters.") % {"most": MOST_LETTERS}
        )
    return text


def _colour(value: Any) -> str:
    if value != "" and not (isinstance(value, str) and COLOUR.fullmatch(value)):
        raise ValueError(_("Write a colour as #rrggbb."))
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("This is not true or false."))
    return value


SECONDS = _number(0, 7 * 24 * 3600)


def _layouts(value: Any) -> tuple[tuple[float, str], ...]:
    """``value``: objects with ``at`` and ``layout``."""
    layouts = [(SECONDS(one["at"]), _one_of(LAYOUTS)(one["layout"])) for one in value]
    if len(layouts) > MOST_LAYOUTS:
        raise ValueError(_("These are too many."))
    return tuple(sorted(layouts))


def _texts(value: Any) -> tuple[tuple[float, float | None, str, str], ...]:
    """``value``: objects with ``text`` and maybe ``start``, ``end`` (without them all
    the time) and ``position``."""
    texts = [
        (
            SECONDS(one.get("start", 0)),
            None if one.get("end") is None else SECONDS(one["end"]),
            _one_of(POSITIONS)(one.get("position", "bottom")),
            _text(one.get("text", "")),
        )
        for one in value
    ]
    if len(texts) > MOST_TEXTS:
        raise ValueError(_("These are too many."))
    for start, end, _position, text in texts:
        if not text or (end is not None and end <= start):
            raise ValueError(_("A text needs letters, and ends after it begins."))
    return tuple(texts)


def _whole(check: Callable[[Any], float]) -> Callable[[Any], int]:
    def check_whole(value: Any) -> int:
        if check(value) != int(value):
            raise ValueError(_("This is not a whole number."))
        return int(value)

    return check_whole


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "layout": _one_of(LAYOUTS),
    "layouts": _layouts,
    "person": _whole(_number(1, 1_000_000)),
    "start": SECONDS,
    "end": SECONDS,
    "quality": _one_of(tuple(QUALITIES)),
    "rate": _one_of(RATES),
    "bitrate": _whole(_number(LEAST_BITRATE, MOST_BITRATE)),
    "file_type": _one_of(
        ("", *(name for names in FILE_TYPES.values() for name in names))
    ),
    "chat": _flag,
    "background": _colour,
    "title": _text,
    "banner": _text,
    "texts": _texts,
}
