"""Which layer of a track is taken."""

import pytest

from rooms.streams.layers import (
    GONE_US,
    BestLayer,
    choose_filling,
    choose_within,
    layer_for,
)


@pytest.mark.parametrize(
    ("height", "spatial"), [(1, 0), (225, 0), (226, 1), (450, 1), (900, 2), (901, 3)]
)
def test_the_smallest_layer_that_fills_a_place(height: int, spatial: int) -> None:
    assert layer_for(height) == spatial


def test_an_enormous_place_gets_the_largest() -> None:
    assert layer_for(5000) == 3


def test_an_export_takes_a_larger_one_rather_than_a_smaller_one() -> None:
    assert choose_filling({0, 2}, 360) == 2
    assert choose_filling({0, 1}, 720) == 1
    assert choose_filling({0}, 720) == 0


def test_a_viewer_takes_a_smaller_one_rather_than_a_larger_one() -> None:
    assert choose_within({0, 2}, 1) == 0
    assert choose_within({0, 2}, 3) == 2
    assert choose_within({1, 2}, 0) == 1


class TestBestLayer:
    def test_it_climbs_at_key_frames_only(self) -> None:
        best = BestLayer()
        assert not best.takes(0, is_key=False, time_us=0)
        assert best.takes(0, is_key=True, time_us=1)
        assert not best.takes(2, is_key=False, time_us=2)
        assert best.takes(0, is_key=False, time_us=3)
        assert best.takes(2, is_key=True, time_us=4)
        assert not best.takes(0, is_key=True, time_us=5)
        assert best.takes(2, is_key=False, time_us=6)

    def test_it_falls_when_the_layer_is_sent_no_more(self) -> None:
        best = BestLayer()
        assert best.takes(2, is_key=True, time_us=0)
        assert not best.takes(0, is_key=True, time_us=GONE_US)
        assert not best.takes(0, is_key=False, time_us=GONE_US + 1)
        assert best.takes(0, is_key=True, time_us=GONE_US + 2)
        assert best.takes(0, is_key=False, time_us=GONE_US + 3)

    def test_a_track_begins_anew(self) -> None:
        best = BestLayer()
        assert best.takes(2, is_key=True, time_us=0)
        best.end()
        assert best.takes(0, is_key=True, time_us=1)
