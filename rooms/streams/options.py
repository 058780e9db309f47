"""Options in the query of a log's URL: ``sqlite:///path?max_bytes=1000000``."""

from urllib.parse import parse_qsl, urlsplit


def whole_numbers(url: str, defaults: dict[str, int]) -> dict[str, int]:
    """Every option of a backend: as the URL says, or its default.

    Raises ValueError for an option that is not known or not a positive number.
    """
    options = dict(defaults)
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name not in defaults:
            raise ValueError(f"{name!r} is not an option: {', '.join(defaults)}.")
        if not value.isdecimal() or int(value) < 1:
            raise ValueError(f"{name}={value!r} must be a whole number above 0.")
        options[name] = int(value)
    return options
