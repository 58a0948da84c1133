"""Another system that is told by webhook: keeps what came, and sometimes fails."""

from __future__ import annotations

import http.server
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clientela.events import rules

FAILING_SHARE = 0.005


@dataclass
class Receiver:
    """`came`: how often each event was accepted; `positions`: a customer's, as they first came."""

    seed: int
    secret: str = ""
    address: str = ""
    came: Counter[str] = field(default_factory=Counter)
    ids: dict[str, str] = field(default_factory=dict)
    positions: dict[str, list[list[int]]] = field(default_factory=dict)
    badly_signed: int = 0
    two_ids: int = 0
    failed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}:receiver")

    def take(self, headers: Any, body: bytes) -> int:
        id, told = headers["webhook-id"], json.loads(body)
        is_good = rules.is_signed(
            headers["webhook-signature"], self.secret, id=id,
            timestamp=int(headers["webhook-timestamp"]), body=body,
        )  # fmt: skip
        with self.lock:
            self.badly_signed += not is_good
            self.two_ids += self.ids.setdefault(told["id"], id) != id
            if self.chance.random() < FAILING_SHARE:
                self.failed += 1
                return 500
            self._accept(told)
        return 200

    def _accept(self, told: dict[str, Any]) -> None:
        self.came[told["id"]] += 1
        if self.came[told["id"]] == 1 and told["customer"]:
            self.positions.setdefault(told["customer"], []).append(told["position"])

    def out_of_order(self) -> int:
        """Customers whose events came in another order than they stand in the log."""
        return sum(it != sorted(it) for it in self.positions.values())

    def repeats(self) -> int:
        return sum(self.came.values()) - len(self.came)


@contextmanager
def receiving(seed: int) -> Iterator[Receiver]:
    receiver = Receiver(seed)

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = receiver.take(
                self.headers, self.rfile.read(int(self.headers["Content-Length"]))
            )
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
