"""Making a backup: the database while it runs, then files and keys, sealed by a manifest."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from clientela import __version__
from clientela.platform import postgres, tied
from clientela.platform.backups import log, sets
from clientela.platform.backups.faults import BackupFailed, OwnServer
from clientela.platform.backups.sets import Backup
from clientela.platform.home import Home
from clientela.platform.postgres import archive, locks, own
from clientela.platform.postgres.configuration import SUPERUSER
from clientela.platform.postgres.programs import program

DRAFT = ".new-"
KEEP = 7
SECONDS_MAX = 6 * 3600
ROOM_BYTES_MIN = 64 * 1024**2
PACKED_SHARE = 0.5
"""A packed database is smaller than this; with less room none is begun."""
FOLDERS = ("files", "keys")


def make(home: Home, *, keep: int = KEEP, now: datetime) -> Backup:
    """Back everything up, keep the newest `keep` backups with their log, forget older ones."""
    refuse_own_server(home)
    began = time.monotonic()
    with turn(home):
        _clear(home)
        archive.prepare(home)
        with postgres.running(home, label="backup"):
            draft = _draft(home)
            try:
                _fill(home, draft)
                made_at = now + timedelta(seconds=time.monotonic() - began)
                sets.seal(draft, made_at=made_at, place=_place(draft), product=__version__)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
            folder = _named(home, made_at)
            draft.rename(folder)
            sets.sync(home.backups)
        _forget(home, keep=keep)
    return sets.named(home, folder.name)


def refuse_own_server(home: Home) -> None:
    if own.address():
        raise OwnServer(
            f"{own.VARIABLE} is set: the database is your own server, and only you can back it up, "
            "with pg_basebackup, pgBackRest, pg_dump or your provider's snapshots. "
            f"Keep {home.files} and {home.keys} with it, and run clientela verify after a restore."
        )


@contextmanager
def turn(home: Home) -> Iterator[None]:
    """One at a time makes, proves or restores."""
    home.prepare()
    with locks.opened(home.backups / ".lock") as file:
        if not locks.acquired(file):
            raise BackupFailed("Another backup, proof or restore of this folder is under way.")
        yield


def _clear(home: Home) -> None:
    """What was not finished is worth nothing."""
    for leftover in home.backups.glob(f"{DRAFT}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _draft(home: Home) -> Path:
    needed = int(_size(home.database) * PACKED_SHARE) + ROOM_BYTES_MIN
    free = shutil.disk_usage(home.backups).free
    if free < needed:
        raise BackupFailed(
            f"{free // 10**6:,} MB are free at {home.backups}, and a backup may need "
            f"{needed // 10**6:,} MB. Make room, or let {home.backups} be a link to a larger disk."
        )
    draft = home.backups / f"{DRAFT}{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    return draft


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += 0 if "pg_wal" in path.parts else path.lstat().st_size
    return total


def _fill(home: Home, draft: Path) -> None:
    """The log is copied before the copy of the database begins, so that nothing is between."""
    if archive.is_prepared(home):
        archive.switch_on(home)
    _copy_database(home, draft)
    try:
        for name in FOLDERS:
            _pack(home.path / name, draft / f"{name}.tar.gz")
    except OSError as fault:
        raise BackupFailed(
            f"{fault.filename or draft} could not be written: {fault.strerror}."
        ) from fault


def _copy_database(home: Home, draft: Path) -> None:
    shim = [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), str(int(signal.SIGKILL))]
    command = [
        program("pg_basebackup"), "--pgdata", str(draft), "--format=tar", "--gzip",
        "--compress=client-gzip:1", "--wal-method=stream", "--checkpoint=fast", "--no-password",
        "--manifest-checksums=SHA256", "--no-sync", "--host", str(home.sockets), "--port", "5432",
        "--username", SUPERUSER,
    ]  # fmt: skip
    done = subprocess.run(
        [*shim, *command], check=False, capture_output=True, text=True, errors="replace",
        cwd="/", timeout=SECONDS_MAX, umask=0o077, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BackupFailed(f"The database could not be copied: {' '.join(lines[-3:])}")


def _pack(folder: Path, into: Path) -> None:
    """Plain files and folders; one that vanishes meanwhile was not kept by anybody."""
    with (
        gzip.GzipFile(into, "wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            with suppress(FileNotFoundError):
                if not path.is_symlink() and (path.is_file() or path.is_dir()):
                    tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    into.chmod(0o600)


def _place(draft: Path) -> tuple[int, int, int]:
    """Timeline, first and last piece of the log, as PostgreSQL wrote them down."""
    told = json.loads((draft / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"][-1]
    return told["Timeline"], log.number_of(told["Start-LSN"]), log.number_of(told["End-LSN"])


def _named(home: Home, made_at: datetime) -> Path:
    name = made_at.strftime("%Y%m%dT%H%M%SZ")
    taken = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(path for it in taken if not (path := home.backups / it).exists())


def _forget(home: Home, *, keep: int) -> None:
    """Rename first: a folder that is being removed must not count as a backup."""
    for old in sets.all_of(home)[max(1, keep) :]:
        doomed = old.folder.with_name(f"{DRAFT}{old.folder.name}")
        old.folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    kept = sets.all_of(home)
    if kept:
        log.prune(archive.folder(home), before=min(it.first for it in kept))
