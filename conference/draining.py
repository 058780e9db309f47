"""Draining: this server process is about to end, and lets nobody new in."""

from django.utils.translation import gettext as _

from conference.errors import Refused


class Restarting(Refused):
    """The same request works again in a moment, here or in another process."""

    status = 503
    close_code = 1012  # service restart (RFC 6455, IANA registry)
    code = "restarting"


_state = {"draining": False}


def begin() -> None:
    """From now on this process is not ready, and ``check`` raises."""
    _state["draining"] = True


def is_draining() -> bool:
    return _state["draining"]


def check() -> None:
    """Raises Restarting once the process is draining."""
    if is_draining():
        raise restarting()


def restarting() -> Restarting:
    return Restarting(_("The server restarts. Connect again in a moment."))
