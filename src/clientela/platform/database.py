"""The settings of the one database: embedded, or the company's own server by address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from clientela.platform.home import Home

OWNER = "clientela_owner"
APP = "clientela_app"
DEADLINES = (
    "-c statement_timeout=55s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
    " -c timezone=UTC"
)


def django_database(home: Home, environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's DATABASES entry.

    `CLIENTELA_DATABASE_URL` = postgresql://user:password@host:port/name?sslmode=… for one's own
    server; without it the embedded one of this data folder. `CLIENTELA_ROLE` = `owner` for
    commands that change tables, else the role of the application, which may not edit ledgers.
    """
    url = environment.get("CLIENTELA_DATABASE_URL", "")
    place = own_server(url) if url else embedded(home)
    options: dict[str, Any] = {
        "connect_timeout": 5,
        "options": DEADLINES,
        **place.pop("OPTIONS"),
    }
    if environment.get("CLIENTELA_ROLE", "app") != "owner":
        options["assume_role"] = APP
    return {
        "ENGINE": "clientela.platform.backend",
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
        **place,
    }


def embedded(home: Home) -> dict[str, Any]:
    return {"NAME": "clientela", "USER": OWNER, "HOST": str(home.sockets), "OPTIONS": {}}


def own_server(url: str) -> dict[str, Any]:
    """Taken apart by hand, so that a password may hold any character once percent-encoded."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("CLIENTELA_DATABASE_URL must be postgresql://user:password@host/name")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


@contextmanager
def as_owner() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the owner of the tables, outside Django's and without deadlines: for what the
    application's role may not do and what takes its time, such as building an index.
    """
    from django.db import connection

    named = connection.get_connection_params()
    place = {name: named[name] for name in PLACE if named.get(name)}
    with psycopg.connect(**place, options="-c timezone=UTC", autocommit=True) as owner:
        yield owner


PLACE = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "service")
