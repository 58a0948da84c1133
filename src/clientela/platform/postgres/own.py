"""The company's own PostgreSQL, named by `CLIENTELA_DATABASE_URL`: not ours to start or stop."""

from __future__ import annotations

import os

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from clientela.platform.postgres.unavailable import PostgresUnavailable

VARIABLE = "CLIENTELA_DATABASE_URL"
VERSION_MIN = 16
CONNECT_SECONDS_MAX = 5


def address() -> str | None:
    return os.environ.get(VARIABLE) or None


def check(url: str) -> None:
    """Refuse with a sentence when the server cannot be reached or is too old."""
    parameters = _taken_apart(url)
    where = f"{parameters.get('host', 'this machine')}, database {parameters.get('dbname', '?')}"
    try:
        with psycopg.connect(
            make_conninfo(url, connect_timeout=CONNECT_SECONDS_MAX), autocommit=True
        ) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()
        raise PostgresUnavailable(
            f"The PostgreSQL of {VARIABLE} ({where}) cannot be reached: "
            f"{said[0] if said else 'no reason was given'}"
        ) from error
    if version < VERSION_MIN:
        raise PostgresUnavailable(
            f"The PostgreSQL of {VARIABLE} ({where}) is version {version}; "
            f"{VERSION_MIN} or newer is needed."
        )


def parameters(url: str) -> dict[str, str]:
    return {name: str(value) for name, value in _taken_apart(url).items() if value is not None}


def _taken_apart(url: str) -> dict[str, object]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:  # its words could quote the password
        raise PostgresUnavailable(
            f"{VARIABLE} must look like postgresql://user:password@host/name; special characters "
            "in the password are percent-encoded."
        ) from None
