"""Steps down when a viewer's network lags, and carefully up again."""

from rooms.live.capacity import (
    CALM_US,
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
                is_late=load > self.carries,
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
        capacity.look(now, is_late=True, carried=1e6, cost=cost)
        for now in range(10**9, 10**9 + 2 * SETTLE_US, LOOK_US)
    ]
    assert looks.count(True) == 2


def test_it_climbs_back_in_steps_that_let_more_through() -> None:
    network = Network(70_000)
    network.run(5)
    network.carries = 1e6
    network.run(QUIET_US / 1e6 * 20)
    assert network.capacity.step.spatial >= 2
    costs = [cost(step) for step in network.steps[1:]]
    assert costs == sorted(costs)


def test_it_tries_ever_more_seldom_what_does_not_hold() -> None:
    network = Network(70_000)
    network.run(60)
    early = len(network.steps)
    network.run(300)
    assert len(network.steps) - early < early
    network.carries = 1e6
    network.run(CALM_US / 1e6 * 5)
    assert cost(network.capacity.step) == RATES[2]
