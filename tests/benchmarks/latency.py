"""From a camera to another page's screen, beside WebRTC; prints one JSON line last.

The camera is a canvas that paints its frame's number, 640x360 at 30 a second; a page is
looked at as often as it is drawn, and the time is from a frame's painting to the first
look that finds it. It goes through the product's own page, the real server and another
browser; then, in the first page, through an ``RTCPeerConnection`` to itself, from the
same canvas and with the same bits; both in turn, several times.
"""

import argparse
import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks import machine
from tests.benchmarks.call_pages import CallPage, Devices, call_page, picture_of
from tests.benchmarks.servers import open_room, server_of_pages

LINES = 360
BITS = 500_000  # a second, as the product gives this layer
SETTLE_SECONDS = 4.0


@dataclass(slots=True)
class Delays:
    """Of one way, in all rounds."""

    seconds: list[float] = field(default_factory=list)
    broken: int = 0
    medians: list[float] = field(default_factory=list)
    shown: int = 0
    painted: int = 0

    def add(self, shown: list[tuple[int, float]], painted: dict[int, float]) -> None:
        """``shown`` and ``painted``: frame numbers and when, ms."""
        delays = [(at - painted[number]) / 1000 for number, at in shown]
        self.seconds += delays
        self.medians.append(round(statistics.median(delays) * 1000, 1))
        first, last = shown[0][0], shown[-1][0]
        self.shown += len(shown)
        self.painted += last - first + 1

    def percentile_ms(self, share: float) -> float:
        return machine.percentile_ms(sorted(self.seconds), share)

    def figures(self, name: str) -> dict[str, object]:
        return {
            f"{name}_p50_ms": self.percentile_ms(0.5),
            f"{name}_p95_ms": self.percentile_ms(0.95),
            f"{name}_rounds_p50_ms": self.medians,
            f"{name}_frames_shown": round(self.shown / self.painted, 3),
            f"{name}_broken": self.broken,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--sound", action="store_true", help="with a microphone")
    arguments = parser.parse_args()
    with server_of_pages(people=2) as server:
        url = f"{server.url}/rooms/{open_room().room.slug}/"
        figures = _run(server.data_dir, url, arguments)
    print(json.dumps({**figures, "machine": machine.facts()}))


def _run(folder: Path, url: str, arguments: argparse.Namespace) -> dict[str, object]:
    ours, webrtc = Delays(), Delays()
    devices = Devices(LINES, has_microphone=arguments.sound)
    with (
        sync_playwright() as playwright,
        call_page(playwright, folder, "Alice", devices) as alice,
        call_page(playwright, folder, "Bob", Devices()) as bob,
    ):
        alice.join(url)
        bob.join(url)
        for _ in range(arguments.rounds):
            _measure_ours(alice, bob, ours, arguments.seconds)
            facts = _measure_webrtc(alice, webrtc, arguments.seconds)
        errors = alice.errors + bob.errors
    figures = {**ours.figures("capture_to_screen"), **webrtc.figures("webrtc")}
    ratios = {
        f"{name}_x_webrtc": round(
            ours.percentile_ms(share) / webrtc.percentile_ms(share), 2
        )
        for name, share in (("p50", 0.5), ("p95", 0.95))
    }
    return {**figures, **ratios, "webrtc": facts, "errors": errors}


def _measure_ours(
    alice: CallPage, bob: CallPage, delays: Delays, seconds: float
) -> None:
    bob.page.wait_for_selector(picture_of("Alice"))
    bob.wait(SETTLE_SECONDS)
    seen = bob.watch(picture_of("Alice"), seconds)
    delays.add(seen["shown"], alice.painted())
    delays.broken += seen["broken"]
    alice.press("Turn off camera")


def _measure_webrtc(
    alice: CallPage, delays: Delays, seconds: float
) -> dict[str, object]:
    alice.run("(bits) => bench.openLoopback(bits)", BITS)
    alice.wait(SETTLE_SECONDS)
    seen = alice.watch("#loopback", seconds)
    delays.add(seen["shown"], alice.painted())
    delays.broken += seen["broken"]
    facts: dict[str, object] = alice.run("() => bench.loopback.facts()")
    alice.run("() => bench.loopback.close()")
    alice.press("Turn on camera")
    return facts


if __name__ == "__main__":
    main()
