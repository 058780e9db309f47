"""Where a worker works on a part of an export: a folder of its own, emptied after.

What a part has made is kept as objects below the folder of the export's attempt in the
archive, so that any other worker can join it.
"""

import shutil
import time
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from django.conf import settings

from recordings.archive import archive
from recordings.claims import Claim
from recordings.export_keys import folder_key, part_key
from recordings.models import ExportPart
from recordings.objects import COPY_BYTES, patiently

OLD = timedelta(days=1).total_seconds()


class Work:
    """A claimed part with its folder: ``with Work(claim) as work``."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.export, self.part = claim.export, claim.part
        self.progress = claim.progress
        self._root = Path(settings.DATA_DIR) / "work"
        self._name = f"{self.export.pk}-{self.part.number}-"
        self.folder = self._root / f"{self._name}{self.part.claim}"

    def __enter__(self) -> "Work":
        self._root.mkdir(parents=True, exist_ok=True)
        for old in self._root.iterdir():
            is_same = old.name.startswith(self._name)
            if is_same or time.time() - old.stat().st_mtime > OLD:
                shutil.rmtree(old, ignore_errors=True)
        self.folder.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, path: Path, *, seconds: float = 0) -> None:
        """Store a file as this part's, and note it. Raises Stopped."""
        key = part_key(self.export, self.part, path.name)
        self._store(path, key)
        size = path.stat().st_size
        self.part.files.append({"name": path.name, "seconds": seconds, "bytes": size})
        self.claim.update(files=self.part.files)
        path.unlink()

    def store_final(self, path: Path) -> tuple[str, int]:
        """Key and bytes of the export's file."""
        key = folder_key(self.export) + path.suffix
        self._store(path, key)
        return key, path.stat().st_size

    def fetch(self, part: ExportPart, name: str) -> Path:
        """An object of another part, as a file in the folder."""
        path = self.folder / f"{part.number:05}-{name}"
        key = part_key(self.export, part, name)
        path.write_bytes(patiently(lambda: archive().read(key)))
        return path

    def others(self) -> list[ExportPart]:
        """All parts but this one, in order."""
        parts = ExportPart.objects.filter(export=self.export)
        return list(parts.exclude(pk=self.part.pk).order_by("number"))

    def _store(self, path: Path, key: str) -> None:
        patiently(lambda: self._try_to_store(path, key))

    def _try_to_store(self, path: Path, key: str) -> None:
        with path.open("rb") as file, archive().writer(key) as writer:
            while data := file.read(COPY_BYTES):
                writer.write(data)
                self.progress(self.part.progress)
