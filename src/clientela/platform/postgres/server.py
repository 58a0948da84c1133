"""The running server: is it there, start it, wait for it, stop it.

Every process of the server inherits a locked file. So the kernel itself says whether one of them
lives: a number in `postmaster.pid` that now belongs to another program, or to a dead process
nobody has reaped, misleads no one, and no second server starts beside what a killed one left.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from clientela.platform.home import SOCKET, Home, HomeUnusable
from clientela.platform.postgres import account as accounts
from clientela.platform.postgres import archive, cluster, configuration, locks, switch
from clientela.platform.postgres.account import Account
from clientela.platform.postgres.configuration import DATABASE, OWNER
from clientela.platform.postgres.programs import program
from clientela.platform.postgres.unavailable import PostgresUnavailable

START_SECONDS_MAX = 60.0
RECOVERY_SECONDS_MAX = 600.0
RESTORE_SECONDS_MAX = 6 * 3600.0
STOP_SECONDS_MAX = 60.0
SILENCE_SECONDS_MAX = 10.0
PAUSE_SECONDS = 0.03
LOG_FILES_MAX = 10
TOLD_CHARACTERS_MAX = 4000
NO_PROCESS = 2**31 - 1
Ping = psycopg.pq.Ping
_TURNED_AWAY = re.compile(r"the database system is (starting up|in recovery mode|shutting down)")


def lives(home: Home) -> bool:
    """Whether any process of the server is left."""
    return locks.is_held(_life(home))


def is_ready(home: Home) -> bool:
    """Whether the server takes connections."""
    return lives(home) and _ping(home) is Ping.OK


def seems_well(home: Home) -> bool:
    """The cheapest look: its processes live, the first of them too, and its socket is there."""
    return lives(home) and postmaster(home) is not None and (home.sockets / SOCKET).exists()


def postmaster(home: Home) -> psutil.Process | None:
    """The first process of the server; None where it is dead, or not to be seen from here."""
    number = _noted_number(home)
    if number is None:
        return None
    with suppress(psutil.Error):
        process = psutil.Process(number)
        if _mark(home) in " ".join(process.cmdline()):
            return process
    return None


def start(home: Home) -> None:
    """Return when the server takes connections. Called by someone who is `locks.alone`."""
    if _join(home):
        return
    switch.finish(home)
    account = accounts.choose(program("postgres"))
    cluster.initialise(home, account)
    _launch(home, account)
    _await(home)


def stop(home: Home) -> bool:
    """Stop it in order: open transactions are rolled back. False where none ran."""
    if not lives(home):
        return False
    first = postmaster(home)
    if first is None or not _ends(home, first):
        _end_leftovers(home)
    _tidy(home)
    return True


def prune_logs(home: Home) -> None:
    """Keep the newest files of the server's log, each of which is bounded."""
    for old in sorted(_logs(home).glob("postgres-*.log"))[:-LOG_FILES_MAX]:
        old.unlink(missing_ok=True)


def _ends(home: Home, first: psutil.Process) -> bool:
    """Ask it to end: first all in order, then, after a minute, at once."""
    for asking, seconds in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, 10.0)):
        _signal(first, asking)
        if _gone(home, seconds_max=seconds):
            return True
    return False


def _tidy(home: Home) -> None:
    """Leave no empty folders among the temporary ones."""
    with suppress(OSError, HomeUnusable):
        runtime = home.runtime
        home.sockets.rmdir()
        runtime.rmdir()


def _join(home: Home) -> bool:
    """Take part in a server that runs or is about to; clear away what a dead one left."""
    began = heard = time.monotonic()
    while lives(home):
        answer, now = _ping(home), time.monotonic()
        if answer is Ping.OK:
            return True
        if answer is Ping.REJECT:  # it recovers from a crash, or is going down
            heard = now
            _refuse_if(now - began > RECOVERY_SECONDS_MAX, home, "does not finish starting")
        elif postmaster(home) is None:
            _end_leftovers(home)
        elif now - heard > SILENCE_SECONDS_MAX:
            _refuse_if((home.sockets / SOCKET).exists(), home, "does not answer")
            stop(home)
        time.sleep(PAUSE_SECONDS)
    return False


def _launch(home: Home, account: Account) -> None:
    home.prepare()
    logs = _logs(home)
    logs.mkdir(mode=0o700, exist_ok=True)
    prune_logs(home)
    wal = [archive.folder(home).resolve()] if archive.is_prepared(home) else []
    account.own(home.database, home.sockets, logs, *wal)
    (logs / "start.log").unlink(missing_ok=True)
    with (
        locks.opened(_life(home)) as life,
        account.reaching(home.database, home.sockets, logs, *wal) as reach,
    ):
        if not locks.acquired(life, seconds_max=START_SECONDS_MAX):
            raise _out_of_sight(home)
        _forget_the_dead(home)
        data, sockets, log = (reach.names[it] for it in (home.database, home.sockets, logs))
        more = archive.settings(home, name=reach.names[wal[0]]) if wal else {}
        configuration.write(home.database, account=account, sockets=sockets, logs=log, more=more)
        # pg_ctl puts it into a session of its own: the terminal's Ctrl-C is not for it.
        result = account.run(
            [
                program("pg_ctl"),
                *("start", "-W", "-s", "-D", data, "-l", f"{log}/start.log"),
                *("-o", f"-c cluster_name={_mark(home)}"),
            ],
            inherit=(*reach.descriptors, life),
        )
    if result.returncode != 0:
        raise _did_not_start(home, result.stderr)


