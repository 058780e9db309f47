"""Runs child processes as one program: replaced when one dies, stopped together.

Each child leads a process group of its own, so that what it started ends with it
and a terminal's Ctrl-C reaches the supervisor alone. The guard ends the groups should
the supervisor be killed.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from conference import guard

logger = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # after which a child is killed; the whole stop is promised in 10
RESTART_SECONDS = 0.2  # doubled with each early death, up to
RESTART_SECONDS_MOST = 30.0
STEADY_SECONDS = 30.0  # a child that lived this long starts the doubling afresh


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()


class Guard:
    """The process that outlives the supervisor; see ``guard.py``.

    ``held_fd`` is kept open by it too: a lock is released when all is gone.
    """

    def __init__(self, *, held_fd: int) -> None:
        read_end, self._write_end = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", "-S", guard.__file__],
            stdin=read_end,
            start_new_session=True,
            pass_fds=(held_fd,),
        )
        os.close(read_end)

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End all groups that it still watches, and then the guard."""
        os.close(self._write_end)
        self._process.wait()

    def _tell(self, line: str) -> None:
        try:
            os.write(self._write_end, line.encode())
        except BrokenPipeError:
            logger.warning("The guard is gone: kill -9 would leave processes behind.")


async def supervise(children: Sequence[Child], guarded_by: Guard) -> None:
    """Keep all children running until SIGINT or SIGTERM, then stop them together.

    Returns within 10 s of the signal with nothing left running.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as tasks:
        for child in children:
            tasks.create_task(_keep_running(child, guarded_by, stop))


async def _keep_running(child: Child, guarded_by: Guard, stop: asyncio.Event) -> None:
    delay = RESTART_SECONDS
    while not stop.is_set():
        started = time.monotonic()
        status = await _run(child, guarded_by, stop)
        if stop.is_set():
            return
        if time.monotonic() - started >= STEADY_SECONDS:
            delay = RESTART_SECONDS
        logger.error(
            "%s ended (%s), starting it again in %.1f s", child.name, status, delay
        )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), delay)
        delay = min(2 * delay, RESTART_SECONDS_MOST)


async def _run(child: Child, guarded_by: Guard, stop: asyncio.Event) -> str:
    """One life of a child, ended by itself or by ``stop``; says how it ended."""
    process = await asyncio.create_subprocess_exec(
        *child.command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=child.pass_fds,
    )
    guarded_by.watch(process.pid)
    logger.info("%s runs as process %d", child.name, process.pid)
    ended = asyncio.ensure_future(process.wait())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not ended.done():
        process.terminate()
        await asyncio.wait((ended,), timeout=STOP_SECONDS)
    _kill_group(process.pid)
    status = await ended
    guarded_by.forget(process.pid)
    return _describe(status)


def _kill_group(group: int) -> None:
    """End the child if it did not stop, and whatever it left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _describe(status: int) -> str:
    if status < 0:
        return signal.Signals(-status).name
    return f"exit code {status}"
