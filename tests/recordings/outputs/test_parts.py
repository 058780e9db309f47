"""The pure parts of live outputs."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from recordings.layout import Look
from recordings.live import rtmp
from recordings.live.addresses import BadAddress, is_public, parse_server, resolve
from recordings.live.amf import AmfError, decode, encode
from recordings.live.playlist import BEHIND, SHOWN, Listed, Window, media_of
from recordings.live.stage import Stage
from recordings.segment_index import parse
from rooms.state import empty_state
from rooms.streams.contract import Stored
from rooms.streams.record import Codec, Flag, Header, Kind

VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.floats(allow_nan=False)
    | some.text(max_size=9),
    lambda inner: some.dictionaries(some.text(min_size=1, max_size=9), inner),
    max_leaves=8,
)


@given(some.lists(VALUES))
def test_commands_are_read_as_they_were_written(values: list[Any]) -> None:
    assert decode(encode(*values)) == values


@given(some.binary(max_size=60))
def test_nonsense_is_refused_as_such(data: bytes) -> None:
    try:
        decode(data)
    except AmfError:
        return


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - looked at, not listened on
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_addresses_that_are_nobodys_server(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")


def test_a_private_target_is_refused_unless_it_may_be() -> None:
    with pytest.raises(BadAddress, match="private"):
        resolve("rtmp://127.0.0.1:1935/live", "key", allows_private=False)
    found = resolve("rtmp://127.0.0.1:1936/live", "key", allows_private=True)
    assert (found.ips, found.port, found.app) == (("127.0.0.1",), 1936, "live")
    assert parse_server("rtmps://example.com/a/b").port == 443


CHUNKS = (
    bytes([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]) + (200).to_bytes(4, "big"),
    bytes([3, 0, 0, 0, 0, 1, 44, 20, 0, 0, 0, 0]) + b"a" * 200,
    bytes([0xC3]) + b"a" * 100,
    bytes([0x43, 0, 0, 9, 0, 0, 3, 20]) + b"end",
)


@given(some.lists(some.integers(1, 340), max_size=6))
def test_messages_come_in_however_they_are_cut(cuts: list[int]) -> None:
    """With another chunk size on the way, and headers of several forms."""
    publisher = object.__new__(rtmp.Publisher)
    publisher._buffer, publisher._in_chunk, publisher._incoming = b"", 128, {}
    whole, seen = b"".join(CHUNKS), []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(whole)], strict=True):
        publisher._buffer += whole[start:end]
        seen += publisher._messages()
    assert seen == [(20, b"a" * 300), (20, b"end")]


def window(count: int, run: int = 1, first: int = 1) -> Window:
    made = Window(codecs="avc1.64001f,mp4a.40.2", bits=3_000_000)
    made.inits = {str(run): base64.b64encode(b"init").decode()}
    for number in range(first, first + count):
        made.add(Listed(number, run, 2.0, number * 2_000_000))
    return made


def test_a_window_holds_so_much_and_shows_less() -> None:
    made = window(100)
    assert len(made.pieces) == SHOWN + BEHIND
    text = media_of(made, is_over=False)
    assert text.count("#EXTINF") == SHOWN
    assert f"#EXT-X-MEDIA-SEQUENCE:{101 - SHOWN}" in text
    assert "00000100-1.m4s" in text
    assert "ENDLIST" not in text
    assert media_of(made, is_over=True).endswith("#EXT-X-ENDLIST\n")
    assert Window.from_json(made.as_json()) == made


def test_another_run_is_a_discontinuity_as_long_as_it_is_seen() -> None:
    made = window(3)
    made.inits["2"] = base64.b64encode(b"other").decode()
    made.add(Listed(4, 2, 2.0, 9_000_000))
    text = media_of(made, is_over=False)
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert (
        text.index("init-1.mp4") < text.index("DISCONTINUITY\n") < text.index("init-2")
    )
    for number in range(5, 60):
        made.add(Listed(number, 2, 2.0, number * 2_000_000))
    text = media_of(made, is_over=False)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in text
    assert "#EXT-X-DISCONTINUITY\n" not in text
    assert list(made.inits) == ["2"]


def participant(number: int) -> dict[str, Any]:
    track = {"codec": "h264", "width": 320, "height": 180, "started_us": 0}
    return {
        "number": number,
        "id": str(number),
        "name": f"Person {number}",
        "role": "guest",
        "connected": True,
        "hand_raised_us": None,
        "tracks": {"camera": {**track, "kind": "camera"}},
    }


def voice(at_us: int) -> Any:
    header = Header(Kind.MICROPHONE, Codec.OPUS, Flag.KEY, 0, 20, 1, 1, at_us)
    return parse(Stored(1, at_us, header.pack() + b"x"))


def speak(stage: Stage, number: int, start: float, end: float) -> None:
    for step in range(round((end - start) * 50)):
        stage.voices.hear(number, voice(round((start + step / 50) * 1e6)))


def test_who_speaks_is_large_and_stays_so_in_silence() -> None:
    state = empty_state({}, {"id": "now"})
    state["participants"] = [participant(1), participant(2)]
    stage = Stage(state, (640, 360), Look(layouts=((0, "speaker"),)))

    def large(at: float) -> int:
        return stage.scene_at(round(at * 1e6)).tiles[0].number

    speak(stage, 1, 100, 103)
    assert large(103) == 1
    speak(stage, 2, 104, 107)
    assert large(107) == 2
    assert large(108) == 2
    assert large(300) == 2


def test_a_scene_is_the_same_object_until_something_happens() -> None:
    state = empty_state({}, {"id": "now"})
    state["participants"] = [participant(1)]
    stage = Stage(state, (640, 360), Look())
    first = stage.scene_at(1_000_000)
    joined = {
        "event": "participant.joined",
        "at_us": 3_000_000,
        "data": {"participant": participant(2)},
    }
    stage.hear([joined])
    assert stage.scene_at(2_000_000) is first
    assert len(stage.scene_at(3_000_000).tiles) == 2
    stage.change(Look(layouts=((0, "single"),)))
    assert len(stage.scene_at(3_100_000).tiles) == 1