def _await(home: Home) -> None:
    """Wait for connections to be taken, not for a process to be there."""
    began = heard = time.monotonic()
    seconds_max = RESTORE_SECONDS_MAX if archive.is_going_back(home) else RECOVERY_SECONDS_MAX
    while True:
        answer, now = _ping(home), time.monotonic()
        if answer is Ping.OK:
            return
        if not lives(home):
            raise _did_not_start(home)
        if answer is Ping.REJECT:
            heard = now
        _refuse_if(now - began > seconds_max, home, "does not finish starting")
        _refuse_if(now - heard > START_SECONDS_MAX, home, "does not answer")
        time.sleep(PAUSE_SECONDS)


def _ping(home: Home) -> Ping:
    where = f"host={home.sockets} port=5432 dbname={DATABASE} user={OWNER} connect_timeout=2"
    return Ping(psycopg.pq.PGconn.ping(where.encode()))


def _forget_the_dead(home: Home) -> None:
    """Make PostgreSQL ignore a dead server's notes. Called with its life lock in hand.

    The note keeps the name of the shared memory: should somebody have started PostgreSQL on this
    folder by hand, it still refuses to be the second.
    """
    for path in home.sockets.glob(f"{SOCKET}*"):
        path.unlink()
    note = home.database / "postmaster.pid"
    number = _noted_number(home)
    if number is None:
        note.unlink(missing_ok=True)
        return
    _refuse_if(_works_on(home.database, number), home, "was started by hand; stop it first")
    _, _, rest = note.read_text(encoding="utf-8").partition("\n")
    note.write_text(f"{NO_PROCESS}\n{rest}", encoding="utf-8")


def _works_on(database: Path, number: int) -> bool:
    with suppress(psutil.Error, OSError):
        process = psutil.Process(number)
        named = "postgres" in process.name()
        return named and Path(process.cwd()).samefile(database)
    return False


def _noted_number(home: Home) -> int | None:
    try:
        first, _, _ = (home.database / "postmaster.pid").read_text("utf-8").partition("\n")
        number = int(first)
    except (OSError, ValueError):
        return None
    return number if number > 0 else None


def _end_leftovers(home: Home) -> None:
    """End the processes a killed server left: a busy one would go on working for a long time."""
    for process in _leftovers(home):
        _signal(process, signal.SIGKILL)
    if not _gone(home, seconds_max=SILENCE_SECONDS_MAX) and not list(_leftovers(home)):
        raise _out_of_sight(home)


def _leftovers(home: Home) -> Iterator[psutil.Process]:
    mark = _mark(home)
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in " ".join(process.cmdline()):
                yield process


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _gone(home: Home, *, seconds_max: float) -> bool:
    deadline = time.monotonic() + seconds_max
    while lives(home):
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _mark(home: Home) -> str:
    """What this folder's server is called in the list of processes: the same by any path."""
    found = home.database.stat()
    return f"clientela-{found.st_dev:x}-{found.st_ino:x}"


def _life(home: Home) -> Path:
    return home.run / "server"


def _logs(home: Home) -> Path:
    return home.logs / "postgres"


def _refuse_if(so: bool, home: Home, what: str) -> None:
    if so:
        raise PostgresUnavailable(
            f"The PostgreSQL of {home.path} {what}. Its log is in {_logs(home)}."
        )


def _out_of_sight(home: Home) -> PostgresUnavailable:
    return PostgresUnavailable(
        f"The PostgreSQL of {home.path} runs where it cannot be seen from here, perhaps in another "
        "container. Stop it there, or use one server for both with CLIENTELA_DATABASE_URL."
    )


def _did_not_start(home: Home, said: str = "") -> PostgresUnavailable:
    lines = [line.strip() for line in (said + _told(home)).splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    why = " ".join(fatal[-1:] or lines[-3:]) or "it said nothing"
    return PostgresUnavailable(f"PostgreSQL did not start: {why} (see {_logs(home)})")


def _told(home: Home) -> str:
    """What it wrote at this start: before its log was open, and the end of the log it opened."""
    opening, told = _logs(home) / "start.log", ""
    with suppress(OSError):
        since = opening.stat().st_mtime_ns
        logs = [it for it in _logs(home).glob("postgres-*.log") if it.stat().st_mtime_ns >= since]
        for path in (opening, *logs):
            told += path.read_text(encoding="utf-8", errors="replace")[-TOLD_CHARACTERS_MAX:]
    return "\n".join(line for line in told.splitlines() if not _TURNED_AWAY.search(line))
