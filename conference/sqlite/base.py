"""Django's SQLite backend with connections that outlive one request.

Django closes a connection after each request and each call from a socket. The next one
would open the file, define Django's sixty functions, read the schema and compile its
statements again, which takes longer than the queries of a join. So what is closed is
kept for whoever connects next, in whichever thread.
"""

import atexit
import os
import sqlite3
from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base

KEPT = 8  # of one file; more are used at the same time only in rare moments

# By file, the one that was used last at the end. Lists are safe between threads as they
# are used here.
_idle: dict[str, list[sqlite3.Connection]] = defaultdict(list)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return _idle[str(conn_params["database"])].pop()
        except IndexError:
            return super().get_new_connection(conn_params)

    def _close(self) -> None:
        idle = _idle[str(self.settings_dict["NAME"])]
        if self.connection.in_transaction or len(idle) >= KEPT:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        else:
            idle.append(self.connection)


def close_idle() -> None:
    """Let go of all files."""
    for idle in _idle.values():
        while idle:
            idle.pop().close()


atexit.register(close_idle)
# https://sqlite.org/howtocorrupt.html, "Carrying an open database connection across a
# fork()".
os.register_at_fork(before=close_idle)
