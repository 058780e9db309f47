"""A database that does not answer: what people and clients are told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from conference.errors import Unavailable

# Of one that is away, restarts, or is busy for too long.
AWAY = (InterfaceError, OperationalError)

logger = logging.getLogger(__name__)


def database_away(error: BaseException) -> Unavailable:
    """Notes the error, and says it to whoever waits for an answer."""
    logger.error("The database does not answer.", exc_info=error)
    return Unavailable(_("The database does not answer. Try again in a minute."))


@contextmanager
def needing_database() -> Iterator[None]:
    """Raises Unavailable where the database does not answer."""
    try:
        yield
    except AWAY as error:
        raise database_away(error) from error
