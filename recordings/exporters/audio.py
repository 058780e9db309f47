"""What was to be heard: everybody in one file of sound."""

from pathlib import Path

from recordings.encoder import AAC, MP3, OPUS, SoundEncoder
from recordings.exporters.video import encode_sound
from recordings.pipeline import Job
from recordings.work import Work

# By type of file: codec and container.
TYPES = {"m4a": (AAC, "ipod"), "mp3": (MP3, "mp3"), "ogg": (OPUS, "ogg")}


def export(job: Job, work: Work) -> Path:
    file_type = job.options.file_type
    codec, container = TYPES[file_type]
    path = work.folder / f"sound.{file_type}"
    options = {"movflags": "+faststart"} if file_type == "m4a" else {}
    encoder = SoundEncoder(path, codec, container=container, options=options)
    encode_sound(job, work, encoder)
    return path
