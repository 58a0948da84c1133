"""Going back: to the newest of a backup and its log, or to an instant, in a folder beside.

The data folder changes at the very end, by renaming. What was there is kept, never removed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from clientela.platform import postgres
from clientela.platform.backups import log, sets
from clientela.platform.backups.faults import BackupDamaged, NoBackup, StillInUse, TimeNotCovered
from clientela.platform.backups.log import Reach
from clientela.platform.backups.sets import Backup
from clientela.platform.backups.unpack import unpack
from clientela.platform.home import Home
from clientela.platform.postgres import archive, locks, server, switch
from clientela.platform.postgres.archive import Recovery

SCRATCH = "restore.new-"
NOT_REACHED = "before configured recovery target was reached"


@dataclass(frozen=True)
class Choice:
    """Which backup is laid out, and along which timeline it goes on."""

    backup: Backup
    timeline: int
    reach: Reach
    to: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """A restored database that runs in a folder of its own."""

    home: Home
    as_of: datetime
    """When the last change in it was made."""
    timeline: int


def choose(home: Home, *, to: datetime | None, now: datetime) -> Choice:
    """The newest backup from which the log leads to an instant, or to the newest there is."""
    backups = sets.all_of(home)
    if not backups:
        raise NoBackup(f"There is no backup in {home.backups} yet: clientela backup now makes one.")
    made_before = [it for it in backups if to is None or it.made_at <= to]
    timeline = log.timeline_at(sets.restores(home), to or now, first=backups[-1].timeline)
    for backup in made_before:
        found = log.reach(archive.folder(home), backup, timeline=timeline)
        if found is not None:
            return Choice(backup, timeline, found, to)
    raise TimeNotCovered(
        f"No backup reaches {to or now}: the oldest one was made at {backups[-1].made_at}.",
        field="--to",
    )


def refuse_if_used(home: Home) -> None:
    holders = postgres.status(home).holders
    if holders or server.lives(home):
        names = ", ".join(sorted({it.label for it in holders})) or "PostgreSQL"
        raise StillInUse(
            f"{home.path} is in use ({names}). Stop it first: clientela stop, then restore."
        )


@contextmanager
def opened(choice: Choice, home: Home, *, beside: Path, copies: bool) -> Iterator[Opened]:
    """Lay the backup out beside, let it go along the log, and have it running in the block.

    `copies`: it goes on as the company's database, so that its log is copied in turn.
    """
    scratch = Home(Path(tempfile.mkdtemp(prefix=SCRATCH, dir=beside)))
    try:
        unpack(choice.backup, scratch, wal=archive.folder(home))
        if choice.reach.gap:
            raise BackupDamaged([choice.reach.gap])
        if copies:
            _bring_what_was_not_copied(home, scratch, choice.timeline)
        _set_out(choice, scratch, copies=copies, to=choice.to)
        with _running(choice, scratch, copies=copies):
            yield _opened(choice, scratch)
    except BaseException:
        drop(scratch)
        raise


def clear(home: Home) -> None:
    """What a killed proof or restore left, unless it is already on its way into its place."""
    if not (home.path / switch.NOTE).exists():
        for folder in (home.path, home.backups):
            for leftover in folder.glob(f"{SCRATCH}*"):
                drop(Home(leftover))


def drop(scratch: Home) -> None:
    """Remove it, and end its server; does nothing once it has taken its place."""
    if scratch.run.is_dir() and scratch.database.is_dir() and server.lives(scratch):
        server.stop(scratch)
    shutil.rmtree(scratch.path, ignore_errors=True)


def take_place(home: Home, scratch: Home, *, now: datetime) -> Path:
    """Put the restored database, files and keys where the old ones are; where these are kept."""
    with locks.alone(home.prepare()):
        refuse_if_used(home)
        kept = home.path / f"before-restore-{now:%Y%m%dT%H%M%SZ}"
        _keep_newer_files(home, scratch)
        switch.begin(home, draft=scratch.path, kept=kept)
        switch.finish(home)
    return kept


def _set_out(choice: Choice, scratch: Home, *, copies: bool, to: datetime | None) -> None:
    when = f"{to:%Y-%m-%d %H:%M:%S.%f%z}" if to else ""
    archive.set_out(scratch, Recovery(choice.timeline, when, copies))


@contextmanager
def _running(choice: Choice, scratch: Home, *, copies: bool) -> Iterator[None]:
    """An instant after the last change is not on the log: then all of it is wanted."""
    try:
        running = postgres.running(scratch, label="restore")
        running.__enter__()
    except postgres.PostgresUnavailable as fault:
        if NOT_REACHED not in fault.detail:
            raise BackupDamaged([fault.detail]) from fault
        _set_out(choice, scratch, copies=copies, to=None)
        running = postgres.running(scratch, label="restore")
        running.__enter__()
    try:
        yield
    finally:
        running.__exit__(None, None, None)


def _opened(choice: Choice, scratch: Home) -> Opened:
    with psycopg.connect(postgres.dsn(scratch), autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_last_xact_replay_timestamp(),"
            " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"
        ).fetchone()
    as_of, timeline = row or (None, choice.timeline)
    return Opened(scratch, as_of or choice.backup.made_at, timeline)


def _bring_what_was_not_copied(home: Home, scratch: Home, timeline: int) -> None:
    """The end of the log that a database which died had not copied yet."""
    there = {path.name.removesuffix(".gz") for path in archive.folder(home).glob("*.gz")}
    log_of_old = home.database / "pg_wal"
    for path in log_of_old.glob(f"{timeline:08X}????????????????") if log_of_old.is_dir() else ():
        target = scratch.database / "pg_wal" / path.name
        if path.name not in there and not target.exists():
            shutil.copyfile(path, target)


def _keep_newer_files(home: Home, scratch: Home) -> None:
    """Files that came after the backup: what is restored may name them."""
    for path in sorted(home.files.rglob("*")) if home.files.is_dir() else ():
        target = scratch.files / path.relative_to(home.files)
        if path.is_dir() and not path.is_symlink():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif path.is_file() and not path.is_symlink() and not target.exists():
            target.hardlink_to(path)
