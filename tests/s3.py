"""A real S3 server for tests: rclone on a folder of its own."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server import free_port

START_SECONDS = 60  # on a busy machine
BUCKET = "archive"
ACCESS_KEY, SECRET_KEY = "TESTS-ACCESS-KEY", "tests-secret-key-0123456789"


@dataclass
class S3Server:
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that keeps its archive here."""
        return {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": self.url,
            "S3_ACCESS_KEY_ID": ACCESS_KEY,
            "S3_SECRET_ACCESS_KEY": SECRET_KEY,
        }

    def storage(self, **options: Any) -> dict[str, Any]:
        """The archive among Django's STORAGES."""
        return {
            "BACKEND": "recordings.objects_s3.BucketStorage",
            "OPTIONS": {
                "bucket_name": BUCKET,
                "endpoint_url": self.url,
                "region_name": "us-east-1",
                "access_key": ACCESS_KEY,
                "secret_key": SECRET_KEY,
                "location": "",
                "object_parameters": {},
                "is_direct": True,
            }
            | options,
        }

    def start(self) -> None:
        """Also once more, on the same port, with what it held but for uploads."""
        bucket = self.folder / "data" / BUCKET
        bucket.mkdir(parents=True, exist_ok=True)
        log = self.folder / "log"
        command: list[str | Path] = [
            Path(sys.executable).with_name("rclone"),
            *("serve", "s3", bucket.parent, "--addr", f"127.0.0.1:{self.port}"),
            *("--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--config", ""),
        ]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_SECONDS
        while f":{self.port}" not in log.read_text():
            is_running = self.process.poll() is None and time.monotonic() < deadline
            assert is_running, log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """As a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            (self.folder / "log").write_text("")

    def pause(self) -> None:
        """It still takes connections, and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    with tempfile.TemporaryDirectory(prefix="conference-s3-") as folder:
        server = S3Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
