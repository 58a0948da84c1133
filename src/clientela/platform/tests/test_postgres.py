"""The life of the embedded database: started by the first, shared, stopped by the last."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.postgres import PostgresUnavailable, server

SECONDS_MAX = 20.0

HOLD = """
import sys
from clientela.platform import home, postgres
with postgres.running(home.current(sys.argv[1]), label="another"):
    print("up", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database, led out at the end unless it was killed."""
    with begun(home) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process


@contextmanager
def begun(home: Home) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", HOLD, str(home.path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(argv, text=True, start_new_session=True, **pipes) as process:  # type: ignore[call-overload]
        yield process
        with suppress(BrokenPipeError):
            process.communicate()


def connect(home: Home) -> psycopg.Connection:
    return psycopg.connect(postgres.dsn(home), autocommit=True)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def kill_the_server(home: Home) -> None:
    """As the machine would when it runs out of memory: the first process and all its children."""
    first = server.postmaster(home)
    assert first is not None
    for process in [first, *first.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_the_first_one_in_starts_the_server_and_the_last_one_out_stops_it(home: Home) -> None:
    with another(home) as other:
        with postgres.running(home, label="first"):
            assert {it.label for it in postgres.status(home).holders} == {"first", "another"}
            other.communicate()
            assert postgres.status(home).ready
            assert [it.pid for it in postgres.status(home).holders] == [os.getpid()]
        assert not postgres.status(home).ready
    assert not server.lives(home)


def test_a_second_one_in_the_same_process_joins_too(home: Home) -> None:
    with postgres.running(home):
        pid = postgres.status(home).pid
        with postgres.running(home):
            assert postgres.status(home).pid == pid
        assert postgres.status(home).ready
    assert not server.lives(home)


def test_the_next_one_joins_a_server_whose_holder_was_killed_and_stops_it(home: Home) -> None:
    with another(home) as other:
        pid = postgres.status(home).pid
        other.kill()
        other.wait()
    assert postgres.status(home).holders == ()
    with postgres.running(home):
        assert postgres.status(home).pid == pid
    assert not server.lives(home)
    assert list((home.run / "holders").iterdir()) == []


def test_the_interrupt_of_a_terminal_ends_the_holder_and_not_the_server(home: Home) -> None:
    with another(home) as other, postgres.running(home):
        pid = postgres.status(home).pid
        os.killpg(other.pid, signal.SIGINT)
        other.wait()
        assert postgres.status(home).pid == pid
        assert [it.pid for it in postgres.status(home).holders] == [os.getpid()]


def test_an_error_inside_the_block_still_stops_the_server(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), postgres.running(home):
        raise ZeroDivisionError
    assert not server.lives(home)


def test_a_killed_server_is_started_again_and_has_all_that_was_committed(home: Home) -> None:
    with postgres.running(home), postgres.watched(home, every_seconds=0.05):
        with connect(home) as connection:
            connection.execute("DROP TABLE IF EXISTS kept")
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        before = postgres.status(home).pid
        kill_the_server(home)
        until(lambda: postgres.status(home).ready and postgres.status(home).pid != before)
        with connect(home) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_what_a_killed_server_left_at_work_is_ended_before_the_next_start(home: Home) -> None:
    with postgres.running(home):
        busy = connect(home)
        busy.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        child, first = psutil.Process(busy.info.backend_pid), server.postmaster(home)
        assert first is not None
        until(lambda: child.cpu_times().user > 0.05)
        first.kill()
        until(lambda: not server.is_ready(home))
        assert postgres.ensure(home)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
        assert postgres.status(home).ready
        busy.close()


def test_a_server_whose_socket_was_cleaned_away_is_started_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.running(home):
        shutil.rmtree(home.runtime)
        monkeypatch.setattr(server, "SILENCE_SECONDS_MAX", 0.5)
        assert postgres.ensure(home)
        assert postgres.status(home).ready


def test_a_server_that_is_well_is_left_alone(home: Home) -> None:
    with postgres.running(home):
        pid = postgres.status(home).pid
        assert not postgres.ensure(home)
        assert postgres.status(home).pid == pid


@pytest.mark.parametrize("reaped_by", ["nobody", "its end"])
def test_a_stale_number_that_still_means_some_process_hinders_no_start(
    home: Home, reaped_by: str
) -> None:
    argv = ["true"] if reaped_by == "nobody" else ["sleep", "60"]
    with subprocess.Popen(argv) as foreign:
        if reaped_by == "nobody":
            until(lambda: psutil.Process(foreign.pid).status() == psutil.STATUS_ZOMBIE)
        leave_notes_of(foreign.pid, home)
        with postgres.running(home), connect(home) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
        assert (foreign.poll() is None) == (reaped_by == "its end")
        foreign.kill()


def leave_notes_of(pid: int, home: Home) -> None:
    """What a killed server leaves, had its number gone to another process since."""
    with postgres.running(home):
        note = (home.database / "postmaster.pid").read_text()
    home.prepare()
    note = note.replace(note.splitlines()[0], str(pid), 1)
    (home.database / "postmaster.pid").write_text(note)
    (home.sockets / ".s.PGSQL.5432.lock").write_text(note)


def test_a_note_that_was_cut_short_hinders_no_start(home: Home) -> None:
    (home.database / "postmaster.pid").write_text("")
    with postgres.running(home):
        assert postgres.status(home).ready


def test_stopping_ends_the_server_for_all_and_ensure_brings_it_back(home: Home) -> None:
    with postgres.running(home):
        assert postgres.stop(home)
        assert not postgres.stop(home)
        assert postgres.ensure(home)


def test_two_at_once_make_one_database_in_an_empty_folder(empty_home: Home) -> None:
    home = empty_home
    with begun(home) as one, begun(home) as two:
        for process in (one, two):
            assert process.stdout
            assert process.stdout.readline() == "up\n"
        assert {it.pid for it in postgres.status(home).holders} == {one.pid, two.pid}
        for process in (one, two):
            process.communicate()
    assert not server.lives(home)


def test_a_first_start_killed_in_the_middle_leaves_nothing_in_the_way(empty_home: Home) -> None:
    home = empty_home
    with begun(home) as process:
        until(lambda: list(home.path.glob("database.new-*/base")))
        process.kill()
        process.wait()
    assert not home.database.exists()
    for _ in range(2):  # what was killed may still have been writing at the first
        with postgres.running(home), connect(home) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
    assert list(home.path.glob("database.new-*")) == []


def test_a_database_of_another_version_is_refused_with_its_number(home: Home) -> None:
    with without(home, "PG_VERSION"):
        (home.database / "PG_VERSION").write_text("15\n")
        with pytest.raises(PostgresUnavailable, match="made by PostgreSQL 15, and this is 18"):
            hold(home)


def test_files_that_are_no_database_are_left_alone(empty_home: Home) -> None:
    home = empty_home
    home.database.mkdir()
    (home.database / "letter.txt").write_text("keep me")
    with pytest.raises(PostgresUnavailable, match="holds files that are no database"):
        hold(home)
    assert (home.database / "letter.txt").read_text() == "keep me"


@pytest.mark.parametrize(
    ("lost", "why"),
    [("global/pg_control", "could not find the database"), ("pg_wal", "pg_wal.* does not exist")],
)
def test_a_server_that_cannot_start_says_why(home: Home, lost: str, why: str) -> None:
    with (
        without(home, lost),
        pytest.raises(PostgresUnavailable, match=f"did not start: .*{why}"),
    ):
        hold(home)
    assert not server.lives(home)


@contextmanager
def without(home: Home, lost: str) -> Iterator[None]:
    """Take something away from the database, and put it back afterwards."""
    (home.database / lost).rename(home.path / "lost")
    try:
        yield
    finally:
        (home.path / "lost").rename(home.database / lost)


def hold(home: Home) -> None:
    with postgres.running(home):
        pass


def test_the_servers_log_keeps_its_newest_files_only(home: Home) -> None:
    folder = home.logs / "postgres"
    for day in range(10, 30):
        (folder / f"postgres-202501{day}-000000.log").touch()
    with postgres.running(home):
        postgres.ensure(home)
        assert len(list(folder.glob("postgres-*.log"))) == server.LOG_FILES_MAX


def test_status_of_a_folder_never_used_starts_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "never")
    assert postgres.status(home) == postgres.Status(
        own_server=False, ready=False, sockets=home.sockets
    )
    assert not postgres.stop(home)
    assert not home.path.exists()
