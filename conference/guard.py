"""Ends the supervisor's children when the supervisor itself is killed.

Runs as a script in a process of its own, on the standard library alone, and reads
its standard input: ``+123`` adds process group 123, ``-123`` takes it out. The input
ends with the supervisor, however that ends; the groups still listed are then
stopped, and killed if they have not gone in time.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 5.0
POLL_SECONDS = 0.05


def main() -> None:
    # A terminal's Ctrl-C and a service manager's SIGTERM are the supervisor's.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    end(groups)


def end(groups: set[int]) -> None:
    remaining = {group for group in groups if send(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while remaining and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        remaining = {group for group in remaining if send(group, 0)}
    for group in remaining:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Whether the group still had a process to send the signal to."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
