"""Addresses as people type or paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.errors import Invalid
from rooms.addresses import MOST_INVITEES, Address, read_addresses, write_address

GRACE = Address("grace@example.com", "Grace")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" , ;\n\n", []),
        ("Grace <grace@example.com>", [GRACE]),
        ("Grace <GRACE@example.com>, grace@example.com", [GRACE]),
        (
            '"Hopper, Grace" <grace@example.com>; bob@example.com',
            [Address("grace@example.com", "Hopper, Grace"), Address("bob@example.com")],
        ),
        (
            "a@example.com\r\nb@example.com",
            [Address("a@example.com"), Address("b@example.com")],
        ),
        ("Ève Müller <eve@example.com>", [Address("eve@example.com", "Ève Müller")]),
    ],
)
def test_addresses_are_read(text: str, found: list[Address]) -> None:
    assert read_addresses(text) == found


@pytest.mark.parametrize("text", ["grace", "grace@", "a b", '"', "x@y@z", "<>"])
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_addresses(f"grace@example.com, {text}")
    assert refused.value.field == "invitees"
    assert text in refused.value.detail


def test_too_many_are_counted() -> None:
    people = [f"p{number}@example.com" for number in range(MOST_INVITEES + 1)]
    with pytest.raises(Invalid) as refused:
        read_addresses("\n".join(people))
    assert "At most 500 people can be invited; these are 501." in refused.value.detail


@given(st.text(max_size=100))
def test_whatever_a_name_holds_the_address_is_read_again(name: str) -> None:
    line = write_address(Address("grace@example.com", " ".join(name.split())))
    assert [one.email for one in read_addresses(line)] == ["grace@example.com"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_addresses(text)
    except Invalid:
        return
    assert all("@" in one.email for one in found)
