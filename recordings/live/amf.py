"""Action Message Format 0, as far as RTMP's commands need it. Pure."""

import struct
from collections.abc import Mapping
from typing import Any

_DOUBLE = struct.Struct("!d")
_LENGTH = struct.Struct("!H")
_COUNT = struct.Struct("!I")
_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED = 0, 1, 2, 3, 5, 6
_ARRAY = 8
_OBJECT_END = b"\0\0\x09"


class AmfError(ValueError):
    """Bytes that are not AMF 0, or a type that no command has."""


def encode(*values: Any) -> bytes:
    return b"".join(map(_encode, values))


def _encode(value: Any) -> bytes:
    match value:
        case None:
            return bytes([_NULL])
        case bool():
            return bytes([_BOOLEAN, value])
        case int() | float():
            return bytes([_NUMBER]) + _DOUBLE.pack(value)
        case str():
            return bytes([_STRING]) + _text(value)
        case Mapping():
            fields = (_text(name) + _encode(one) for name, one in value.items())
            return bytes([_OBJECT]) + b"".join(fields) + _OBJECT_END
    raise AmfError(f"{type(value)} has no form in AMF 0.")


def _text(value: str) -> bytes:
    coded = value.encode()
    return _LENGTH.pack(len(coded)) + coded


def decode(data: bytes) -> list[Any]:
    """Raises AmfError."""
    values, offset = [], 0
    try:
        while offset < len(data):
            value, offset = _decode(data, offset)
            values.append(value)
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise AmfError("Cut off, or not AMF 0.") from error
    return values


def _decode(data: bytes, offset: int) -> tuple[Any, int]:
    kind, offset = data[offset], offset + 1
    if kind == _NUMBER:
        return _DOUBLE.unpack_from(data, offset)[0], offset + 8
    if kind == _BOOLEAN:
        return bool(data[offset]), offset + 1
    if kind == _STRING:
        return _read_text(data, offset)
    if kind in (_NULL, _UNDEFINED):
        return None, offset
    if kind == _OBJECT:
        return _read_fields(data, offset)
    if kind == _ARRAY:
        return _read_fields(data, offset + _COUNT.size)
    raise AmfError(f"AMF 0 of type {kind}.")


def _read_text(data: bytes, offset: int) -> tuple[str, int]:
    (length,) = _LENGTH.unpack_from(data, offset)
    start = offset + _LENGTH.size
    if start + length > len(data):
        raise AmfError("A text is cut off.")
    return data[start : start + length].decode(), start + length


def _read_fields(data: bytes, offset: int) -> tuple[dict[str, Any], int]:
    fields: dict[str, Any] = {}
    while data[offset : offset + 3] != _OBJECT_END:
        name, offset = _read_text(data, offset)
        fields[name], offset = _decode(data, offset)
    return fields, offset + 3
