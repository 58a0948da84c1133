"""`/live`: what changes, as it changes, to the consoles that are open (`text/event-stream`).

A process of its own beside the web process: one connection that listens to the database, and a line
to every console. A message carries kind and id; the page fetches what it may see. A console that
reads too slowly is cut off and comes back, asking once for what it missed.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from asgiref.sync import sync_to_async

from clientela.console.live.admission import Admitted, admit, allowed_origin
from clientela.platform import live

log = logging.getLogger("clientela.live")
BEAT_SECONDS = 15.0
ADMIT_AGAIN_SECONDS = 300.0
RETRY_MS = 2000
WAITING_MAX = 100
SEND_SECONDS_MAX = 10.0
CONSOLES_MAX = 2_000
PAUSE_SECONDS = 1.0
AGAIN = "again"  # to a page: ask once for what you may have missed
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Console:
    """One open page: what waits to be sent to it, and whose it is."""

    admitted: Admitted
    waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))
    is_slow: bool = False

    def offer(self, told: Message) -> None:
        if not self._wants(told):
            return
        try:
            self.waiting.put_nowait(_event(str(told["kind"]), {"id": told.get("id", "")}))
        except asyncio.QueueFull:
            self.is_slow = True

    def _wants(self, told: Message) -> bool:
        if told["kind"] == AGAIN or self.admitted.person_id.hex in told.get("to", ()):
            return True
        right = told.get("right", "")
        return bool(right) and self.admitted.actor.may(right)


@dataclass(slots=True)
class Exchange:
    """The consoles that are open, and the one listener that fills them; begun with the first."""

    consoles: set[Console] = field(default_factory=set)
    listener: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen_on())

    def spread(self, told: Message) -> None:
        for console in self.consoles:
            console.offer(told)

    async def _listen_on(self) -> None:
        """Listen for as long as the process lives; the database may go and come."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as lost:
                log.warning("the live process lost the database: %s", type(lost).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            **_parameters(), autocommit=True
        ) as connection:
            await connection.execute(f"LISTEN {live.CHANNEL}")
            self.spread({"kind": AGAIN})
            async for notice in connection.notifies():
                self.spread(json.loads(notice.payload))


def _parameters() -> dict[str, Any]:
    from procrastinate.contrib.django.utils import connector_params

    return connector_params()


EXCHANGE = Exchange()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """The stream, and whether the process lives."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    if scope["type"] != "http":
        return None
    if scope["path"] == "/healthz":
        return await _answer(send, 200, f"ok, {len(EXCHANGE.consoles)} consoles\n".encode())
    if scope["path"] != "/live" or scope["method"] != "GET":
        return await _answer(send, 404, b"")
    return await _stream(scope, receive, send)


async def _stream(scope: Message, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin", "")
    if origin and not allowed_origin(origin, headers.get("host", "")):
        return await _answer(send, 403, b"")
    admitted = await sync_to_async(admit)(headers.get("cookie", ""))
    if admitted is None or len(EXCHANGE.consoles) >= CONSOLES_MAX:
        return await _answer(send, 401 if admitted is None else 503, b"", origin=origin)
    await send({"type": "http.response.start", "status": 200, "headers": _headers(origin)})
    async with _open_console(admitted) as console:
        await _until_gone(console, headers.get("cookie", ""), receive, send)
    return None


@asynccontextmanager
async def _open_console(admitted: Admitted) -> AsyncIterator[Console]:
    console = Console(admitted)
    EXCHANGE.consoles.add(console)
    EXCHANGE.begin()
    try:
        yield console
    finally:
        EXCHANGE.consoles.discard(console)


async def _until_gone(console: Console, cookie: str, receive: Receive, send: Send) -> None:
    """Send what waits, a beat where nothing does, until the page goes or may see no more."""
    gone = asyncio.create_task(_gone(receive))
    again_at = asyncio.get_running_loop().time() + ADMIT_AGAIN_SECONDS
    try:
        await _write(send, f"retry: {RETRY_MS}\n\n".encode())
        while not console.is_slow:
            chunk = await _next(console, gone)
            if chunk is None:
                return
            await _write(send, chunk)
            if asyncio.get_running_loop().time() >= again_at:
                again_at += ADMIT_AGAIN_SECONDS
                if (admitted := await sync_to_async(admit)(cookie)) is None:
                    return
                console.admitted = admitted
    except (TimeoutError, OSError, RuntimeError):
        log.debug("a console was cut off", exc_info=True)
    finally:
        gone.cancel()


async def _next(console: Console, gone: asyncio.Task[None]) -> bytes | None:
    """What to send next; None when the page has gone."""
    waiting = asyncio.create_task(console.waiting.get())
    await asyncio.wait({waiting, gone}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None if gone.done() else b": beat\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, chunk: bytes) -> None:
    body = {"type": "http.response.body", "body": chunk, "more_body": True}
    await asyncio.wait_for(send(body), SEND_SECONDS_MAX)


async def _answer(send: Send, status: int, body: bytes, *, origin: str = "") -> None:
    headers = [(b"content-type", b"text/plain"), *_cross_origin(origin)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _headers(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *_cross_origin(origin),
    ]


def _cross_origin(origin: str) -> list[tuple[bytes, bytes]]:
    """The page comes from the port beside ours: its own origin, with its cookie."""
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    ]


def _event(kind: str, data: Message) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
