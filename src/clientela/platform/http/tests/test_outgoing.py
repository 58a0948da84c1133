"""Calls to the outside: no way to the inside is taken, and nobody is waited for too long."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from clientela.platform.http import outgoing
from clientela.platform.http.outgoing import NoAnswer, NotCallable

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.88.99.1", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2001:0:7f00:1::",
]  # fmt: skip
SPELLINGS = ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not outgoing.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::", "::ffff:8.8.8.8"])
def test_an_address_outside_is(address: str) -> None:
    assert outgoing.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_called(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(outgoing.PRIVATE, raising=False)
    with pytest.raises(NoAnswer):
        outgoing.post(f"https://{host}/", b"", {})


@pytest.mark.parametrize(
    "address",
    ["http://example.com/", "ftp://example.com", "https://", "https://a:b@example.com/", "nonsense",
     "https://example.com:8443/", "https://example.com/#part", "https://exa mple.com/",
     "https://example.com:x/", "https://example.com/" + "x" * 2000],
)  # fmt: skip
def test_an_address_that_is_never_called_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(outgoing.PRIVATE, raising=False)
    with pytest.raises(NotCallable):
        outgoing.checked(address)


class Answers(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(200)
        self.end_headers()
        if self.path == "/endless":
            self.wfile.write(b"x" * 1_000_000)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(outgoing.PRIVATE, "1")
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_a_redirect_is_an_answer_and_not_followed(server: str) -> None:
    assert outgoing.post(f"{server}/moved", b"{}", {}) == 302


def test_of_a_long_answer_only_the_beginning_is_read(server: str) -> None:
    assert outgoing.post(f"{server}/endless", b"{}", {}) == 200


def test_one_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(outgoing.PRIVATE, "1")
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))

    def trickle() -> None:
        connection, _ = listening.accept()
        with connection:
            for _ in range(100):
                try:
                    connection.sendall(b"H")
                except OSError:
                    break
                time.sleep(0.05)

    threading.Thread(target=trickle, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        outgoing.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    assert time.monotonic() - began < 3
    listening.close()
