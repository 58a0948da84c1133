"""Who uses the running database: one locked file per use. The last one out stops the server."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clientela.platform.home import Home
from clientela.platform.postgres import locks


@dataclass(frozen=True)
class Holder:
    """A process that uses the database, and what it calls itself."""

    pid: int
    label: str


@dataclass(frozen=True)
class Hold:
    path: Path
    file: int

    def release(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.file)


def hold(home: Home, *, label: str) -> Hold:
    """Take part. Where the last one out stops the server, one is `locks.alone` meanwhile."""
    folder = _folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    locks.acquired(file, seconds_max=1)
    os.write(file, label.encode())
    return Hold(path, file)


def holders(home: Home) -> tuple[Holder, ...]:
    """Those who live, the longest first."""
    living = [path for path in _files(home) if locks.is_held(path)]
    return tuple(_read(path) for path in living)


def forget_the_dead(home: Home) -> None:
    """Remove the files of processes that were killed. Called by someone who is `locks.alone`."""
    for path in _files(home):
        if not locks.is_held(path):
            path.unlink(missing_ok=True)


def _folder(home: Home) -> Path:
    return home.run / "holders"


def _files(home: Home) -> list[Path]:
    found = []
    with suppress(FileNotFoundError):
        for path in _folder(home).iterdir():
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


def _read(path: Path) -> Holder:
    label = ""
    with suppress(OSError):
        label = path.read_text(encoding="utf-8")
    return Holder(pid=int(path.name.partition("-")[0]), label=label)
