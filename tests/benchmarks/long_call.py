"""What a call of some length costs its pages; prints one JSON line last.

Two people see and hear each other in the product's pages. Every few seconds the memory
of their renderers is read: it may rise at first, and is flat afterwards. How old
picture and sound are is measured at the beginning and at the end.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks import machine
from tests.benchmarks.call_pages import CallPage, Devices, call_page, picture_of
from tests.benchmarks.network import ages
from tests.benchmarks.servers import open_room, server_of_pages

SAMPLE_SECONDS = 5.0
WATCH_SECONDS = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--lines", type=int, default=360, help="of the cameras")
    arguments = parser.parse_args()
    with server_of_pages(people=2) as server:
        url = f"{server.url}/rooms/{open_room().room.slug}/"
        figures = _run(server.data_dir, url, arguments)
        figures["server_rss_mb"] = machine.rss_mb(server.process.pid)
    print(json.dumps({**figures, "machine": machine.facts()}))


def _run(folder: Path, url: str, arguments: argparse.Namespace) -> dict[str, object]:
    devices = Devices(arguments.lines, has_microphone=True)
    with (
        sync_playwright() as playwright,
        call_page(playwright, folder, "Alice", devices) as alice,
        call_page(playwright, folder, "Bob", devices) as bob,
    ):
        alice.join(url)
        bob.join(url)
        bob.page.wait_for_selector(picture_of("Alice"))
        bob.wait(WATCH_SECONDS)
        first = _ages(alice, bob)
        samples = []
        ends_at = time.monotonic() + arguments.seconds
        while time.monotonic() < ends_at:
            bob.wait(SAMPLE_SECONDS)
            samples.append((time.monotonic(), sum(map(machine.rss_mb, renderers()))))
        last = _ages(alice, bob)
        errors = alice.errors + bob.errors
    half = samples[len(samples) // 2 :]
    slope = statistics.linear_regression(*zip(*half, strict=True)).slope
    return {
        "seconds": arguments.seconds,
        "renderers_mb_first": round(samples[0][1], 1),
        "renderers_mb_last": round(samples[-1][1], 1),
        "renderers_mb_most": round(max(mb for _, mb in samples), 1),
        # Of both pages, in the second half.
        "growth_mb_per_minute": round(slope * 60, 2),
        **{f"first_{name}": age for name, age in first.items()},
        **{f"last_{name}": age for name, age in last.items()},
        "errors": errors,
    }


def _ages(alice: CallPage, bob: CallPage) -> dict[str, float]:
    seen = bob.watch(picture_of("Alice"), WATCH_SECONDS)
    return ages(seen, alice)


def renderers() -> list[int]:
    """Chromium's processes that run pages, of all that this one started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except FileNotFoundError:
                continue  # it has ended meanwhile
            parents[int(entry.name)] = int(stat.rpartition(") ")[2].split()[1])
    family = {os.getpid()}
    while children := {pid for pid in parents if parents[pid] in family} - family:
        family |= children
    return [pid for pid in family if "--type=renderer" in _command(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    main()
