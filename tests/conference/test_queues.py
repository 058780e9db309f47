"""Messages to the workers travel through a folder, whole and in order."""

import subprocess
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection

MESSAGES = 500
SENDER = """
import sys
from tests.conference.test_queues import channel
sender = channel(sys.argv[1])
for number in range(int(sys.argv[2])):
    sender._put("media", {"number": number, "padding": "x" * 2000})
"""


def channel(folder: str) -> Any:
    import conference.celery  # noqa: F401 - as every process of ours has

    options = {"data_folder_in": folder, "data_folder_out": folder}
    return Connection("filesystem://localhost", transport_options=options).channel()


def test_a_message_is_taken_whole_while_others_are_being_written(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", SENDER, str(tmp_path), str(MESSAGES)]
    receiver = channel(str(tmp_path))
    taken: list[int] = []
    deadline = time.monotonic() + 60
    with subprocess.Popen(command):
        while len(taken) < MESSAGES:
            assert time.monotonic() < deadline
            try:
                taken.append(receiver._get("media")["number"])
            except Empty:
                continue
    assert taken == list(range(MESSAGES))


def test_queues_are_apart(tmp_path: Path) -> None:
    both = channel(str(tmp_path))
    both._put("media", {"to": "media"})
    both._put("default", {"to": "default"})
    assert both._get("default") == {"to": "default"}
    assert both._get("media") == {"to": "media"}
