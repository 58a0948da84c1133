"""The backups there are: one folder each, with a manifest that is written last.

A folder without its manifest is a backup that was not finished, and counts as none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clientela.platform.backups.faults import NoBackup
from clientela.platform.home import Home

MANIFEST = "manifest.json"
PROOF = "proof.json"
RESTORES = "restores.jsonl"
FORM = 1
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class File:
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """`first` and `last` number the pieces of the log without which it is nothing."""

    folder: Path
    made_at: datetime
    timeline: int
    first: int
    last: int
    product: str
    files: Mapping[str, File]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    @property
    def proved_at(self) -> datetime | None:
        """When it was last restored in full and found well."""
        try:
            proof = json.loads((self.folder / PROOF).read_text(encoding="utf-8"))
            return datetime.fromisoformat(proof["proved_at"]) if proof["ok"] else None
        except (OSError, ValueError, KeyError):
            return None

    def misses(self) -> list[str]:
        """Files that are gone or have another size: seen at a glance."""
        return [
            f"{self.id}/{name} is {found}."
            for name, file in self.files.items()
            if (found := _at_a_glance(self.folder / name, file))
        ]

    def damages(self) -> list[str]:
        """Files whose content is not what was written: every byte is read."""
        missing = self.misses()
        return missing or [
            f"{self.id}/{name} has changed since it was written."
            for name, file in self.files.items()
            if sha256(self.folder / name) != file.sha256
        ]


@dataclass(frozen=True)
class Restored:
    """One restore: from `restored_at` on the database lived on this timeline."""

    restored_at: datetime
    timeline: int
    to: str


def all_of(home: Home) -> list[Backup]:
    """The finished backups, the newest first."""
    if not home.backups.is_dir():
        return []
    found = [_read(path) for path in home.backups.iterdir() if (path / MANIFEST).is_file()]
    return sorted((it for it in found if it), key=lambda it: it.made_at, reverse=True)


def named(home: Home, id: str) -> Backup:
    """The backup of this name; without a name the newest."""
    for backup in all_of(home):
        if id in ("", backup.id):
            return backup
    raise NoBackup(
        f"There is no backup {id}; clientela backup list shows them."
        if id
        else f"There is no backup in {home.backups} yet: clientela backup now makes one."
    )


def seal(folder: Path, *, made_at: datetime, place: tuple[int, int, int], product: str) -> None:
    """Write the manifest over all files of the folder, and have all of it on the disk."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    files = {path.name: asdict(File(path.stat().st_size, sha256(path))) for path in paths}
    timeline, first, last = place
    write(folder / MANIFEST, {
        "form": FORM, "made_at": made_at.isoformat(), "product": product,
        "timeline": timeline, "first": first, "last": last, "files": files,
    })  # fmt: skip
    for path in paths:
        sync(path)
    sync(folder)


def note_proof(backup: Backup, proof: Mapping[str, Any]) -> None:
    write(backup.folder / PROOF, proof)


def restores(home: Home) -> list[Restored]:
    """Every restore of this data folder, the first one first."""
    path = home.backups / RESTORES
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    noted = [json.loads(line) for line in lines if line.strip()]
    return [
        Restored(datetime.fromisoformat(it["restored_at"]), it["timeline"], it["to"])
        for it in noted
    ]


def note_restore(home: Home, restored: Restored) -> None:
    with (home.backups / RESTORES).open("a", encoding="utf-8") as file:
        noted = {**asdict(restored), "restored_at": restored.restored_at.isoformat()}
        file.write(json.dumps(noted) + "\n")
        file.flush()
        os.fsync(file.fileno())


def write(path: Path, content: Mapping[str, Any]) -> None:
    """A JSON file that nobody ever sees half."""
    draft = path.with_name(f".{path.name}")
    with draft.open("w", encoding="utf-8") as file:
        draft.chmod(0o600)
        json.dump(content, file, indent=1, default=str)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _at_a_glance(path: Path, file: File) -> str:
    if not path.is_file():
        return "missing"
    size = path.stat().st_size
    return "" if size == file.bytes else f"{size:,} bytes long, not {file.bytes:,}"


def _read(folder: Path) -> Backup | None:
    """A manifest nobody can read makes no backup: what stands beside it cannot be trusted."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Backup(
            folder=folder,
            made_at=datetime.fromisoformat(told["made_at"]).astimezone(UTC),
            timeline=told["timeline"], first=told["first"], last=told["last"],
            product=told["product"],
            files={name: File(**file) for name, file in told["files"].items()},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None
