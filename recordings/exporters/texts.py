"""What was written, and what happened: text files."""

import json
from collections.abc import Iterator
from pathlib import Path

from recordings.pipeline import Job
from recordings.timeline import Message
from recordings.webvtt import clock, cue_times
from recordings.work import Work
from rooms.models import Event

SHOWN_SECONDS = 5.0  # a message, in WebVTT


def export_chat(job: Job, work: Work) -> Path:
    path = work.folder / f"chat.{job.options.file_type}"
    lines = {"txt": _as_text, "vtt": _as_webvtt}[job.options.file_type]
    path.write_text("".join(lines(job)), encoding="utf-8")
    return path


def export_events(job: Job, work: Work) -> Path:
    """A JSON document: event messages of the session up to the end, in their order."""
    path = work.folder / "events.json"
    events = Event.objects.filter(
        session=job.recording.session_id, at_us__lte=job.end_us
    )
    with path.open("w", encoding="utf-8") as file:
        head = {"start_us": job.start_us, "end_us": job.end_us}
        file.write(json.dumps(head)[:-1] + ', "events": [')
        for index, event in enumerate(events.order_by("position").iterator()):
            file.write(",\n" if index else "\n")
            json.dump(event.as_message(), file, ensure_ascii=False)
        file.write("\n]}\n")
    return path


def _messages(job: Job) -> Iterator[tuple[float, Message]]:
    """Those of the export's range, with their seconds in it."""
    for message in job.timeline.chat:
        if job.start_us <= message["sent_us"] <= job.end_us:
            yield (message["sent_us"] - job.start_us) / 1_000_000, message


def _as_text(job: Job) -> Iterator[str]:
    for seconds, message in _messages(job):
        text = message["text"].replace("\n", "\n    ")
        yield f"[{clock(seconds)[:8]}] {message['name']}: {text}\n"


def _as_webvtt(job: Job) -> Iterator[str]:
    """W3C WebVTT; a voice span says who wrote."""
    yield "WEBVTT\n"
    for seconds, message in _messages(job):
        span = cue_times(seconds, seconds + SHOWN_SECONDS)
        text = "\n".join(line for line in _escape(message["text"]).splitlines() if line)
        yield f"\n{span}\n<v {_escape(message['name'])}>{text}\n"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
