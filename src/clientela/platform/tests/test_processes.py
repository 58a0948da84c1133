"""Programs under `supervise`: started again when they die, ended in order, tied to their parent."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from clientela.platform.processes import free_port

SECONDS_MAX = 20.0

SUPERVISE = """
import sys
from clientela.platform.processes import Program, ProgramFails, supervise
programs = [
    Program(f"program {number}", [sys.executable, "-IS", "-c", code, sys.argv[1]], {"MARK": "x"})
    for number, code in enumerate(sys.argv[3:])
]
try:
    print("ended by", supervise(programs, drain_seconds=float(sys.argv[2])).name)
except ProgramFails as failure:
    print(failure)
"""

# Each notes its number in a file of its own, under a name that says which it is.
NOTE = """
import os, pathlib, signal, sys, time
def note(name):
    pathlib.Path(sys.argv[1], f"{name}-{os.getpid()}").touch()
"""
SLEEPS = NOTE + "note('one'); time.sleep(60)"
FORKS = NOTE + "os.fork() or (note('grandchild'), time.sleep(60)); note('child'); time.sleep(60)"
DRAINS = (
    NOTE
    + "signal.signal(15, lambda *_: (time.sleep(0.3), note('drained'), sys.exit()))\n"
    + "note('one'); signal.pause()"
)
IS_DEAF = NOTE + "signal.signal(15, signal.SIG_IGN); note('one'); time.sleep(60)"
FAILS = NOTE + "note('one'); sys.exit(3)"
HAS_MARK = (
    NOTE + "note(os.environ['MARK'] + '-' + str(os.getpgid(0) == os.getpid())); time.sleep(60)"
)


@contextmanager
def supervised(folder: Path, *codes: str, drain: float = 10) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", SUPERVISE, str(folder), str(drain), *codes]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            for pid in noted(folder, "*"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def noted(folder: Path, name: str = "one") -> list[int]:
    found = sorted(folder.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime_ns)
    return [int(path.name.rpartition("-")[2]) for path in found]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_a_program_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, SLEEPS):
        for times in (1, 2, 3):
            until(lambda times=times: len(noted(tmp_path)) == times)  # type: ignore[misc]
            os.kill(noted(tmp_path)[-1], signal.SIGKILL)
        until(lambda: len(noted(tmp_path)) == 4)


def test_what_a_killed_program_leaves_in_its_group_ends_with_it(tmp_path: Path) -> None:
    with supervised(tmp_path, FORKS):
        until(lambda: noted(tmp_path, "grandchild") and noted(tmp_path, "child"))
        [grandchild] = noted(tmp_path, "grandchild")
        os.kill(noted(tmp_path, "child")[0], signal.SIGKILL)
        until(lambda: not lives(grandchild))
        until(lambda: len(noted(tmp_path, "child")) == 2)


def test_programs_get_their_environment_and_a_group_of_their_own(tmp_path: Path) -> None:
    with supervised(tmp_path, HAS_MARK):
        until(lambda: noted(tmp_path, "x-True"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_programs_finish_and_then_ends_all(
    tmp_path: Path, number: signal.Signals
) -> None:
    with supervised(tmp_path, DRAINS, SLEEPS) as supervisor:
        until(lambda: len(noted(tmp_path)) == 2)
        os.killpg(supervisor.pid, number)  # as a terminal does: to all of its group
        said, _ = supervisor.communicate()
        assert said == f"ended by {number.name}\n"
        assert len(noted(tmp_path, "drained")) == 1
        assert not any(lives(pid) for pid in noted(tmp_path))


def test_a_program_that_does_not_finish_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    with supervised(tmp_path, IS_DEAF, drain=0.3) as supervisor:
        until(lambda: noted(tmp_path))
        supervisor.terminate()
        _, complaint = supervisor.communicate()
        assert "program 0 did not finish in time" in complaint
        assert not lives(noted(tmp_path)[0])


def test_a_second_interrupt_does_not_wait_for_the_programs(tmp_path: Path) -> None:
    with supervised(tmp_path, IS_DEAF, drain=600) as supervisor:
        until(lambda: noted(tmp_path))
        for _ in range(100):
            supervisor.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                supervisor.wait(0.3)
                break
        assert supervisor.communicate()[0] == "ended by SIGINT\n"
        assert not lives(noted(tmp_path)[0])


def test_programs_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with supervised(tmp_path, SLEEPS, SLEEPS) as supervisor:
        until(lambda: len(noted(tmp_path)) == 2)
        supervisor.kill()
        until(lambda: not any(lives(pid) for pid in noted(tmp_path)))


def test_a_program_that_never_stays_up_ends_the_rest_with_the_reason(tmp_path: Path) -> None:
    with supervised(tmp_path, FAILS, SLEEPS) as supervisor:
        said, _ = supervisor.communicate()
        assert "program 0 ended by itself 5 times" in said
        assert "exit code 3" in said
        assert not any(lives(pid) for pid in noted(tmp_path))


def test_the_next_free_port_is_taken_with_those_that_must_follow_it() -> None:
    preferred = free_port(9150, together=3)
    with socket.create_server(("127.0.0.1", preferred + 1)):
        assert free_port(preferred) == preferred
        assert free_port(preferred, together=2) >= preferred + 2
