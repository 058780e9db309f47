"""Objects of the archive: what a folder and an S3 bucket both do.

Keys have slashes between their parts, and an object never changes under its key.
What is not there is FileNotFoundError; a storage that does not answer is StorageAway.
"""

import os
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

COPY_BYTES = 1 << 20
# For what works on by itself: longer than a server takes to be started again, shorter
# than the silence after which an export's worker is taken for dead.
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 1

T = TypeVar("T")


class StorageAway(OSError):
    """The storage did not answer, or said that it cannot now; again may help."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    key: str
    bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in parts that was begun and not ended."""

    key: str
    id: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """How a browser is to take a file: its name, what it is, to play or to save."""

    name: str
    content_type: str
    inline: bool


def patiently(work: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Do it again while the storage is away. Raises StorageAway after that long, and
    everything else at once."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return work()
        except StorageAway:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)


class ObjectWriter:
    """A new object, there as a whole when the block ends without an exception, and
    else not at all. Takes bytes in order and holds no more than a part of them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.abort()

    @abstractmethod
    def write(self, data: bytes) -> int: ...

    @abstractmethod
    def commit(self) -> None: ...

    @abstractmethod
    def abort(self) -> None: ...

    def flush(self) -> None:
        """As files have it; a part goes when it is full."""

    def copy(self, file: "BinaryIO | File[bytes]") -> None:
        while data := file.read(COPY_BYTES):
            self.write(data)


class ObjectStorage(Storage):
    """What the archive needs beyond Django's storage."""

    @abstractmethod
    def read(self, key: str) -> bytes: ...

    @abstractmethod
    def read_part(self, key: str, first: int, count: int) -> bytes:
        """``count`` bytes from the byte ``first`` on; fewer where the object ends."""

    @abstractmethod
    def writer(self, key: str) -> ObjectWriter: ...

    @abstractmethod
    def walk(self, prefix: str) -> Iterator[StoredObject]:
        """All objects whose keys begin so, a folder with its final slash."""

    @abstractmethod
    def uploads(self) -> Iterator[Upload]: ...

    @abstractmethod
    def abort_upload(self, upload: Upload) -> None: ...

    @abstractmethod
    def signed_url(self, key: str, shown: Shown, *, seconds: int) -> str | None:
        """Where a browser may have the object without us for so long, or None."""

    def delete_many(self, keys: Iterable[str]) -> None:
        """What is not there counts as deleted."""
        for key in keys:
            self.delete(key)


class FolderStorage(ObjectStorage, FileSystemStorage):
    """Objects as files. What is being written is a stray until it is whole."""

    def read(self, key: str) -> bytes:
        return Path(self.path(key)).read_bytes()

    def read_part(self, key: str, first: int, count: int) -> bytes:
        with Path(self.path(key)).open("rb") as file:
            file.seek(first)
            return file.read(count)

    def writer(self, key: str) -> ObjectWriter:
        return FileWriter(Path(self.path(key)))

    def _save(self, name: str, content: "File[bytes]") -> str:
        with self.writer(name) as writer:
            writer.copy(content)
        return name

    def walk(self, prefix: str) -> Iterator[StoredObject]:
        root = Path(self.base_location)
        for folder, _folders, names in os.walk(root / prefix):
            for name in sorted(names):
                path = Path(folder, name)
                try:
                    stat = path.stat()
                except FileNotFoundError:  # deleted in the meantime
                    continue
                modified_at = datetime.fromtimestamp(stat.st_mtime, UTC)
                key = path.relative_to(root).as_posix()
                yield StoredObject(key, stat.st_size, modified_at)

    def uploads(self) -> Iterator[Upload]:
        return iter(())  # they are files, and strays if nobody ends them

    def abort_upload(self, upload: Upload) -> None:
        raise NotImplementedError

    def signed_url(self, key: str, shown: Shown, *, seconds: int) -> None:
        return None

    def delete(self, name: str) -> None:
        """The folders that it leaves empty go too."""
        super().delete(name)
        root = Path(self.base_location)
        for folder in Path(self.path(name)).parents:
            if folder == root or not folder.is_relative_to(root):
                return
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone
                return


class FileWriter(ObjectWriter):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.{uuid4().hex}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._part.open("xb")

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def commit(self) -> None:
        try:
            self._file.close()
            self._part.replace(self._path)
        except OSError:
            self._part.unlink(missing_ok=True)
            raise

    def abort(self) -> None:
        try:
            self._file.close()  # may still have something to write, and no room for it
        finally:
            self._part.unlink(missing_ok=True)
