"""``manage.py serve``: the whole product from one command, in one folder."""

import asyncio
import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conference.first_start import make_demo_host, prepare
from conference.network import WILDCARDS, in_url
from conference.supervisor import Child, Guard, supervise

BACKLOG = 2048  # connections that wait while the server process is replaced


class Command(BaseCommand):
    help = "Prepares the data folder and runs servers, workers and scheduler together."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes",
            type=int,
            default=settings.PROCESSES,
            help="server processes on the port; more than one need REDIS_URL",
        )
        parser.add_argument(
            "--own-ports",
            action="store_true",
            help="a port for each of them, PORT and those after it, behind a proxy",
        )

    def handle(self, *, processes: int, own_ports: bool, **options: Any) -> None:
        check_processes(processes)
        lock_fd = lock_folder(settings.DATA_DIR)
        ports = range(settings.PORT, settings.PORT + (processes if own_ports else 1))
        listeners = [listen(settings.HOST, port) for port in ports]
        self.stdout.write("Preparing the data folder ...")
        prepare()
        self.announce(listeners[0])
        guard = Guard(held_fd=lock_fd)
        fds = [listener.fileno() for listener in listeners]
        if not own_ports:
            fds *= processes
        try:
            asyncio.run(supervise(children(fds), guard))
        finally:
            guard.close()
        self.stdout.write("Stopped.")

    def announce(self, listener: socket.socket) -> None:
        host = make_demo_host()
        if host:
            self.stdout.write(
                f"\n  Made a host to try things with (shown only this once):\n"
                f"    Email     {host.email}\n"
                f"    Password  {host.password}"
            )
        self.stdout.write(f"\n  Open {address_of(listener)}\n")
        if settings.PUBLIC_URL not in address_of(listener):
            self.stdout.write(f"  Others reach it at {settings.PUBLIC_URL}/\n")
        self.stdout.flush()


def check_processes(processes: int) -> None:
    """Rooms of several processes know of each other through what they share."""
    if processes < 1:
        raise CommandError("--processes must be 1 or more.")
    if processes == 1:
        return
    if not settings.REDIS_URL:
        raise CommandError(
            f"{processes} server processes need REDIS_URL: without it each of them "
            "would know its own part of a meeting only."
        )
    if settings.STREAM_LOG_URL.startswith("memory:"):
        raise CommandError(
            f"{processes} server processes cannot share STREAM_LOG_URL=memory://."
        )


def children(listener_fds: list[int]) -> list[Child]:
    """What runs: a server process on each of the sockets, of which several may be the
    same one. Exports take minutes and live outputs hours, so they have workers of
    their own."""
    celery = [sys.executable, "-m", "celery", "--app", "conference", "--quiet"]
    celery += ["--skip-checks"]  # this command has made them
    log = ["--loglevel", settings.LOG_LEVEL]
    # One task at a time, in the worker's own process: what a pool would replace
    # after a crash the supervisor replaces, and it stops without a pool's delay.
    worker = [*celery, "worker", *log, "--pool", "solo"]
    # No messages by which several workers watch each other.
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        *servers(listener_fds),
        Child("tasks", [*worker, "--queues", "default", "--hostname", "tasks@%h"]),
        *several("exports", settings.EXPORT_WORKERS, [*worker, "--queues", "media"]),
        *several("live", settings.LIVE_WORKERS, [*worker, "--queues", "live"]),
        Child("scheduler", [*celery, "beat", *log, "--pidfile="]),
    ]


def several(kind: str, count: int, worker: list[str]) -> Iterator[Child]:
    """Workers that share a queue: the parts of each export, all live outputs."""
    for number in range(1, count + 1):
        name = kind if count == 1 else f"{kind}{number}"
        yield Child(name, [*worker, "--hostname", f"{name}@%h"])


def servers(listener_fds: list[int]) -> Iterator[Child]:
    for number, fd in enumerate(listener_fds, 1):
        name = "server" if len(listener_fds) == 1 else f"server{number}"
        command = [sys.executable, "-m", "conference.server", str(fd)]
        yield Child(name, command, pass_fds=(fd,))


def lock_folder(folder: Path) -> int:
    """Hold the folder for this process and who inherits the descriptor.

    Two servers on one folder would hand out rooms of which each knows half.
    """
    lock_fd = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(
            f"Another server runs on the data folder {folder}. "
            "Stop it first, or set DATA_DIR to another folder."
        ) from None
    return lock_fd


def listen(host: str, port: int) -> socket.socket:
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} on {host} is in use. Set PORT to another one."
        else:
            reason = f"Cannot listen on HOST={host} PORT={port}: {error.strerror}."
        raise CommandError(reason) from error


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in WILDCARDS:
        host = "localhost"
    scheme = "https" if settings.TLS_CERT else "http"
    return f"{scheme}://{in_url(host)}:{port}/"
