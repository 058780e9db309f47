"""What one thread makes is taken by another, so that both work at the same time."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

AHEAD = 8  # pieces that may wait: whoever is slow for a moment holds nobody up

Piece = TypeVar("Piece")


@contextmanager
def hand_over(take: Callable[[Piece], None]) -> Iterator[Callable[[Piece], None]]:
    """``with hand_over(take) as give``: a thread takes what is given, in its order.

    All is taken when the block ends. Giving waits while ``AHEAD`` pieces do. What
    ``take`` raises is raised by a later ``give`` or by the end of the block; an
    exception of the block drops the pieces that wait.
    """
    waiting: deque[Future[None]] = deque()
    thread = ThreadPoolExecutor(max_workers=1)

    def give(piece: Piece) -> None:
        waiting.append(thread.submit(take, piece))
        if len(waiting) > AHEAD:
            waiting.popleft().result()

    try:
        yield give
        while waiting:
            waiting.popleft().result()
    finally:
        thread.shutdown(cancel_futures=True)
