"""A picture follows the size at which it is shown, and the speaker the sound."""

from collections.abc import Callable

import pytest

from tests.e2e.people import is_like
from tests.js_browser.conftest import Person
from tests.server import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.call]

Enter = Callable[..., Person]
RED = (200, 40, 40)
SECONDS = 30  # for three encoders on a busy machine


def lines(person: Person, selector: str) -> int:
    """Of the picture that a canvas shows now."""
    script = f"() => lab.size('{selector}')"
    height: int = person.run(script)
    return height


def test_each_viewer_gets_the_layer_of_its_tile(enter: Enter) -> None:
    alice, bob, carol = enter("Alice"), enter("Bob"), enter("Carol")
    look = "(view) => lab.call.setView(view.number, 'camera', view.height)"
    bob.run(look, {"number": alice.number, "height": 160})
    carol.run(look, {"number": alice.number, "height": 360})
    alice.send("camera", f"lab.camera('rgb{RED}', {{width: 640, height: 360}})")
    at_bob, at_carol = bob.show(alice), carol.show(alice)
    wait_for(lambda: is_like(bob.colour(at_bob), RED), SECONDS)
    wait_for(lambda: lines(bob, at_bob) == 180, SECONDS)
    wait_for(lambda: lines(carol, at_carol) == 360, SECONDS)

    bob.run(look, {"number": alice.number, "height": 400})
    wait_for(lambda: lines(bob, at_bob) == 360, SECONDS)
    assert is_like(bob.colour(at_bob), RED)
    carol.run(look, {"number": alice.number, "height": 100})
    wait_for(lambda: lines(carol, at_carol) == 180, SECONDS)
    wait_for(lambda: is_like(carol.colour(at_carol), RED), SECONDS)


def test_everybody_knows_who_speaks(enter: Enter) -> None:
    alice, bob = enter("Alice"), enter("Bob")
    assert bob.state()["speaker"] is None
    alice.send("microphone", "lab.tone(440)")
    bob.wait(f"lab.call.speaker === {alice.number}")
    alice.wait(f"lab.call.speaker === {alice.number}")
    alice.send("microphone", "null")
    bob.wait("lab.call.speaker === null")
