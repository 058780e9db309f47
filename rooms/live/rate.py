"""How much a client may send: an average over some seconds, bursts included."""

import time
from collections.abc import Callable

from django.utils.translation import gettext as _

from conference.errors import TooMany


class Allowance:
    """So much a second, averaged over a number of seconds: a leaky bucket."""

    def __init__(
        self,
        per_second: float,
        *,
        seconds: float,
        code: str = TooMany.code,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._most = per_second * seconds
        self._code = code
        self._clock = clock
        self._left = self._most
        self._filled_at = clock()

    def spend(self, amount: float = 1) -> None:
        """Raises TooMany when nothing is left."""
        now = self._clock()
        earned = (now - self._filled_at) * self._per_second
        self._left = min(self._most, self._left + earned) - amount
        self._filled_at = now
        if self._left < 0:
            error = TooMany(_("Too much a second."))
            error.code = self._code
            raise error
