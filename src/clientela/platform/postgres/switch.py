"""Putting restored folders in the place of the old ones; to be killed in between does no harm.

What is to be done is noted first; the next start of the database finishes it.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from clientela.platform.home import Home

NOTE = "restore.json"
FOLDERS = ("database", "files", "keys")


def begin(home: Home, *, draft: Path, kept: Path) -> None:
    note, text = home.path / NOTE, json.dumps({"draft": draft.name, "kept": kept.name})
    beside = note.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(note)
    _sync(home.path)


def finish(home: Home) -> None:
    """Each folder: the old one aside, the restored one in its place. Done again it does nothing.

    Called by someone who is `locks.alone`.
    """
    note = home.path / NOTE
    if not note.exists():
        return
    told = json.loads(note.read_text(encoding="utf-8"))
    draft, kept = home.path / told["draft"], home.path / told["kept"]
    kept.mkdir(mode=0o700, exist_ok=True)
    for name in FOLDERS:
        _move(home.path / name, draft / name, kept / name)
    _sync(kept)
    _sync(home.path)
    note.unlink()
    _sync(home.path)
    shutil.rmtree(draft, ignore_errors=True)


def _move(old: Path, new: Path, kept: Path) -> None:
    if not new.exists():
        return  # was moved before
    if old.exists() and not kept.exists():
        old.rename(kept)
    if old.is_dir() and not any(old.iterdir()):
        old.rmdir()  # made by a command that came in between
    new.rename(old)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
