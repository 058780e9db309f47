"""Draining: this server process is about to end, and lets nobody new in."""

import time

from django.utils.translation import gettext as _

from conference.errors import Refused


class Restarting(Refused):
    """The same request works again in a moment, here or in another process."""

    status = 503
    close_code = 1012  # service restart (RFC 6455, IANA registry)
    code = "restarting"


# From the signal to the end, within the supervisor's 8.
END_SECONDS = 7.5

_state: dict[str, float | None] = {"began_at": None}


def begin() -> None:
    """From now on this process is not ready, and ``check`` raises."""
    if not is_draining():
        _state["began_at"] = time.monotonic()


def is_draining() -> bool:
    return _state["began_at"] is not None


def seconds_left() -> float:
    """For what this process still does; all of them where it is not draining."""
    began_at = _state["began_at"]
    if began_at is None:
        return END_SECONDS
    return max(0.0, began_at + END_SECONDS - time.monotonic())


def check() -> None:
    """Raises Restarting once the process is draining."""
    if is_draining():
        raise restarting()


def restarting() -> Restarting:
    return Restarting(_("The server restarts. Connect again in a moment."))
