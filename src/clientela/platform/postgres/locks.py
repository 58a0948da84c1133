"""Locks that vanish with the processes that hold them, however these end."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientela.platform.home import Home
from clientela.platform.postgres.unavailable import PostgresUnavailable

WAIT_SECONDS_MAX = 120.0
PAUSE_SECONDS = 0.02


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the only one to start or stop the database of this folder."""
    with opened(home.run / "lock") as file:
        if not acquired(file, seconds_max=WAIT_SECONDS_MAX):
            raise PostgresUnavailable(
                f"Another command has been starting or stopping the database of {home.path} for "
                f"{WAIT_SECONDS_MAX:.0f} seconds. Wait for it, or end it, and try again."
            )
        yield


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A lock file, not yet locked. Closing it unlocks, unless a child process inherited it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def acquired(file: int, *, seconds_max: float = 0.0) -> bool:
    deadline = time.monotonic() + seconds_max
    while not _try(file, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def is_held(path: Path) -> bool:
    """Whether some living process holds this lock."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def _try(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
