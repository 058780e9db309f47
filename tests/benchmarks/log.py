"""The stream log under load; prints one JSON line last.

Each publisher appends a record at a time, at its own pace, as the media socket does.
The time to an acknowledgement is from when the record was due, so that a load that
falls behind is not hidden. Afterwards everything is read back and compared.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from pathlib import Path

from rooms.streams import open_log
from rooms.streams.contract import Entry, StreamLog
from tests.benchmarks import machine

LEAST_BYTES, MOST_BYTES = 1_000, 5_000
PAYLOAD = random.Random(1).randbytes(MOST_BYTES * 2)


def payload(publisher: int, number: int) -> bytes:
    """The same for the same record, another for another one."""
    pick = random.Random(publisher << 32 | number)
    size = pick.randint(LEAST_BYTES, MOST_BYTES)
    start = pick.randint(0, MOST_BYTES)
    return number.to_bytes(8) + PAYLOAD[start : start + size]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishers", type=int, default=50)
    parser.add_argument("--rate", type=int, default=80, help="records per second each")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--url", help="instead of sqlite:// in a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.url or f"sqlite://{Path(folder) / 'streams.sqlite3'}"
        print(json.dumps(asyncio.run(measure(url, arguments))))


async def measure(url: str, arguments: argparse.Namespace) -> dict[str, object]:
    log = open_log(url)
    seconds: list[float] = []
    began, cpu = time.monotonic(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for publisher in range(arguments.publishers):
            group.create_task(
                publish(log, publisher, arguments.rate, arguments.seconds, seconds)
            )
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    sent = int(arguments.rate * arguments.seconds)
    lost = [await count_lost(log, one, sent) for one in range(arguments.publishers)]
    await log.close()
    seconds.sort()
    return {
        "publishers": arguments.publishers,
        "seconds": round(took, 1),
        "records_per_second": round(len(seconds) / took),
        "ack_p50_ms": machine.percentile_ms(seconds, 0.5),
        "ack_p99_ms": machine.percentile_ms(seconds, 0.99),
        "ack_max_ms": machine.percentile_ms(seconds, 1),
        "lost_records": sum(lost),
        "cpu_cores": round(cpu / took, 3),
        "machine": machine.facts(),
    }


async def publish(
    log: StreamLog, publisher: int, rate: int, for_seconds: float, seconds: list[float]
) -> None:
    began = time.monotonic() + publisher / 50 / rate  # not all in the same moment
    async with asyncio.TaskGroup() as appends:
        for index in range(int(rate * for_seconds)):
            due = began + index / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            appends.create_task(append(log, publisher, index + 1, due, seconds))


async def append(
    log: StreamLog, publisher: int, number: int, due: float, seconds: list[float]
) -> None:
    entry = Entry(1, number, time.time_ns() // 1000, payload(publisher, number))
    await log.append(stream(publisher), [entry], fence=1)
    seconds.append(time.monotonic() - due)


async def count_lost(log: StreamLog, publisher: int, sent: int) -> int:
    """How many records are not there, not in their place or not what was sent."""
    found = position = 0
    while records := await log.read(stream(publisher), position=position + 1):
        for record in records:
            found += record.payload == payload(publisher, record.position)
        position = records[-1].position
    return max(sent, position) - found


def stream(publisher: int) -> str:
    return f"benchmark/{publisher}"


if __name__ == "__main__":
    main()
