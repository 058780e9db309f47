"""The names and addresses by which this machine is reached."""

import contextlib
import socket

LOOPBACK = ("localhost", "127.0.0.1", "::1")
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
# Of documentation only (RFC 5737, RFC 3849): the way to them is the way out.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def lan_addresses() -> list[str]:
    """By which others in the local network reach this machine. Sends nothing."""
    addresses = []
    for family, elsewhere in ELSEWHERE:
        with (
            contextlib.suppress(OSError),  # no network, or none of this family
            socket.socket(family, socket.SOCK_DGRAM) as probe,
        ):
            probe.connect((elsewhere, 9))
            addresses.append(str(probe.getsockname()[0]))
    return addresses


def own_names(host: str) -> list[str]:
    """Names and addresses by which a server that listens on ``host`` is reached."""
    if host not in WILDCARDS:
        return list(dict.fromkeys((*LOOPBACK, host.lower())))
    machine = socket.gethostname().lower()
    return list(dict.fromkeys((*LOOPBACK, *lan_addresses(), machine)))


def own_url(host: str, port: int, *, is_secure: bool) -> str:
    """Where to send others, for want of a public address."""
    if host in WILDCARDS:
        host = next(iter(lan_addresses()), "localhost")
    scheme = "https" if is_secure else "http"
    return f"{scheme}://{in_url(host)}:{port}"


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
