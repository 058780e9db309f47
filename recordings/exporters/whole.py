"""What one worker makes in one go: a file each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings.claims import PartPlan
from recordings.pipeline import Job
from recordings.work import Work


@dataclass(frozen=True, slots=True)
class WholeExporter:
    export: Callable[[Job, Work], Path]

    def plan(self, job: Job) -> Sequence[PartPlan]:
        return ()

    def make(self, job: Job, work: Work) -> None:
        raise NotImplementedError  # it has no parts

    def finish(self, job: Job, work: Work) -> Path:
        return self.export(job, work)
