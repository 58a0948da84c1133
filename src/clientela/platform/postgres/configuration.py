"""The files PostgreSQL reads at its start. They are ours: written anew before each start."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil

from clientela.platform.postgres.account import Account

DATABASE = "clientela"
OWNER: Final = "clientela_owner"
APP: Final = "clientela_app"
SUPERUSER = "clientela_superuser"
"""Of the cluster; used by this package only."""

MEGABYTE = 1024 * 1024
SHARED_MEGABYTES_MAX = 1024
SHARED_MEGABYTES_MIN = 32
CONNECTIONS_MAX = 100
LOG_MEGABYTES_MAX = 5

RULES = f"""\
# Written by Clientela before each start; changes are lost.
local  all          {SUPERUSER}  peer map=clientela
local  all          {OWNER}      peer map=clientela
local  all          {APP}        peer map=clientela
local  replication  {SUPERUSER}  peer map=clientela
local  all          all          reject
host   all          all          all  reject
"""


def write(
    data: Path, *, account: Account, sockets: str, logs: str, more: Mapping[str, str] | None = None
) -> None:
    """Configure the cluster in `data`; the folders as the server names them."""
    peer = quoted(account.peer, '"')
    texts = {
        "postgresql.conf": text_of({**settings(sockets=sockets, logs=logs), **(more or {})}),
        "pg_hba.conf": RULES,
        "pg_ident.conf": "".join(f"clientela {peer} {role}\n" for role in (SUPERUSER, OWNER, APP)),
    }
    for name, text in texts.items():
        path = data / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, account.uid, account.gid)


def settings(*, sockets: str, logs: str) -> dict[str, str]:
    return {**_places(sockets), **_memory(), **_safety(), **_log(logs)}


def text_of(settings: dict[str, str]) -> str:
    lines = [f"{name} = {quoted(value)}" for name, value in settings.items()]
    return "\n".join(["# Written by Clientela before each start; changes are lost.", *lines, ""])


def quoted(value: str, mark: str = "'") -> str:
    return mark + value.replace(mark, mark * 2) + mark


def _places(sockets: str) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": quoted(sockets, '"'),
        "unix_socket_permissions": "0770",
        "max_connections": str(CONNECTIONS_MAX),
    }


def _memory() -> dict[str, str]:
    machine = psutil.virtual_memory().total // MEGABYTE
    shared = max(SHARED_MEGABYTES_MIN, min(SHARED_MEGABYTES_MAX, machine // 8))
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(shared, machine // 2)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB" if machine >= 2048 else "32MB",
        "jit": "off",
        "random_page_cost": "1.1",
    }


def _safety() -> dict[str, str]:
    """Nothing acknowledged is lost. `archive` switches the copying of the log on.

    A page is logged as a whole at its first change after a checkpoint. For bookings all over a
    large ledger that is most of the work, and compressing these pages makes it five times as much:
    so they are not compressed, and checkpoints are rare.
    """
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "recovery_init_sync_method": "syncfs" if _sees_all_errors() else "fsync",
        "wal_level": "replica",
        "max_wal_senders": "4",
        "archive_mode": "off",
        "min_wal_size": "80MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "off",
        "timezone": "UTC",
        "datestyle": "iso, ymd",
        "default_text_search_config": "pg_catalog.simple",
    }


def _sees_all_errors() -> bool:
    """Whether syncing a whole file system reports each error: Linux 5.8 or newer.

    After a crash that is ten times faster than syncing the files one by one.
    """
    version = os.uname().release.split(".")
    numbers = tuple(int(part) for part in version[:2] if part.isdecimal())
    return sys.platform == "linux" and numbers >= (5, 8)


def _log(logs: str) -> dict[str, str]:
    """Says what the server does and never a value: an error's first line can quote one."""
    return {
        "logging_collector": "on",
        "log_directory": logs,
        "log_filename": "postgres-%Y%m%d-%H%M%S.log",
        "log_file_mode": "0600",
        "log_rotation_size": f"{LOG_MEGABYTES_MAX}MB",
        "log_rotation_age": "1d",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_autovacuum_min_duration": "-1",
        "log_checkpoints": "off",
        "lc_messages": "C",
    }
