"""Laying a backup out again in another folder; every file is compared with what it was."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import IO

from clientela.platform.backups.faults import BackupDamaged, BackupFailed
from clientela.platform.backups.make import FOLDERS
from clientela.platform.backups.sets import BLOCK_BYTES, Backup
from clientela.platform.home import Home
from clientela.platform.postgres import archive

ROOM_SHARE = 3
ROOM_BYTES_MIN = 128 * 1024**2


def unpack(backup: Backup, into: Home, *, wal: Path) -> None:
    """Make a data folder of a backup, with the log beside it; its database is not started."""
    damages = backup.damages()
    if damages:
        raise BackupDamaged(damages)
    _room(backup, into)
    into.prepare()
    link = archive.folder(into)
    if wal.is_dir():
        link.symlink_to(wal.resolve(), target_is_directory=True)
    into.database.mkdir(mode=0o700)
    try:
        _database(backup, into)
        for name in FOLDERS:
            _extract(backup.folder / f"{name}.tar.gz", into.path / name)
    except (tarfile.TarError, EOFError, zlib.error) as fault:
        raise BackupDamaged([f"{backup.id} cannot be unpacked: {fault}."]) from fault


def _room(backup: Backup, into: Home) -> None:
    into.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    free, needed = shutil.disk_usage(into.path).free, backup.bytes * ROOM_SHARE + ROOM_BYTES_MIN
    if free < needed:
        raise BackupFailed(
            f"{free // 10**6:,} MB are free at {into.path.parent}, and about "
            f"{needed // 10**6:,} MB are needed to lay out the backup beside the database."
        )


def _database(backup: Backup, into: Home) -> None:
    wanted = _told_by_postgres(backup)
    found: dict[str, tuple[int, str]] = {}
    _extract(backup.folder / "base.tar.gz", into.database, found)
    _extract(backup.folder / "pg_wal.tar.gz", into.database / "pg_wal")
    wrong = [name for name, file in wanted.items() if found.get(name) != file]
    if wrong:
        raise BackupDamaged(
            [f"{backup.id}: {name} is not as PostgreSQL wrote it." for name in wrong[:10]]
        )


def _told_by_postgres(backup: Backup) -> dict[str, tuple[int, str]]:
    """Its own manifest: what each file of the database must be."""
    told = json.loads((backup.folder / "backup_manifest").read_text(encoding="utf-8"))
    return {
        file["Path"]: (file["Size"], file["Checksum"]) for file in told["Files"] if "Path" in file
    }


def _extract(archived: Path, into: Path, found: dict[str, tuple[int, str]] | None = None) -> None:
    into.mkdir(mode=0o700, exist_ok=True)
    with gzip.open(archived) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        for member in tar:
            safe = tarfile.data_filter(member, str(into))
            path = into / safe.name
            if safe.isdir():
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif safe.isfile() and (content := tar.extractfile(member)):
                size, digest = _written(content, path)
                if found is not None:
                    found[safe.name.removeprefix("./")] = (size, digest)


def _written(content: IO[bytes], path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        path.chmod(0o600)
        while block := content.read(BLOCK_BYTES):
            digest.update(block)
            size += file.write(block)
    return size, digest.hexdigest()
