"""Segments come out as they went in, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.segment_format import SegmentError, pack_segment, unpack_segment
from rooms.streams.contract import Stored

number = st.integers(0, 2**64 - 1)
records = st.lists(st.builds(Stored, number, number, st.binary(max_size=100)))


@given(records)
def test_what_is_packed_is_unpacked(stored: list[Stored]) -> None:
    assert unpack_segment(pack_segment(stored)) == stored


@given(records, st.data())
def test_a_byte_that_changed_is_noticed(
    stored: list[Stored], data: st.DataObject
) -> None:
    packed = bytearray(pack_segment(stored))
    index = data.draw(st.integers(0, len(packed) - 1))
    packed[index] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SegmentError):
        unpack_segment(bytes(packed))


@given(records, st.integers(1, 50))
def test_a_segment_that_was_cut_off_is_noticed(stored: list[Stored], less: int) -> None:
    with pytest.raises(SegmentError):
        unpack_segment(pack_segment(stored)[:-less])
