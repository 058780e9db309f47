"""The channel layer of one process."""

import asyncio
import time
from contextlib import suppress
from copy import deepcopy
from typing import Any

from channels.layers import InMemoryChannelLayer

CLEAN_SECONDS = 5


class LocalChannelLayer(InMemoryChannelLayer):
    """For events that a thousand people hear of.

    Looks for what has expired every CLEAN_SECONDS, and not before each message: it goes
    through all channels for it. What a group is sent is one object for all of its
    channels, not to be changed by who receives it, and takes no task for each.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._cleaned = time.monotonic()

    def _clean_expired(self) -> None:
        if time.monotonic() - self._cleaned >= CLEAN_SECONDS:
            super()._clean_expired()
            self._cleaned = time.monotonic()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Without those channels of the group that are full."""
        self.require_valid_group_name(group)
        self._clean_expired()
        expiring = time.time() + self.expiry, deepcopy(message)
        for channel in self.groups.get(group, ()):
            queue = self.channels.get(channel)
            if queue is None:
                queue = asyncio.Queue(maxsize=self.get_capacity(channel))
                self.channels[channel] = queue
            with suppress(asyncio.QueueFull):
                queue.put_nowait(expiring)
