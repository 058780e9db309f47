"""One picture of what an export would show."""

from typing import Any

from recordings.branding import Pictures
from recordings.models import Recording
from recordings.pipeline import Job, pictures_of
from recordings.poster import as_jpeg
from recordings.rules.export_options import check_options

QUALITY = "360p"


def make_preview(recording: Recording, *, layout: str, at: float | None) -> bytes:
    """A JPEG. ``at``: seconds from the start; else the middle. Raises Invalid."""
    middle = (recording.seconds or 0) / 2
    given: dict[str, Any] = {
        "layout": layout,
        "quality": QUALITY,
        "start": middle if at is None else at,
    }
    options = check_options(recording, format="mp4", given=given)
    frame = next(pictures_of(Job(recording, options, Pictures()), 0, 1))
    return as_jpeg(frame)
