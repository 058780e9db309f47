"""Pictures of every page, in three sizes and both themes, into ``var/screenshots/``.

``make screenshots``: a real server on a temporary folder with seeded rows, and a real
Chromium with its fake devices. ``ARGS="room home"`` takes only those whose names begin
so. Importing this sets Django up, on that folder.
"""

import os
import tempfile

os.environ["DJANGO_SETTINGS_MODULE"] = "conference.settings"
folder = tempfile.TemporaryDirectory(prefix="conference-screenshots-")
os.environ["DATA_DIR"] = folder.name
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
os.environ["OIDC_ISSUER"] = "https://sign-in.example.com"  # asked when it is pressed
os.environ["OIDC_CLIENT_ID"] = os.environ["OIDC_CLIENT_SECRET"] = "conference"

import django  # noqa: E402

django.setup()
