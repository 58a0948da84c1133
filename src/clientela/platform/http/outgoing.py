"""Calls to other systems: their address is judged, and the judged address is the one called.

Refused is whatever is not public, in any spelling, at any of the addresses a name has. Redirects
are not followed, certificates are verified, and everything has a bound.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from clientela.platform.errors import InvalidInput

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
ANSWER_BYTES_MAX = 64 * 1024
ADDRESS_LENGTH_MAX = 2_000
PRIVATE = "CLIENTELA_WEBHOOK_PRIVATE"
# Python counts these as public, and they lead inside.
LEADING_INSIDE = tuple(
    ipaddress.ip_network(it)
    for it in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "192.88.99.0/24", "2001::/32")
)
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotCallable(InvalidInput):
    code = "not-callable"
    title = "This address is not called"


class NoAnswer(Exception):
    """The words say what was in the way, without anything the other side said."""


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str


def private_is_allowed() -> bool:
    """For receivers in one's own network, and for tests."""
    return os.environ.get(PRIVATE) == "1"


def checked(address: str) -> Target:
    """Take an address apart; NotCallable when it can never be called."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotCallable("This is not an address.", field="address") from None
    if parts.scheme not in (("https", "http") if private_is_allowed() else ("https",)):
        raise NotCallable("The address must begin with https://.", field="address")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise NotCallable("Give host and path, without a user or a fragment.", field="address")
    if len(address) > ADDRESS_LENGTH_MAX or any(sign <= " " for sign in address):
        raise NotCallable("The address is too long or holds spaces.", field="address")
    standard = 443 if parts.scheme == "https" else 80
    if port not in (None, 443) and not private_is_allowed():
        raise NotCallable("Only port 443 is called.", field="address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or standard, path)


def is_public(ip: Ip) -> bool:
    """Whether an address leads outside, whatever it is wrapped in."""
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    inside = any(ip in network for network in LEADING_INSIDE if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not inside


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send once; the status of the answer. NoAnswer with the reason when there is none."""
    try:
        target = checked(address)
        connection = _Pinned(target, _resolved(target))
    except NotCallable as refused:
        raise NoAnswer(refused.detail) from None
    watchdog = threading.Timer(TOTAL_SECONDS, connection.abort)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read(ANSWER_BYTES_MAX)
        return answer.status
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NoAnswer(_words(fault)) from None
    finally:
        watchdog.cancel()
        connection.close()


def _resolved(target: Target) -> str:
    """The address to call; all that the name has must be good."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("the name has no address") from None
    addresses = [str(place[4][0]).partition("%")[0] for place in found]
    if not private_is_allowed() and not all(is_public(_ip(it)) for it in addresses):
        raise NoAnswer("the address is not public")
    return addresses[0]


def _ip(address: str) -> Ip:
    return ipaddress.ip_address(address)


class _Pinned(http.client.HTTPConnection):
    """Connects to the judged address, under the name that was given."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TOTAL_SECONDS)
        self.address = address
        self.is_secure = target.scheme == "https"
        self.default_port = 443 if self.is_secure else 80  # says when the Host header names it

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), timeout=CONNECT_SECONDS)
        self.sock.settimeout(TOTAL_SECONDS)
        if self.is_secure:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """From another thread: whoever sends a byte now and then is not waited for."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _words(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "its certificate is not valid"
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, ConnectionRefusedError):
        return "the connection was refused"
    return f"no answer ({type(fault).__name__})"
