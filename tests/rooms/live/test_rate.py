"""Allowances: bursts up to the whole, then the rate."""

import pytest

from conference.errors import TooMany
from rooms.live.rate import Allowance


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_once_and_then_the_rate() -> None:
    clock = Clock()
    allowance = Allowance(50, seconds=10, clock=clock)
    for _ in range(500):
        allowance.spend()
    with pytest.raises(TooMany):
        allowance.spend()
    clock.now = 1.0
    for _ in range(49):
        allowance.spend()
    with pytest.raises(TooMany):
        allowance.spend(2)


def test_what_is_not_used_does_not_pile_up() -> None:
    clock = Clock()
    allowance = Allowance(1, seconds=2, clock=clock)
    clock.now = 1000.0
    allowance.spend(2)
    with pytest.raises(TooMany):
        allowance.spend()
