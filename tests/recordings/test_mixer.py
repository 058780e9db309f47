"""Sound by media time: jitter and drift do not cut it, gaps are gaps."""

import numpy as np
import pytest

from recordings.decoders import Samples
from recordings.mixer import Mixer, SoundTrack, limit
from recordings.segment_index import parse
from rooms.streams.contract import Stored
from rooms.streams.record import Codec, Header
from tests.recordings.media import Chunk, tone

PCM = Codec.PCM


def push(track: SoundTrack, chunks: list[Chunk], late_us: int = 0) -> None:
    for number, chunk in enumerate(chunks, 1):
        captured = round(chunk.at * 1e6)
        header = Header(
            chunk.kind, chunk.codec, chunk.flags, 0, 20, 1, number, captured
        )
        payload = header.pack() + chunk.payload
        track.push(parse(Stored(number, captured + late_us, payload)))


def mixed(chunks: list[Chunk], seconds: float) -> Samples:
    mixer = Mixer(0)
    push(mixer.add_track(), chunks)
    blocks = [mixer.mix(1600) for _ in range(round(seconds * 30))]
    sound: Samples = np.concatenate(blocks, axis=1)[0]
    return sound


def jumps(sound: Samples, hertz: float, volume: float = 0.3) -> int:
    """Steps larger than a sine of this pitch makes."""
    most = 2 * np.pi * hertz / 48_000 * volume * 1.2
    return int((np.abs(np.diff(sound)) > most).sum())


def test_a_tone_is_where_it_belongs() -> None:
    sound = mixed(tone(200, start=1, end=2, codec=PCM), 3)
    assert np.abs(sound[:48_000]).max() == 0
    assert np.abs(sound[96_000:]).max() == 0
    assert np.sqrt((sound[48_000:96_000] ** 2).mean()) == pytest.approx(0.212, abs=0.01)


def test_jitter_does_not_cut() -> None:
    random = np.random.default_rng(1)
    chunks = [
        Chunk(c.kind, c.codec, c.at + random.uniform(-0.015, 0.015), c.payload)
        for c in tone(200, start=1, end=9, codec=PCM)
    ]
    assert jumps(mixed(chunks, 10), 200) <= 2  # where it begins and ends


@pytest.mark.parametrize("second", [1.001, 0.999])
def test_a_clock_that_drifts_is_neither_heard_nor_late(second: float) -> None:
    """A sound card that is 0.1 % slow or fast: without it, 60 ms are missing or too
    many in the end."""
    chunks = [
        Chunk(c.kind, c.codec, c.at * second, c.payload)
        for c in tone(200, start=0, end=60, codec=PCM)
    ]
    sound = mixed(chunks, 62)
    heard = np.flatnonzero(np.abs(sound) > 0.01)
    assert heard[-1] / 48_000 == pytest.approx(60 * second, abs=0.01)
    assert np.diff(heard).max() < 10  # samples: where a sine passes through zero
    assert jumps(sound, 200) <= 2  # where it begins and ends


def test_after_a_packet_that_is_lost_all_is_in_time_again() -> None:
    chunks = tone(210, start=0, end=3, codec=PCM)  # no whole number in a packet
    whole, broken = mixed(chunks, 3), mixed(chunks[:50] + chunks[51:], 3)
    assert not np.array_equal(whole[48_000:50_000], broken[48_000:50_000])
    assert np.array_equal(whole[96_000:], broken[96_000:])


def test_a_gap_is_silence() -> None:
    chunks = [
        *tone(200, start=0, end=1, codec=PCM),
        *tone(200, start=2, end=3, codec=PCM),
    ]
    sound = mixed(chunks, 3)
    assert np.abs(sound[48_100:95_900]).max() == 0
    assert np.abs(sound[96_100:140_000]).max() > 0.25


def test_a_clock_that_steps_back_does_not_sound_twice() -> None:
    chunks = [
        *tone(200, start=0, end=1, codec=PCM),
        *tone(200, start=0.5, end=1.5, codec=PCM),
    ]
    sound = mixed(chunks, 2)
    assert np.abs(sound).max() <= 0.31


def test_many_voices_are_bent_not_cut() -> None:
    mixer = Mixer(0)
    for hertz in (200, 210, 220, 230, 240, 250):
        push(mixer.add_track(), tone(hertz, start=0, end=1, codec=PCM))
    sound = np.concatenate([mixer.mix(1600) for _ in range(30)], axis=1)
    assert 0.9 < np.abs(sound).max() <= 1


def test_what_is_not_loud_is_left_alone() -> None:
    block = np.linspace(-0.8, 0.8, 100, dtype=np.float32).reshape(2, 50)
    assert (limit(block.copy()) == block).all()
