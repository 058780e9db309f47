"""One file per export format, each with an ``Exporter`` that knows no claims."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from recordings.claims import PartPlan
from recordings.pipeline import Job
from recordings.work import Work


class ExportError(Exception):
    """Why there is no file: a stable code, and a sentence for the owner."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Exporter(Protocol):
    def plan(self, job: Job) -> Sequence[PartPlan]:
        """What can be made by different workers at once, before the final file."""

    def make(self, job: Job, work: Work) -> None:
        """One of these parts, kept with ``work.keep``."""

    def finish(self, job: Job, work: Work) -> Path:
        """The final file, in the work's folder; all parts are done by then."""
