"""A viewer behind a bad network; prints one JSON line last.

Alice's page sends a camera that paints numbers and a microphone of two tones. Bob's
gets them straight from the server first, then by way of a proxy with a long delay,
little capacity, and a stall every few seconds. What Bob's page shows and plays is read
back: how old pictures and sound are, where sound is missing, which pictures are broken.
"""

import argparse
import itertools
import json
import statistics
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.benchmarks import machine
from tests.benchmarks.bad_network import Line, bad_network
from tests.benchmarks.call_pages import CallPage, Devices, Seen, call_page, picture_of
from tests.benchmarks.servers import open_room, server_of_pages
from tests.server import Server

SETTLE_SECONDS = 25.0  # in which page and server get to know the network
DELAY_MS = 300.0  # is to be had again ...
RECOVERY_SECONDS = 2.0  # ... so soon after a stall
STEADY_WINDOWS = 6  # 30 ms of one tone, to be taken for it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--lines", type=int, default=720, help="of the camera")
    parser.add_argument("--delay", type=float, default=0.08, help="each way, s")
    parser.add_argument("--bits", type=float, default=1e6, help="each way, a second")
    parser.add_argument("--stall", type=float, default=0.3, help="s, every 5 s")
    arguments = parser.parse_args()
    line = Line(arguments.delay, arguments.bits, arguments.stall, 5.0)
    with server_of_pages(people=4) as server:
        path = f"/rooms/{open_room().room.slug}/"
        with sync_playwright() as playwright:
            figures = _run(playwright, server.data_dir, server, path, line, arguments)
    print(json.dumps({**figures, "machine": machine.facts()}))


def _run(
    playwright: Playwright,
    folder: Path,
    server: Server,
    path: str,
    line: Line,
    arguments: argparse.Namespace,
) -> dict[str, object]:
    devices = Devices(arguments.lines, has_microphone=True)
    with call_page(playwright, folder, "Alice", devices) as alice:
        alice.join(server.url + path)
        with call_page(playwright, folder, "Bob", Devices()) as bob:
            bob.join(server.url + path)
            straight, _ = _watch(alice, bob, arguments.seconds / 3)
        with (
            bad_network(line, server.port) as proxy,
            call_page(playwright, folder, "Bob", Devices()) as bob,
        ):
            bob.join(f"http://127.0.0.1:{proxy.port}{path}")
            stalled_ms = proxy.limit()
            behind, seen = _watch(alice, bob, arguments.seconds)
            errors = alice.errors + bob.errors
        recoveries = _recoveries(seen, alice.painted(), stalled_ms, line)
    return {
        "lines": arguments.lines,
        "delay_ms": line.delay_seconds * 1000,
        "bits_per_second": line.bits_per_second,
        "stall_ms": line.stall_seconds * 1000,
        **behind,
        "stalls": len(recoveries),
        "recovery_worst_s": max(recoveries),
        "recoveries_too_late": sum(one > RECOVERY_SECONDS for one in recoveries),
        **{f"straight_{name}": figure for name, figure in straight.items()},
        "errors": errors,
    }


def _watch(
    alice: CallPage, bob: CallPage, seconds: float
) -> tuple[dict[str, object], Seen]:
    bob.page.wait_for_selector(picture_of("Alice"))
    bob.wait(SETTLE_SECONDS)
    seen = bob.watch(picture_of("Alice"), seconds)
    frozen = [
        after[1] - before[1] for before, after in itertools.pairwise(seen["shown"])
    ]
    figures = {
        "audio_gap_fraction": _gap_fraction(seen),
        **ages(seen, alice),
        "frames_per_second": round(len(seen["shown"]) / seconds, 1),
        "frozen_worst_ms": round(max(frozen)),
        "broken_pictures": seen["broken"],
        "lines_shown": bob.run(
            "(selector) => bench.linesOf(selector)", picture_of("Alice")
        ),
    }
    return figures, seen


def ages(seen: Seen, sender: CallPage) -> dict[str, float]:
    """How old pictures are when they are shown, and sound when it is played."""
    painted = sender.painted()
    pictures = sorted((at - painted[number]) / 1000 for number, at in seen["shown"])
    sounds = sorted(_sound_delays(seen, sender.began()))
    return {
        "sound_p50_ms": machine.percentile_ms(sounds, 0.5),
        "sound_p95_ms": machine.percentile_ms(sounds, 0.95),
        "picture_p50_ms": machine.percentile_ms(pictures, 0.5),
        "picture_p95_ms": machine.percentile_ms(pictures, 0.95),
    }


def _gap_fraction(seen: Seen) -> float:
    levels = [level for _, level, _ in seen["heard"]]
    usual = statistics.median(levels)
    return round(sum(level < usual / 2 for level in levels) / len(levels), 4)


def _sound_delays(seen: Seen, began: list[tuple[float, int]]) -> list[float]:
    """Seconds from a tone's beginning to its being heard."""
    delays = []
    runs = itertools.groupby(seen["heard"], key=lambda window: window[2])
    steady = [
        (tone, windows[0][0])
        for tone, run in runs
        if len(windows := list(run)) >= STEADY_WINDOWS
    ]
    for (before, _), (tone, at) in itertools.pairwise(steady):
        causes = [begun for begun, which in began if which == tone and begun <= at]
        if before != tone and causes:
            delays.append((at - causes[-1]) / 1000)
    return delays


def _recoveries(
    seen: Seen, painted: dict[int, float], stalled_ms: float, line: Line
) -> list[float]:
    """For each whole stall, seconds from its end to the last picture before the next
    one that was older than DELAY_MS when it was shown."""
    every_ms = line.stall_every_seconds * 1000
    first_ms, last_ms = seen["shown"][0][1], seen["shown"][-1][1]
    recoveries: list[float] = []
    for number in itertools.count(int((first_ms - stalled_ms) / every_ms) + 1):
        begin = stalled_ms + number * every_ms
        if begin + every_ms > last_ms:
            return recoveries
        end = begin + line.stall_seconds * 1000
        late = [
            at - end
            for shown, at in seen["shown"]
            if end <= at < begin + every_ms and at - painted[shown] > DELAY_MS
        ]
        recoveries.append(round(max(late, default=0.0) / 1000, 2))
    raise AssertionError("unreachable")


if __name__ == "__main__":
    main()
