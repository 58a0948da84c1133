"""The processes of `clientela serve`: start them, start again what dies, end them in order."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from clientela.platform import tied

logger = logging.getLogger("clientela.processes")

DRAIN_SECONDS_MAX = 30.0
PAUSE_SECONDS_FIRST = 0.1
PAUSE_SECONDS_MAX = 2.0
YOUNG_SECONDS = 3.0
"""A program that ends by itself this soon has failed to start."""
FAILED_STARTS_MAX = 5
TICK_SECONDS = 0.5
ECHO_SECONDS = 1.0
PORTS_TRIED_MAX = 100
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """What to run, under a name people know it by; `env` is added to our own."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    at_parent_death: signal.Signals = signal.SIGTERM


class ProgramFails(Exception):
    """A program ended by itself right after each of several starts."""


def supervise(
    programs: Sequence[Program], *, drain_seconds: float = DRAIN_SECONDS_MAX
) -> signal.Signals:
    """Run the programs until this process is told to stop; return the signal that said so.

    Programs are told with SIGTERM and have `drain_seconds` to finish; a second signal ends them
    at once. They live in process groups of their own, so the Ctrl-C of a terminal reaches only
    this process. What one leaves behind in its group ends with it. Call it from the main thread.
    """
    children = [_Child(program) for program in programs]
    with _signals() as signals:
        try:
            for child in children:
                child.start()
            return _keep_alive(children, signals)
        finally:
            _end(children, signals, seconds=drain_seconds)


def free_port(preferred: int, *, together: int = 1, host: str = "127.0.0.1") -> int:
    """The first port from `preferred` on that is free, with the `together - 1` that follow it."""
    for first in range(preferred, preferred + PORTS_TRIED_MAX):
        if all(_is_free(host, port) for port in range(first, first + together)):
            return first
    last = preferred + PORTS_TRIED_MAX - 1
    raise OSError(f"No port from {preferred} to {last} is free on {host}: choose another one.")


class _Child:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.began = 0.0
        self.failed_starts = 0
        self.pause = 0.0
        self.due = 0.0

    def start(self) -> None:
        ending = self.program.at_parent_death
        shim = [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), str(int(ending))]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*shim, *self.program.argv],
            env={**os.environ, **self.program.env},
            stdin=subprocess.DEVNULL,
            process_group=0,
        )

    def look(self) -> None:
        """Notice a death, and start again when that is due."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif self.has_ended():
            self._judge(self.bury(), lived=now - self.began)
            self.due = now + self.pause

    def has_ended(self) -> bool:
        """Whether the process is dead; it stays unreaped, so that its group keeps its number."""
        if self.process is None:
            return True
        if sys.platform == "darwin":
            return self.process.poll() is not None
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    def bury(self) -> int:
        """End what a dead process left in its group, and reap it; its exit code."""
        if self.process is None:
            return 0
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.send(signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        return code

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)  # Popen's own would reap a dead one

    def _judge(self, code: int, *, lived: float) -> None:
        young = lived < YOUNG_SECONDS
        self.pause = min(PAUSE_SECONDS_MAX, self.pause * 2 or PAUSE_SECONDS_FIRST) if young else 0.0
        self.failed_starts = self.failed_starts + 1 if young and code >= 0 else 0
        if self.failed_starts >= FAILED_STARTS_MAX:
            raise ProgramFails(
                f"{self.program.name} ended by itself {FAILED_STARTS_MAX} times right after its "
                f"start, at last with exit code {code}; its own messages say why."
            )
        logger.warning("%s ended (%s); starting it again", self.program.name, _reason(code))


class _Signals:
    """The signals this process got, as something to wait for."""

    def __init__(self, wake: socket.socket) -> None:
        self.wake = wake
        self.stopping: list[signal.Signals] = []
        self.last = float("-inf")

    def note(self, number: int, frame: FrameType | None) -> None:
        """A repetition within a second is an echo of the first, not a second wish."""
        now = time.monotonic()
        if number in STOPPING and now - self.last > ECHO_SECONDS:
            self.stopping.append(signal.Signals(number))
            self.last = now

    def wait(self, seconds: float) -> None:
        """Return when a signal came, at the latest after `seconds`."""
        if select.select([self.wake], [], [], max(0.0, seconds))[0]:
            self.wake.recv(4096)


@contextmanager
def _signals() -> Iterator[_Signals]:
    ours, pythons = socket.socketpair()
    with closing(ours), closing(pythons):
        ours.setblocking(False)
        pythons.setblocking(False)
        signals = _Signals(ours)
        before = {number: signal.signal(number, signals.note) for number in _handled()}
        woken = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
        try:
            yield signals
        finally:
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)


def _handled() -> list[signal.Signals]:
    """SIGHUP stays ignored under nohup."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [it for it in (*STOPPING, signal.SIGCHLD) if it is not signal.SIGHUP or not ignored]


def _keep_alive(children: Sequence[_Child], signals: _Signals) -> signal.Signals:
    while not signals.stopping:
        for child in children:
            child.look()
        signals.wait(min([TICK_SECONDS, *_pauses(children)]))
    return signals.stopping[0]


def _pauses(children: Sequence[_Child]) -> Iterator[float]:
    now = time.monotonic()
    return (child.due - now for child in children if child.process is None)


def _end(children: Sequence[_Child], signals: _Signals, *, seconds: float) -> None:
    for child in children:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while not all(child.has_ended() for child in children):
        left = deadline - time.monotonic()
        if left <= 0 or len(signals.stopping) > 1:
            break
        signals.wait(min(left, TICK_SECONDS))
    for child in children:
        if not child.has_ended():
            logger.warning("%s did not finish in time and was ended", child.program.name)
        child.bury()


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _is_free(host: str, port: int) -> bool:
    if port > 65535:
        return False
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
