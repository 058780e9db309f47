"""JSON from a client: one object a message, its fields into a dataclass."""

import json
from collections.abc import Hashable
from dataclasses import MISSING, fields
from functools import cache
from types import UnionType
from typing import Any, NoReturn, TypeVar, cast, get_args, get_type_hints

from django.utils.translation import gettext as _

from conference.errors import Invalid

MESSAGE_LIMIT = 64 * 1024  # bytes of JSON, UTF-8
POSITION_LIMIT = 2**63  # what a column for whole numbers holds

P = TypeVar("P")


def parse_object(message: dict[str, Any]) -> dict[str, Any]:
    """The JSON object of a ``websocket.receive``; raises Invalid for all else."""
    text = message.get("text")
    if text is None:
        raise Invalid(_("A message here is JSON text."), code="malformed_message")
    if len(text) > MESSAGE_LIMIT or len(text.encode()) > MESSAGE_LIMIT:
        raise Invalid(_("A message is larger than 64 KiB."), code="message_too_large")
    try:
        parsed = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("A message is not JSON."), code="malformed_message") from error
    if not isinstance(parsed, dict):
        raise Invalid(_("A message is not a JSON object."), code="malformed_message")
    return parsed


def read_fields(payload: type[P], message: dict[str, Any]) -> P:
    """The payload dataclass from a message; fields that it has not are ignored.

    Raises Invalid, naming the field, for one that is missing or of another type.
    """
    values = {}
    for name, wanted, is_needed in _fields(cast(Hashable, payload)):
        if name in message:
            values[name] = _check(message[name], wanted, name)
        elif is_needed:
            raise Invalid(_("A field is missing."), field=name)
    return payload(**values)


def _check(value: Any, wanted: tuple[Any, ...], field: str) -> Any:
    if type(value) not in wanted:  # not isinstance: true is no number here
        raise Invalid(_("The field “%(name)s” has the wrong type.") % {"name": field})
    if isinstance(value, int) and not -POSITION_LIMIT <= value < POSITION_LIMIT:
        raise Invalid(_("The field “%(name)s” is out of range.") % {"name": field})
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


@cache
def _fields(payload: Hashable) -> list[tuple[str, tuple[Any, ...], bool]]:
    """Name, types and whether it is needed, of each."""
    types = get_type_hints(payload)
    return [
        (field.name, _allowed(types[field.name]), field.default is MISSING)
        for field in fields(payload)  # type: ignore[arg-type]
    ]


def _allowed(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
