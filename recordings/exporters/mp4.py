"""A video that plays everywhere: H.264 and AAC, everybody in a grid."""

from pathlib import Path

from recordings.models import Recording
from recordings.pipeline import Progress, render_mp4


def export(recording: Recording, folder: Path, progress: Progress) -> Path:
    path = folder / "grid.mp4"
    render_mp4(recording, path, progress)
    return path
