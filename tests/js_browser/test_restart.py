"""A call outlives the server process."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings

from tests.e2e.people import is_like
from tests.js_browser.conftest import Address, Person
from tests.server import Server, asgi_server, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.call]


class Mortal:
    """A server that can be killed and started again on its port."""

    def __init__(self) -> None:
        self._port: int | None = None
        self._running: AbstractContextManager[Server] | None = None
        self.start()

    def start(self) -> None:
        self._running = asgi_server(Path(settings.DATA_DIR), port=self._port)
        self._server = self._running.__enter__()
        self._port = self._server.port

    @property
    def url(self) -> str:
        return self._server.url

    def kill(self) -> None:
        self._server.kill()
        self.close()

    def close(self) -> None:
        if self._running:
            self._running.__exit__(None, None, None)
        self._running = None


@pytest.fixture
def server(address: Address, transactional_db: None) -> Iterator[Mortal]:
    server = Mortal()
    yield server
    server.close()


def test_a_call_goes_on_after_a_crash(
    server: Mortal, enter: Callable[..., Person]
) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    alice.send("camera", "lab.camera('rgb(200, 40, 40)')")
    alice.send("microphone", "lab.tone(440)")
    at_bob = bob.show(alice)
    wait_for(lambda: is_like(bob.colour(at_bob), (200, 40, 40)))
    alice.wait("lab.call.state.acknowledged.number > 50")
    before = alice.state()

    server.kill()
    alice.wait("lab.call.state.connection === 'reconnecting'")
    server.start()
    for person in (alice, bob):
        person.wait("lab.call.state.connection === 'open'", 30)

    after = alice.state()
    assert after["you"] == before["you"]
    # What was captured meanwhile came through as well: the numbers go on.
    number = before["acknowledged"]["number"] + 100
    alice.wait(f"lab.call.state.acknowledged.number > {number}")
    alice.send("camera", "lab.camera('rgb(40, 160, 60)')")
    wait_for(lambda: is_like(bob.colour(at_bob), (40, 160, 60)))
    bob.wait("Math.abs(lab.heardHz() - 440) < 10")
