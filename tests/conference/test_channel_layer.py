import asyncio
import time
from collections.abc import Callable

import pytest

from conference.channel_layer import CLEAN_SECONDS, LocalChannelLayer


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass, as the clocks tell."""
    clocks = {name: getattr(time, name) for name in ("time", "monotonic")}

    def pass_by(seconds: float) -> None:
        for name, clock in clocks.items():
            monkeypatch.setattr(time, name, lambda clock=clock: clock() + seconds)

    return pass_by


async def test_what_nobody_fetches_expires(later: Callable[[float], None]) -> None:
    layer = LocalChannelLayer()
    await layer.send("old", {"type": "old"})
    later(layer.expiry + CLEAN_SECONDS + 1)
    await layer.send("new", {"type": "new"})
    assert await layer.receive("new") == {"type": "new"}
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(layer.receive("old"), 0.05)


async def test_it_is_not_looked_for_with_each_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer = LocalChannelLayer()
    await layer.send("busy", {"type": "first"})
    monkeypatch.setattr(layer, "channels", Watched(layer.channels))
    await layer.receive("busy")
    assert layer.channels.looked_through == 0


class Watched(dict[str, object]):
    looked_through = 0

    def items(self):  # type: ignore[no-untyped-def]
        self.looked_through += 1
        return super().items()


async def test_a_group_is_told_but_for_channels_that_are_full() -> None:
    layer = LocalChannelLayer(capacity=1)
    for channel in ("quick", "slow"):
        await layer.group_add("room", channel)
    await layer.group_send("room", {"type": "first"})
    assert await layer.receive("quick") == {"type": "first"}
    await layer.group_send("room", {"type": "second"})
    assert await layer.receive("quick") == {"type": "second"}
    assert await layer.receive("slow") == {"type": "first"}
    await layer.group_send("nobody", {"type": "third"})


async def test_what_was_sent_can_be_changed_afterwards() -> None:
    layer = LocalChannelLayer()
    await layer.group_add("room", "one")
    message = {"type": "event", "data": {"n": 1}}
    await layer.group_send("room", message)
    message["data"] = {}
    assert await layer.receive("one") == {"type": "event", "data": {"n": 1}}
