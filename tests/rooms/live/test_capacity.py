"""Steps down when a viewer's network lags, and carefully up again."""

from rooms.live.capacity import (
    CALM_US,
    FULL_LONG_US,
    FULL_US,
    KNOWN_US,
    LATE_US,
    NO_VIDEO,
    QUIET_US,
    SETTLE_US,
    STEPS,
    Capacity,
    Step,
)
from rooms.live.delivery import ALL, KEYS

LOOK_US = 250_000
RATES = (20_000, 60_000, 170_000, 350_000)  # bytes a second of a layer


def cost(step: Step, layers: int = 3) -> float:
    """One picture of three layers, a third of each in its temporal layers."""
    if step == NO_VIDEO:
        return 0
    rate = RATES[min(step.spatial, layers - 1)]
    return {ALL: rate, 1: rate * 0.8, 0: rate * 0.6, KEYS: rate * 0.2}[step.most]


class Network:
    """Carries so many bytes a second, and lags beyond."""

    def __init__(self, carries: float) -> None:
        self.carries = carries
        self.capacity = Capacity()
        self.now = 1_000_000_000
        self.steps = [self.capacity.step]

    def run(self, seconds: float) -> Step:
        for _ in range(int(seconds * 1e6 / LOOK_US)):
            self.now += LOOK_US
            load = cost(self.capacity.step)
            if self.capacity.look(
                self.now,
                lag_us=LATE_US + 1 if load > self.carries else 0,
                carried=min(load, self.carries),
                cost=cost,
            ):
                self.steps.append(self.capacity.step)
        return self.capacity.step


def test_a_good_network_gets_all() -> None:
    assert Network(1e6).run(60) == STEPS[0]


def test_it_falls_at_once_to_what_is_carried() -> None:
    network = Network(70_000)
    step = network.run(1)
    assert step == Step(1, 1)  # 48 of 56 kB/s
    assert len(network.steps) == 2


def test_temporal_layers_go_before_spatial_ones() -> None:
    network = Network(169_000)
    assert network.run(1) == Step(3, 0)


def test_almost_nothing_is_left_key_frames_and_then_no_video() -> None:
    assert Network(5000).run(3) == Step(0, KEYS)
    assert Network(3000).run(6) == NO_VIDEO


def test_it_waits_for_a_change_to_show() -> None:
    capacity = Capacity()
    looks = [
        capacity.look(now, lag_us=LATE_US + 1, carried=1e6, cost=cost)
        for now in range(10**9, 10**9 + 2 * SETTLE_US, LOOK_US)
    ]
    assert looks.count(True) == 2


def test_it_climbs_back_in_steps_that_let_more_through() -> None:
    network = Network(70_000)
    network.run(5)
    network.carries = 1e6
    network.run((KNOWN_US + QUIET_US * 20) / 1e6)
    assert network.capacity.step.spatial >= 2
    costs = [cost(step) for step in network.steps[1:]]
    assert costs == sorted(costs)


def test_it_tries_ever_more_seldom_what_does_not_hold() -> None:
    network = Network(70_000)
    network.run(100)
    early = len(network.steps)
    network.run(200)
    before = len(network.steps)
    network.run(100)
    assert len(network.steps) - before < early
    network.carries = 1e6
    network.run(CALM_US / 1e6 * 5)
    assert cost(network.capacity.step) == RATES[2]


def look(capacity: Capacity, now: int, lag_us: int, carried: float = 0) -> bool:
    return capacity.look(now, lag_us=lag_us, carried=carried, cost=cost)


def test_a_network_that_does_not_catch_up_lags() -> None:
    capacity, now = Capacity(), 10**9
    for _ in range(20):
        now += LOOK_US
        assert not look(capacity, now, 160_000)
    full_us = 160_000 + FULL_US + LOOK_US
    fell = []
    for _ in range(FULL_LONG_US // LOOK_US + 2):
        now += LOOK_US
        fell.append(look(capacity, now, full_us, carried=200_000))
    assert fell == [False] * (len(fell) - 1) + [True]
    assert cost(capacity.step) <= 160_000


def test_a_short_stall_or_a_long_way_is_no_lag() -> None:
    capacity, now = Capacity(), 10**9
    for tick in range(400):
        now += LOOK_US
        stalled = tick % 20 < 4  # one second of five
        assert not look(capacity, now, 650_000 if stalled else 400_000, 1e5)


def test_what_it_carries_is_not_tried_to_exceed() -> None:
    capacity, now = Capacity(), 10**9
    assert look(capacity, now, LATE_US + 1, carried=100_000)
    step = capacity.step
    while now < 10**9 + KNOWN_US - QUIET_US:
        now += LOOK_US
        # Now and then it is full for a moment.
        is_full = now // 10**6 % 5 == 0
        look(capacity, now, 400_000 if is_full else 160_000, 100_000 if is_full else 0)
    assert capacity.step == step
    for _ in range(40):
        now += LOOK_US
        look(capacity, now, 400_000, carried=300_000)  # it carries more than that
        now += LOOK_US
        look(capacity, now, 100_000)
    assert cost(capacity.step) > cost(step)
