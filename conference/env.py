"""Typed readers of the environment.

A bad value stops the start with one sentence that names the variable. Every
variable may also be given as a file: ``NAME_FILE`` holds the path of a file whose
content, without the final newline, is the value.
"""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from conference.network import in_url

DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]*:[0-9a-f:.]*")


def text(name: str, default: str) -> str:
    file_name = os.environ.get(f"{name}_FILE")
    if not file_name:
        return os.environ.get(name, default)
    if name in os.environ:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(file_name).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE={file_name!r} cannot be read: {error}."
        ) from error


def integer(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}={value!r} must be a whole number from {least} to {most}."
        ) from None
    if not least <= number <= most:
        raise ImproperlyConfigured(
            f"{name}={value!r} must be a whole number from {least} to {most}."
        )
    return number


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name}={value!r} must be 1 or 0.")


def words(name: str, default: str) -> list[str]:
    """Comma-separated words, empty ones left out."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(
            f"{name}={value!r} must be one of: {', '.join(options)}."
        )
    return value


def email(name: str, default: str) -> str:
    value = text(name, default)
    try:
        validate_email(value)
    except ValidationError:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not an e-mail address."
        ) from None
    return value


def sender(name: str, default: str) -> str:
    """An address with or without a name: ``Conference <meet@example.com>``."""
    value = text(name, default)
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError:
        raise ImproperlyConfigured(
            f"{name}={value!r} must be like 'Conference <meet@example.com>'."
        ) from None
    return value


def origin(name: str, default: str) -> str:
    """Scheme, host and port, written as browsers do: no path, no default port."""
    value = text(name, default)
    wrong = ImproperlyConfigured(
        f"{name}={value!r} must be an address like https://meet.example.com, "
        "without a path."
    )
    try:
        parts = urlsplit(value.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    beside = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if (
        any(beside)
        or parts.scheme not in DEFAULT_PORTS
        or not HOST_NAME.fullmatch(host)
    ):
        raise wrong
    written = f"{parts.scheme}://{in_url(host)}"
    if port in (None, DEFAULT_PORTS[parts.scheme]):
        return written
    return f"{written}:{port}"


def all_or_none(*names: str) -> tuple[str, ...]:
    """Texts that make sense together only; all empty where none is set."""
    values = tuple(text(name, "") for name in names)
    if any(values) and not all(values):
        raise ImproperlyConfigured(f"Set all of {', '.join(names)}, or none of them.")
    return values


def folder(name: str, default: Path) -> Path:
    """A folder that exists or can be made, as an absolute path."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}={str(path)!r}: {error}.") from error
    return path
