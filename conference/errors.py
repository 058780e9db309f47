"""What a person, a client or an operator may be refused with.

One small tree: each error has a stable ``code`` for the wire, a sentence for
people, an HTTP status and, where a socket must close for it, a close code.
"""


class Refused(Exception):
    """A request that was understood and is not carried out; nothing changed."""

    status = 400
    close_code = 4400
    code = "invalid"

    def __init__(
        self, detail: str, *, code: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.field = field


class Invalid(Refused):
    """Malformed, too large, or out of range."""


class SignInNeeded(Refused):
    status = 401
    close_code = 4401
    code = "not_authenticated"


class Denied(Refused):
    """May be seen, may not be done by this person."""

    status = 403
    close_code = 4403
    code = "permission_denied"


class NotFound(Refused):
    """Does not exist, or this person may not know that it does."""

    status = 404
    close_code = 4404
    code = "not_found"


class Conflict(Refused):
    """The state forbids it: already stopped, already running, not ready."""

    status = 409
    close_code = 4409
    code = "conflict"


class Gone(Refused):
    """The session is over, or the participant has left or was removed."""

    status = 410
    close_code = 4410
    code = "session_over"


class Unavailable(Refused):
    """Something that this server needs does not answer; later it may."""

    retry_after_seconds = 30
    status = 503
    close_code = 1013
    code = "unavailable"


class TooMany(Refused):
    """A limit. ``retry_after_seconds`` becomes the ``Retry-After`` header."""

    status = 429
    close_code = 4429
    code = "throttled"

    def __init__(self, detail: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
