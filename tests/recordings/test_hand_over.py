"""The bounded hand-over from one thread to another."""

import sys
import threading
import time
import traceback
from collections.abc import Callable

import pytest

from recordings.hand_over import AHEAD, hand_over

PATIENCE = 30  # seconds


def test_another_thread_takes_all_in_order() -> None:
    taken, threads = [], set()

    def take(piece: int) -> None:
        taken.append(piece)
        threads.add(threading.get_ident())

    with hand_over(take) as give:
        for piece in range(10 * AHEAD):
            give(piece)
    assert taken == list(range(10 * AHEAD))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_whoever_gives_waits_for_whoever_takes() -> None:
    taken: list[int] = []
    given: list[int] = []
    may_take, is_full = threading.Semaphore(0), threading.Event()

    def take(piece: int) -> None:
        assert may_take.acquire(timeout=PATIENCE)
        taken.append(piece)

    def give_all() -> None:
        with hand_over(take) as give:
            for piece in range(3 * AHEAD):
                given.append(piece)
                if piece == AHEAD:
                    is_full.set()
                give(piece)

    giver = threading.Thread(target=give_all)
    giver.start()
    assert is_full.wait(PATIENCE)
    giver.join(0.2)
    assert (len(given), taken) == (AHEAD + 1, [])
    may_take.release(3 * AHEAD)
    giver.join(PATIENCE)
    assert taken == given == list(range(3 * AHEAD))


@pytest.mark.parametrize("pieces", [1, 10 * AHEAD])
def test_an_error_of_the_taker_reaches_the_giver(pieces: int) -> None:
    def take(piece: int) -> None:
        raise OSError("The disk is full.")

    with pytest.raises(OSError, match="full"), hand_over(take) as give:
        for piece in range(pieces):
            give(piece)


def test_an_error_of_the_giver_drops_what_waits() -> None:
    taken = []
    giver, is_begun = threading.get_ident(), threading.Event()

    def take(piece: int) -> None:
        is_begun.set()
        assert wait_until(lambda: {"shutdown", "join"} <= functions_of(giver))
        taken.append(piece)

    with pytest.raises(KeyError), hand_over(take) as give:
        for piece in range(AHEAD):
            give(piece)
        assert is_begun.wait(PATIENCE)
        raise KeyError
    assert taken == [0]


def functions_of(thread: int) -> set[str]:
    """What a thread is in now."""
    frames = traceback.walk_stack(sys._current_frames()[thread])
    return {frame.f_code.co_name for frame, _line in frames}


def wait_until(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()
