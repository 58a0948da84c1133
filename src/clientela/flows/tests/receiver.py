"""A receiver of webhooks, as another system would write it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clientela.events import rules


@dataclass
class Receiver:
    """Answers what `statuses` say, then 200; keeps what came: (webhook-id, body)."""

    secret: str = ""
    statuses: list[int] = field(default_factory=list)
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    badly_signed: int = 0
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Any, body: bytes) -> int:
        id = headers["webhook-id"]
        is_good = rules.is_signed(
            headers["webhook-signature"], self.secret, id=id,
            timestamp=int(headers["webhook-timestamp"]), body=body,
        )  # fmt: skip
        with self.lock:
            self.badly_signed += not is_good
            self.came.append((id, json.loads(body)))
            return self.statuses.pop(0) if self.statuses else 200

    def names(self) -> list[str]:
        return [body["name"] for _, body in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

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
