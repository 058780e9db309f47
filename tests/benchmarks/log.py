"""The stream log under load; prints one JSON line last.

Each publisher appends a record at a time, at its own pace, as the media socket does.
The time to an acknowledgement is from when the record was due, so that a load that
falls behind is not hidden. Each record holds the hash of the one before it in its
stream: afterwards everything is read back, as fast as it goes, and then the chains are
followed.
"""

import argparse
import asyncio
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from rooms.streams import open_log
from rooms.streams.contract import Entry, Stored, StreamLog
from tests.benchmarks import machine
from tests.redis import running_redis

LEAST_BYTES, MOST_BYTES = 1_000, 5_000
FILLER = random.Random(1).randbytes(MOST_BYTES)
ACK_MS = 50  # the target: the largest rate is the last one that keeps it
STEP = 1.5  # from one rate to the next
TRIAL_SECONDS = 5.0


@dataclass
class Chain:
    """A stream whose records each hold the hash of the one before."""

    stream: str
    written: int = 0
    found: int = 0
    _written_hash: bytes = bytes(32)
    _found_hash: bytes = bytes(32)
    _sizes: random.Random = field(default_factory=lambda: random.Random(1))

    def next_payload(self) -> bytes:
        self.written += 1
        size = self._sizes.randint(LEAST_BYTES, MOST_BYTES)
        payload = self.written.to_bytes(8) + self._written_hash + FILLER[:size]
        self._written_hash = hashlib.sha256(payload).digest()
        return payload

    def follow(self, record: Stored) -> None:
        """Count a record that is where it belongs and goes on from the last one."""
        number, before = record.payload[:8], record.payload[8:40]
        is_right = before == self._found_hash and int.from_bytes(number) == (
            record.position
        )
        self.found += is_right
        self._found_hash = hashlib.sha256(record.payload).digest()

    @property
    def lost(self) -> int:
        """Missing, changed or out of place."""
        is_end = self._found_hash == self._written_hash
        return max(self.written - self.found, int(not is_end))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishers", type=int, default=50)
    parser.add_argument("--rate", type=int, default=80, help="records per second each")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--largest", action="store_true", help="find the largest rate, too"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", help="instead of sqlite:// in a temporary folder")
    where.add_argument("--redis", action="store_true", help="a Redis of its own")
    arguments = parser.parse_args()
    with address(arguments) as (url, pids):
        print(json.dumps(asyncio.run(measure(url, pids, arguments))))


@contextmanager
def address(arguments: argparse.Namespace) -> Iterator[tuple[str, list[int]]]:
    """And the processes that read beside this one."""
    if arguments.url:
        yield arguments.url, []
    elif arguments.redis:
        with running_redis() as redis:
            yield redis.url, [redis.pid]
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite://{Path(folder) / 'streams.sqlite3'}", []


async def measure(
    url: str, pids: list[int], arguments: argparse.Namespace
) -> dict[str, object]:
    log = open_log(url)
    live = arguments.publishers * arguments.rate
    chains = make_chains(arguments.publishers)
    began, cpu = time.monotonic(), time.process_time()
    seconds = await load(log, chains, arguments.rate, arguments.seconds)
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    catch_up = await read_all(log, chains, pids, live)
    await forget(log, chains)
    largest = (
        {"largest_records_per_second": await find_largest(log, arguments)}
        if arguments.largest
        else {}
    )
    await log.close()
    return {
        "url": url.partition(":")[0],
        "publishers": arguments.publishers,
        "seconds": round(took, 1),
        "records_per_second": round(len(seconds) / took),
        "ack_p50_ms": machine.percentile_ms(seconds, 0.5),
        "ack_p99_ms": machine.percentile_ms(seconds, 0.99),
        "ack_max_ms": machine.percentile_ms(seconds, 1),
        "lost_records": sum(chain.lost for chain in chains),
        **catch_up,
        **largest,
        "cpu_cores": round(cpu / took, 3),
        "machine": machine.facts(),
    }


def make_chains(count: int) -> list[Chain]:
    run = uuid4().hex
    return [Chain(f"benchmark/{run}/{number}") for number in range(count)]


async def load(
    log: StreamLog, chains: list[Chain], rate: int, for_seconds: float
) -> list[float]:
    """All publish; the times to the acknowledgements, sorted."""
    seconds: list[float] = []
    async with asyncio.TaskGroup() as group:
        for index, chain in enumerate(chains):
            delay = index / len(chains) / rate  # not all in the same moment
            group.create_task(publish(log, chain, rate, for_seconds, delay, seconds))
    seconds.sort()
    return seconds


async def publish(
    log: StreamLog,
    chain: Chain,
    rate: int,
    for_seconds: float,
    delay: float,
    seconds: list[float],
) -> None:
    began = time.monotonic() + delay
    async with asyncio.TaskGroup() as appends:
        for index in range(int(rate * for_seconds)):
            due = began + index / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            appends.create_task(append(log, chain, due, seconds))


async def append(
    log: StreamLog, chain: Chain, due: float, seconds: list[float]
) -> None:
    payload = chain.next_payload()
    entry = Entry(1, chain.written, time.time_ns() // 1000, payload)
    await log.append(chain.stream, [entry], fence=1)
    seconds.append(time.monotonic() - due)


async def read_all(
    log: StreamLog, chains: list[Chain], pids: list[int], live: int
) -> dict[str, float]:
    """How many times as fast as it came in: by the clock, and by the CPU time of the
    process that needs the most, for machines that do other things as well."""
    began, own = time.monotonic(), time.process_time()
    before = [machine.cpu_seconds(pid) for pid in pids]
    streams = await asyncio.gather(*(read(log, chain.stream) for chain in chains))
    took, own = time.monotonic() - began, time.process_time() - own
    others = [
        machine.cpu_seconds(pid) - cpu for pid, cpu in zip(pids, before, strict=True)
    ]
    for chain, records in zip(chains, streams, strict=True):
        for record in records:
            chain.follow(record)
    found = sum(chain.found for chain in chains)
    return {
        "catch_up_x_live": round(found / took / live, 1),
        "catch_up_x_live_by_cpu": round(found / max(own, *others, 0.001) / live, 1),
        "read_cpu_us": round(1e6 * own / found, 1),
        "storage_read_cpu_us": round(1e6 * sum(others) / found, 1),
    }


async def read(log: StreamLog, stream: str) -> list[Stored]:
    """All of a stream; it is looked at later, which takes as long as to read it."""
    everything: list[Stored] = []
    position = 1
    while records := await log.read(stream, position=position):
        everything += records
        position = records[-1].position + 1
    return everything


async def forget(log: StreamLog, chains: list[Chain]) -> None:
    for chain in chains:
        await log.trim(chain.stream, before=chain.written + 1)


async def find_largest(log: StreamLog, arguments: argparse.Namespace) -> int:
    """Records a second, of all publishers, that are acknowledged in time: upwards from
    the rate given, or downwards where that is too much. 0: none are."""
    rate = float(arguments.rate)
    is_enough = await keeps_up(log, arguments, rate)
    step = STEP if is_enough else 1 / STEP
    while rate >= 1 and await keeps_up(log, arguments, rate * step) == is_enough:
        rate *= step
    return int(rate if is_enough else rate * step) * int(arguments.publishers)


async def keeps_up(log: StreamLog, arguments: argparse.Namespace, rate: float) -> bool:
    chains = make_chains(arguments.publishers)
    seconds = await load(log, chains, int(rate), TRIAL_SECONDS)
    await forget(log, chains)
    return bool(seconds) and machine.percentile_ms(seconds, 0.99) <= ACK_MS


if __name__ == "__main__":
    main()
