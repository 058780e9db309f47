"""The product's settings with a temporary data folder, read before anything else.

The test database is the folder's own, so that a server process started on the folder
(``tests/server.py``) and the test see the same rows, log and archive. With
``TEST_DATABASE=postgresql`` the rows are in a PostgreSQL that runs for the tests, with
``TEST_REDIS=1`` what server processes share is in a Redis that does.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgresql import Postgresql, running_postgresql
from tests.redis import running_redis

folder = tempfile.mkdtemp(prefix="conference-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["DATA_DIR"] = folder
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 32)
until_exit = ExitStack()
atexit.register(until_exit.close)
if os.environ.get("TEST_REDIS") == "1":
    os.environ["REDIS_URL"] = until_exit.enter_context(running_redis()).url
database_server: Postgresql | None = None
if os.environ.get("TEST_DATABASE") == "postgresql":
    database_server = until_exit.enter_context(running_postgresql())
    os.environ["DATABASE_URL"] = database_server.url("conference")

from conference.settings import *  # noqa: E402, F403
from conference.settings import (  # noqa: E402
    DATABASES,
    QUEUE_FOLDERS,
    STORAGES,
)

if "pool" in DATABASES["default"]["OPTIONS"]:
    # Emptying the tables after a test may meet what the server still does for clients
    # that went: let that one give way.
    DATABASES["default"]["OPTIONS"]["options"] = "-c deadlock_timeout=1h"
DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
if "init_command" in DATABASES["default"]["OPTIONS"]:
    # Lasting through a crash is the product's business, not that of each test's rows.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
# Names without hashes need no collecting first; a real server collects.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STATIC_ROOT = Path(folder) / "uncollected"  # not what servers on the folder serve
STATIC_ROOT.mkdir()
(Path(folder) / "static").mkdir()  # theirs; they warn where there is none
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
for queue_folder in QUEUE_FOLDERS:
    queue_folder.mkdir(parents=True)
