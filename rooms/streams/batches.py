"""What backends do alike with the entries they are given and the records they give."""

from collections.abc import Iterable, Iterator

from rooms.streams.contract import Entry, Stored


def fresh(entries: Iterable[Entry], *, epoch: int, number: int) -> list[Entry]:
    """The entries that rise above ``(epoch, number)`` and above those before them."""
    last = (epoch, number)
    rising = []
    for entry in entries:
        if (entry.epoch, entry.number) > last:
            last = (entry.epoch, entry.number)
            rising.append(entry)
    return rising


def within(records: Iterable[Stored], limit_bytes: int) -> Iterator[Stored]:
    """The first record, and those after it that fit in ``limit_bytes`` together."""
    total = 0
    for index, record in enumerate(records):
        total += len(record.payload)
        if index and total > limit_bytes:
            return
        yield record
