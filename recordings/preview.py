"""One picture of what an export would show."""

from collections.abc import Mapping
from typing import Any

from recordings.branding import Pictures
from recordings.models import Recording
from recordings.pipeline import Job, pictures_of
from recordings.poster import as_jpeg
from recordings.rules.export_options import check_options

QUALITY = "360p"
# Not of one picture; and a title card would hide the layout.
LEFT_OUT = ("format", "file_type", "pictures", "title", "rate", "bitrate", "end")


def make_preview(
    recording: Recording, asked: Mapping[str, Any], *, at: float | None
) -> bytes:
    """A JPEG. ``asked``: as of ``request_export``. ``at``: seconds from the start; else
    the middle. Raises Invalid."""
    middle = (recording.seconds or 0) / 2
    given = {name: value for name, value in asked.items() if name not in LEFT_OUT}
    given |= {"quality": QUALITY, "start": middle if at is None else at}
    options = check_options(recording, format="mp4", given=given)
    frame = next(pictures_of(Job(recording, options, Pictures()), 0, 1))
    return as_jpeg(frame)
