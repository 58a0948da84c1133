"""The continuous copy of the server's log: what PostgreSQL is told of it, and of going back.

The log is copied into `backups/wal` from the first backup on. The server is prepared for it where
that folder is there when it starts; a data folder only commands ever use pays nothing.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from clientela.platform.home import Home

TIMEOUT_SECONDS = 60
"""At most so much of what was acknowledged is in no backup."""
TOOLS = ("gzip", "cmp", "sync", "mv")
SWITCH = "on"
ASKED = "clientela.recovery"
SIGNAL = "recovery.signal"


@dataclass(frozen=True)
class Recovery:
    """How far a restored database goes on along the log: to its end, or to an instant."""

    timeline: int
    to: str = ""
    copies: bool = False
    """Whether its own log is copied in turn: not that of one that is thrown away."""


def folder(home: Home) -> Path:
    return home.backups / "wal"


def prepare(home: Home) -> bool:
    """Have the next start of the server be able to copy its log; False where tools are missing."""
    able = all(shutil.which(tool) for tool in TOOLS)
    if able:
        folder(home).mkdir(mode=0o700, exist_ok=True)
    return able


def is_prepared(home: Home) -> bool:
    return folder(home).is_dir()


def switch_on(home: Home) -> None:
    """Copy from now on; the server need not be told."""
    (folder(home) / SWITCH).touch(mode=0o600)


def settings(home: Home, *, name: str) -> dict[str, str]:
    """The lines of `postgresql.conf`; `name` is what the server calls `backups/wal`."""
    asked = _asked(home)
    lines = _copying(name) if asked is None or asked.copies else {}
    going_back = _going_back(asked, name) if asked and is_going_back(home) else {}
    return {**lines, **going_back}


def set_out(home: Home, recovery: Recovery) -> None:
    """Have the next start of this database go along the copied log, and then open."""
    (home.database / ASKED).write_text(json.dumps(asdict(recovery)), encoding="utf-8")
    (home.database / SIGNAL).touch(mode=0o600)


def is_going_back(home: Home) -> bool:
    """Whether what `set_out` asked has not been reached; PostgreSQL takes the signal away."""
    return (home.database / SIGNAL).exists()


def _asked(home: Home) -> Recovery | None:
    """What this database was restored for, also when it is there."""
    note = home.database / ASKED
    return Recovery(**json.loads(note.read_text(encoding="utf-8"))) if note.exists() else None


def _copying(name: str) -> Mapping[str, str]:
    return {
        "archive_mode": "on",
        "archive_timeout": f"{TIMEOUT_SECONDS}s",
        "archive_command": _copy(_in_shell(name)),
    }


def _copy(wal: str) -> str:
    """Compress beside, sync, rename. What is there already must have the same content."""
    part, whole = f"{wal}/%f.part", f"{wal}/%f.gz"
    again = f"gzip -dc {whole} | cmp -s - %p"
    first = f"gzip -1nc %p > {part} && sync {part} && mv {part} {whole} && sync {wal}"
    return f"[ -e {wal}/{SWITCH} ] || exit 0; if [ -f {whole} ]; then {again}; else {first}; fi"


def _going_back(recovery: Recovery, name: str) -> Mapping[str, str]:
    whole = f"{_in_shell(name)}/%f.gz"
    lines = {
        "restore_command": f"[ -f {whole} ] && gzip -dc {whole} > %p",
        "recovery_target_timeline": str(recovery.timeline),
        "hot_standby": "off",  # connections are taken once it is there, not on the way
    }
    if recovery.to:
        lines |= {"recovery_target_time": recovery.to, "recovery_target_action": "promote"}
    return lines


def _in_shell(name: str) -> str:
    return shlex.quote(name).replace("%", "%%")
