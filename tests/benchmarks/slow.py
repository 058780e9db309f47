"""Viewers whose network carries next to nothing; prints one JSON line last.

One publisher sends three layers of a camera and a microphone to many viewers, some of
whom read at 100 kbit/s only, with a small buffer of their own. The others are to notice
nothing; the slow ones are to hear it, and to see what decodes. The server process has
the first CPU, this load the last.
"""

import argparse
import asyncio
import json
import time
from typing import TYPE_CHECKING

from rooms.streams.record import Kind
from tests.benchmarks import machine
from tests.benchmarks.meeting import PACKETS_PER_SECOND, Load, Person
from tests.benchmarks.servers import enter, open_room, pinned_servers
from tests.server import Server

if TYPE_CHECKING:
    from rooms.access import Access

WARM_SECONDS = 20.0  # in which the server finds out who is slow
ONE_PUBLISHER = Load(obeys=True, pace=1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--slow", type=int, default=20, help="how many of them are")
    parser.add_argument("--bits", type=int, default=100_000, help="a second, of those")
    parser.add_argument("--seconds", type=float, default=30)
    arguments = parser.parse_args()
    with pinned_servers(people=arguments.viewers + 1) as [server]:
        figures = asyncio.run(_run(server, open_room(), arguments))
    print(json.dumps({**figures, "machine": machine.facts()}))


async def _run(
    server: Server, access: "Access", arguments: argparse.Namespace
) -> dict[str, object]:
    people = [Person(number) for number in range(1, arguments.viewers + 2)]
    for person in people:
        person.client = await enter(server, access, person.take)
    publisher, *viewers = people
    slow, fast = viewers[: arguments.slow], viewers[arguments.slow :]
    for person in slow:
        person.client.read_slowly(arguments.bits)
    reports = [asyncio.create_task(person.report()) for person in people]
    await publisher.publish(WARM_SECONDS, ONE_PUBLISHER)
    pid = server.process.pid
    rss = machine.rss_mb(pid)
    for person in viewers:
        person.seconds.clear()
        person.deliveries.clear()
    cpu, began = machine.cpu_seconds(pid), time.monotonic()
    await publisher.publish(arguments.seconds, ONE_PUBLISHER)
    took = time.monotonic() - began
    cpu = machine.cpu_seconds(pid) - cpu
    for report in reports:
        report.cancel()
    sent = took * PACKETS_PER_SECOND
    heard = [person.deliveries[Kind.MICROPHONE] / sent for person in slow]
    seen = [person.deliveries[Kind.CAMERA] / took for person in slow]
    fast_seconds = sorted(one for person in fast for one in person.seconds)
    slow_seconds = sorted(one for person in slow for one in person.seconds)
    return {
        "viewers": len(viewers),
        "slow": len(slow),
        "bits_per_second": arguments.bits,
        "seconds": round(took, 1),
        "fast_p50_ms": machine.percentile_ms(fast_seconds, 0.5),
        "fast_p99_ms": machine.percentile_ms(fast_seconds, 0.99),
        "fast_frames_per_second": round(
            sum(one.deliveries[Kind.CAMERA] for one in fast) / took / len(fast), 1
        ),
        "slow_p50_ms": machine.percentile_ms(slow_seconds, 0.5),
        "slow_p99_ms": machine.percentile_ms(slow_seconds, 0.99),
        "slow_sound_least": round(min(heard), 3),
        "slow_frames_per_second_least": round(min(seen), 2),
        "undecodable": sum(person.undecodable for person in viewers),
        "closed": sum(one.client.close_code is not None for one in viewers),
        "server_cpu_cores": round(cpu / took, 3),
        "server_rss_growth_mb": round(machine.rss_mb(pid) - rss, 1),
        "server_peak_rss_mb": machine.peak_rss_mb(pid),
    }


if __name__ == "__main__":
    main()
