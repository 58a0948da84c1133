"""A Clientela of its own to break: a data folder in a temporary place, `serve` as our child.

Only processes that belong to it are ever killed, each by its number.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from clientela.platform import postgres, processes
from clientela.platform.home import Home
from clientela.platform.postgres import server

CLI = [sys.executable, "-m", "clientela.cli"]
PORT = 8700
START_SECONDS_MAX = 300.0
STOP_SECONDS_MAX = 60.0
FOUND_SECONDS_MAX = 60.0
PAUSE_SECONDS = 0.05
POSTGRES, WEB_WORKER, WEB_MASTER, JOB_WORKER, LIVE = (
    "postgres", "web worker", "web master", "job worker", "live stream",
)  # fmt: skip


class DrillStuck(Exception):
    """Something that must come back did not."""


@dataclass
class Installation:
    home: Home
    port: int
    serve: psutil.Popen
    more: Mapping[str, str] = field(default_factory=dict)
    """What its environment has besides."""
    seen: dict[int, psutil.Process] = field(default_factory=dict)
    """Every process that was ever part of it."""

    @property
    def log(self) -> Path:
        return self.home.path / "serve.log"

    @property
    def environment(self) -> dict[str, str]:
        return _environment(self.home, self.more)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of Clientela on this data folder; its talk goes to the log."""
        with self.log.open("a") as log:
            return subprocess.Popen(
                [*CLI, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=log,
                text=True,
            )  # fmt: skip

    def answer(self, *arguments: str) -> Any:
        """What a command answers with `--json`, whatever its exit code."""
        process = self.start(*arguments, "--json")
        said, _ = process.communicate()
        if not said.strip():
            raise DrillStuck(f"{' '.join(arguments)} ended with {process.returncode}: see its log")
        return json.loads(said)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, past all of Clientela; waits for it to be there."""
        [rows] = until(lambda: self._asked(query, values), f"an answer to {query}")
        return list(rows)

    def _asked(self, query: str, values: tuple[Any, ...]) -> list[list[tuple[Any, ...]]]:
        try:
            with psycopg.connect(postgres.dsn(self.home), connect_timeout=5) as connection:
                return [connection.execute(query.encode(), values).fetchall()]
        except psycopg.OperationalError:
            return []

    def kill(self, victim: str) -> list[int]:
        """Kill -9 one part of it as soon as that part is there; the numbers of what was killed."""
        found = until(lambda: self._parts(victim), f"a {victim} to kill")
        self.family()
        return kill(found)

    def number_of(self, part: str) -> int | None:
        """Which process is this part at the moment."""
        found = self._parts(part)
        return found[0].pid if found else None

    def _parts(self, victim: str) -> list[psutil.Process]:
        if victim == POSTGRES:
            return self._postgres()
        if victim == JOB_WORKER:
            return [it for it in self._children() if _is(it, "clientela.cli", "worker")]
        if victim == LIVE:
            return [it for it in self._children() if _is(it, "clientela.console.live")]
        masters = [it for it in self._children() if _is(it, "clientela.wsgi")]
        if victim == WEB_MASTER:
            return masters
        return [it for master in masters for it in _web_workers(master)][-1:]

    def _children(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return list(self.serve.children())
        return []

    def _postgres(self) -> list[psutil.Process]:
        first = server.postmaster(self.home) if self.home.database.is_dir() else None
        if first is None:
            return []
        with suppress(psutil.Error):
            return [first, *first.children(recursive=True)]
        return []

    def family(self) -> list[psutil.Process]:
        """All its processes that live now."""
        found = self._postgres()
        with suppress(psutil.Error):
            found += [self.serve, *self.serve.children(recursive=True)]
        self.seen.update({it.pid: it for it in found})
        return found

    def stop(self) -> list[int]:
        """End it as Ctrl-C does; the numbers of what is left of it afterwards."""
        self.family()
        self.serve.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.serve.wait(STOP_SECONDS_MAX)
        return self._left()

    def abandon(self) -> list[int]:
        """Start it once more and kill -9 `serve` itself; the numbers of what is left of it."""
        self.serve = _serve(self.home, self.port, self.more)
        self.await_ready()
        until(self._has_its_worker, "its worker")
        self.family()
        self.serve.kill()
        self.serve.wait()
        return self._left()

    def _has_its_worker(self) -> bool:
        return any(one.label == "worker" for one in postgres.status(self.home).holders)

    def await_ready(self) -> None:
        until(self._is_ready, "the first answer", seconds=START_SECONDS_MAX)

    def _is_ready(self) -> bool:
        if self.serve.poll() is not None:
            raise DrillStuck(f"serve did not start: {self.log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def _left(self) -> list[int]:
        """What of all its processes lives on although the time to end is over."""
        with suppress(DrillStuck):
            until(lambda: not any(map(_lives, self.seen.values())), "it to end",
                  seconds=STOP_SECONDS_MAX)  # fmt: skip
        left = [it for it in self.seen.values() if _lives(it)]
        kill(left)
        return [it.pid for it in left]


@contextmanager
def opened(**more: str) -> Iterator[Installation]:
    """The installation, ready for requests. Its folder stays when the drill fails."""
    home = Home(Path(tempfile.mkdtemp(prefix="clientela-drill-")))
    port = processes.free_port(PORT)
    installation = Installation(home, port, _serve(home, port, more), more)
    try:
        installation.await_ready()
        yield installation
    finally:
        if installation.serve.poll() is None:
            installation.stop()
            print(f"the data folder is kept: {home.path}", file=sys.stderr, flush=True)


def remove(home: Home) -> None:
    shutil.rmtree(home.path, ignore_errors=True)


def until(look: Callable[[], Any], what: str, *, seconds: float = FOUND_SECONDS_MAX) -> Any:
    """Look until there is something; what was found."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DrillStuck(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(PAUSE_SECONDS)


def kill(found: list[psutil.Process]) -> list[int]:
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return [process.pid for process in found]


def _serve(home: Home, port: int, more: Mapping[str, str]) -> psutil.Popen:
    command = [*CLI, "serve", "--empty", "--port", str(port), "--workers", "2"]
    with (home.path / "serve.log").open("a") as log:
        return psutil.Popen(
            command, env=_environment(home, more), stdout=log, stderr=log, start_new_session=True
        )


def _environment(home: Home, more: Mapping[str, str]) -> dict[str, str]:
    """Ours without what points to another installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")}
    return {**kept, "CLIENTELA_HOME": str(home.path), **more}


def _web_workers(master: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [it for it in master.children() if not _is(it, "resource_tracker")]
    return []


def _is(process: psutil.Process, *words: str) -> bool:
    with suppress(psutil.Error):
        return _lives(process) and all(word in " ".join(process.cmdline()) for word in words)
    return False


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
