"""Where live outputs may go: addresses as people write them, checked and resolved.

A name is resolved here, and what it means is connected to: nobody asks for it again
and gets another answer.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from recordings.live.rtmp import Address

PORTS = {"rtmp": 1935, "rtmps": 443}
URL_LIMIT = 500  # characters, as in the model
KEY_LIMIT = 500
MOST_ADDRESSES = 4  # of one name, that are tried
# Addresses of IPv6 that stand for others of IPv4, and lead there through a gateway.
_GATEWAYS = tuple(map(ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
_PRINTABLE = re.compile(r"[!-~]+")


class BadAddress(ValueError):
    """A stable code: ``url``, ``key``, ``private``, ``unknown``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    app: str
    is_secure: bool


def parse_server(url: str) -> Server:
    """``rtmp://host/app`` or ``rtmps://``, maybe with a port. Raises BadAddress."""
    if len(url) > URL_LIMIT or not _PRINTABLE.fullmatch(url):
        raise BadAddress("url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("url") from None
    app = parts.path.strip("/")
    # A key in the address would be shown to people; it has a place of its own.
    beside = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in PORTS or not host or not app or beside:
        raise BadAddress("url")
    return Server(host, port or PORTS[parts.scheme], app, parts.scheme == "rtmps")


def check_key(key: str) -> None:
    """Raises BadAddress."""
    if len(key) > KEY_LIMIT or not _PRINTABLE.fullmatch(key):
        raise BadAddress("key")


def resolve(url: str, key: str, *, allows_private: bool) -> Address:
    """Blocks for as long as the system's resolver does. Raises BadAddress."""
    server = parse_server(url)
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress("unknown") from None
    addresses = list(dict.fromkeys(str(where[0]) for *_rest, where in found))
    if not allows_private and not all(map(is_public, addresses)):
        raise BadAddress("private")
    return Address(
        ips=tuple(addresses[:MOST_ADDRESSES]),
        host=server.host,
        port=server.port,
        app=server.app,
        key=key,
        url=url,
        is_secure=server.is_secure,
    )


def is_public(address: str) -> bool:
    """Not of this machine, a local network, or a kind that nobody publishes to."""
    ip = ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(str(mapped))
    leads_elsewhere = any(ip in network for network in _GATEWAYS)
    return ip.is_global and not ip.is_multicast and not leads_elsewhere
