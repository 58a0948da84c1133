"""Where a benchmark runs: a data folder, a database and a size of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import data
from clientela.platform import home as homes
from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.postgres.configuration import OWNER

BATCH_ROWS_MAX = 10_000


@dataclass(frozen=True)
class Place:
    """`size` customers; `pairs`: how often product and ceiling take turns."""

    home: Home
    size: int
    pairs: int

    @property
    def dsn(self) -> str:
        return postgres.dsn(self.home, role=OWNER)

    @property
    def batch_rows(self) -> int:
        return min(BATCH_ROWS_MAX, self.size)

    def requests(self, wanted: int) -> int:
        """Fewer for a small company, which only shows that a benchmark works."""
        return min(wanted, self.size * 4)

    def postmaster(self) -> int:
        pid = postgres.status(self.home).pid
        assert pid is not None
        return pid


@contextmanager
def opened(path: Path, *, size: int, pairs: int) -> Iterator[Place]:
    """The place with its database running and its customers loaded."""
    home = homes.current(path)
    os.environ.update(CLIENTELA_HOME=str(home.path), DJANGO_SETTINGS_MODULE="clientela.settings")
    os.environ.pop("CLIENTELA_DATABASE_URL", None)  # a company's own database is none to fill
    with postgres.running(home, label="bench"):
        _migrate()
        place = Place(home, size, pairs)
        data.load(place.dsn, size=size)
        yield place


def _migrate() -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        check=True,
        env={**os.environ, "CLIENTELA_ROLE": "owner"},
    )
