"""Names of time zones: those that a form offers, and those that exist. Pure."""

from functools import cache
from zoneinfo import available_timezones

_NO_PLACES = ("Etc", "SystemV", "US")


@cache  # each look reads a folder with some hundreds of files
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in _names()


def zone_names() -> list[str]:
    """Those that name a place, and UTC."""
    return ["UTC", *sorted(name for name in _names() if _is_place(name))]


def _is_place(name: str) -> bool:
    area, slash, _rest = name.partition("/")
    return bool(slash) and area not in _NO_PLACES
