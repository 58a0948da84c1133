"""The real server, as `clientela serve` starts it, and clients that keep it busy."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

from bench import measure
from bench.measure import Reading
from bench.place import Place
from clientela.platform import processes, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import keys

PORT = 9700
CLIENTS = 8
READY_SECONDS_MAX = 120.0
ANSWER_BYTES_MAX = 1 << 20
Request = Callable[[], bytes]


@dataclass(frozen=True)
class Server:
    """`pid` is the process of `clientela serve`; all others of it are below."""

    pid: int
    port: int

    def http(self, head: str, *, body: bytes = b"", headers: Sequence[str] = ()) -> bytes:
        """A request as it goes over the line: `head` is its method and path."""
        lines = [f"{head} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def work(self, place: Place, requests: int, request: Request, *, expected: bytes) -> Reading:
        """CPU of the server and of the database for each of so many requests of eight clients."""
        database = place.postmaster()
        used, started = self._used(database), time.perf_counter()
        each = max(1, requests // CLIENTS)
        with ThreadPoolExecutor(CLIENTS) as pool:
            waits = pool.map(lambda _: self._client(each, request, expected), range(CLIENTS))
            seconds = [wait for one in waits for wait in one]
        elapsed = time.perf_counter() - started
        web, base = (
            after - before for after, before in zip(self._used(database), used, strict=True)
        )
        return Reading(
            (web + base) / len(seconds) * 1e6,
            {"web_us": web / len(seconds) * 1e6, "database_us": base / len(seconds) * 1e6,
             "requests_per_s": len(seconds) / elapsed,
             "p95_ms": quantiles(seconds, n=20)[-1] * 1000,
             "p99_ms": quantiles(seconds, n=100)[-1] * 1000},
        )  # fmt: skip

    def _used(self, database: int) -> tuple[float, float]:
        return measure.cpu_seconds([self.pid]), measure.cpu_seconds([database])

    def _client(self, requests: int, request: Request, expected: bytes) -> list[float]:
        waits = []
        with closing(socket.create_connection(("127.0.0.1", self.port))) as line:
            for _ in range(requests):
                text, began = request(), time.perf_counter()
                line.sendall(text)
                answer = _answer(line)
                waits.append(time.perf_counter() - began)
                assert expected in answer, answer[:2000]
        return waits


@contextmanager
def served() -> Iterator[Server]:
    """`clientela serve` on the data folder of this process, ready to answer."""
    port = processes.free_port(PORT, together=2)
    command = [sys.executable, "-m", "clientela.cli", "serve", "--empty", "--port", str(port)]
    with subprocess.Popen([*command, "--quiet"], env=_environment()) as serving:
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", serving)
            yield Server(serving.pid, port)
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait()


def key() -> str:
    """An API key with every right and no limit, as a header."""
    with transactions.open():
        made = keys.make(name="bench", wanted=["all"], rate=0, actor=SYSTEM, now=datetime.now(UTC))
    return f"Authorization: Bearer {made.secret}"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "CLIENTELA_ROLE"}


def _wait(address: str, serving: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while serving.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError:
            return  # it answers: that no worker has been seen yet does not matter here
        except OSError:
            time.sleep(0.2)
    sys.exit("The server did not start.")


def _answer(line: socket.socket) -> bytes:
    """One answer with its head, told by its length or in chunks."""
    got = line.recv(ANSWER_BYTES_MAX)
    while not _is_whole(got):
        got += line.recv(ANSWER_BYTES_MAX)
    return got


def _is_whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    _, told, length = head.lower().partition(b"content-length: ")
    if not end or not told:
        return got.endswith(b"0\r\n\r\n")
    return len(body) >= int(length.partition(b"\r\n")[0])
