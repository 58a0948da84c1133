"""Make the next pieces of work ready while the present one waits for the database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")
PIECES_MAX = 2
LOOK_SECONDS = 0.2


class _End:
    """Nothing follows; or what went wrong does."""

    def __init__(self, fault: BaseException | None) -> None:
        self.fault = fault


def ahead(pieces: Iterable[T]) -> Iterator[T]:
    """The same pieces in the same order, made in a thread of their own, at most two ahead.

    They must not need the database: its connection stays with the caller.
    """
    line: Queue[T | _End] = Queue(PIECES_MAX)
    over = threading.Event()

    def make() -> None:
        fault: BaseException | None = None
        try:
            for piece in pieces:
                if not _put(line, piece, over):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised where the pieces are taken
            fault = error
        _put(line, _End(fault), over)

    maker = threading.Thread(target=make, name="ahead", daemon=True)
    maker.start()
    try:
        while not isinstance(piece := line.get(), _End):
            yield piece
        if piece.fault is not None:
            raise piece.fault
    finally:
        over.set()
        maker.join()


def _put(line: Queue[T | _End], piece: T | _End, over: threading.Event) -> bool:
    """False when nobody wants it any more."""
    while not over.is_set():
        try:
            line.put(piece, timeout=LOOK_SECONDS)
        except Full:
            continue
        return True
    return False
