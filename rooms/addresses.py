"""E-mail addresses as people type or paste them. Pure but for Django's own check."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from conference.errors import Invalid

MOST_INVITEES = 500
NAME_LIMIT = 100  # characters, as in the model
TEXT_LIMIT = 100_000  # characters of all addresses together
# Commas within quotes belong to a name, as in "Hopper, Grace" <grace@example.com>.
_PIECE = re.compile(r'(?:"[^"\n]*"|[^,;\n])+')
_SPECIAL = re.compile(r"[^\w\s'-]")
SHOWN = 3  # of the addresses that are none


@dataclass(frozen=True, slots=True)
class Address:
    email: str
    name: str = ""


def read_addresses(text: str) -> list[Address]:
    """One or more a line, with or without a name: ``Bob <bob@example.com>``."""
    pieces = (piece.strip() for piece in _PIECE.findall(text))
    return clean_addresses(_read(piece) for piece in pieces if piece)


def write_address(address: Address) -> str:
    """As ``read_addresses`` reads it."""
    name = address.name.replace('"', "'").replace("\\", "/")
    if _SPECIAL.search(name):
        name = f'"{name}"'
    return f"{name} <{address.email}>" if name else address.email


def _read(piece: str) -> Address:
    name, email = parseaddr(piece)
    return Address(email if "@" in email else piece, name)


def clean_addresses(addresses: Iterable[Address]) -> list[Address]:
    """Each person once, in lower case; raises Invalid, naming what is no address."""
    found: dict[str, Address] = {}
    wrong: list[str] = []
    for address in addresses:
        email = address.email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            wrong.append(address.email)
            continue
        name = " ".join(address.name.split())[:NAME_LIMIT]
        found.setdefault(email, Address(email, name))
    if wrong:
        raise Invalid(
            _("Not an e-mail address: %(addresses)s")
            % {"addresses": ", ".join(one[:80] for one in wrong[:SHOWN])},
            field="invitees",
        )
    check_number(len(found))
    return list(found.values())


def check_number(invitees: int) -> None:
    if invitees > MOST_INVITEES:
        raise Invalid(
            _("At most %(most)d people can be invited; these are %(number)d.")
            % {"most": MOST_INVITEES, "number": invitees},
            field="invitees",
        )
