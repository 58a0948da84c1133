"""Bare SQL under pgbench: what the database alone needs for the same work."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from bench import measure
from bench.measure import Reading
from bench.place import Place
from clientela.platform import postgres
from clientela.platform.postgres.configuration import OWNER
from clientela.platform.postgres.programs import program

CLIENTS = 8
PLACES = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER"}


def work(place: Place, transactions: int, script: str) -> Reading:
    """CPU of the database for one of so many prepared transactions of eight clients.

    What the connections themselves cost is measured with one transaction each and taken off.
    """
    each = max(2, transactions // CLIENTS)
    whole, opening = _cpu(place, each, script), _cpu(place, 1, script)
    return Reading((whole - opening) / ((each - 1) * CLIENTS) * 1e6)


def _cpu(place: Place, each: int, script: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script, encoding="utf-8")
        command = [
            program("pgbench"), "--no-vacuum", "--protocol", "prepared", "--client", str(CLIENTS),
            "--transactions", str(each), "--file", str(path), "--define", f"size={place.size}",
        ]  # fmt: skip
        environment = _environment(place)

        def run() -> None:
            subprocess.run(command, check=True, capture_output=True, env=environment)

        return measure.timed(run, processes=[place.postmaster()])[1]


def _environment(place: Place) -> dict[str, str]:
    where = postgres.connection_parameters(place.home, role=OWNER)
    return {**os.environ, **{PLACES[name]: value for name, value in where.items()}}
