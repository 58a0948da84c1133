"""With `CLIENTELA_DATABASE_URL` everything is the same on one's own server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from clientela.platform import postgres

CUSTOMERS = "customer,name,phone\n4711,Anna Kalniņa,+371 2612 3456\n"


@pytest.fixture
def own_database(django_db_setup: None) -> str:
    """An empty database on a server that this data folder does not start; its address."""
    name = f"own_{os.getpid()}"
    place = postgres.connection_parameters(settings.HOME)
    with psycopg.connect(postgres.dsn(settings.HOME), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://{place['user']}@/{name}?host={place['host']}"


def run(url: str, home: Path, *arguments: str) -> object:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")
    } | {"CLIENTELA_DATABASE_URL": url, "CLIENTELA_HOME": str(home)}
    command = [sys.executable, "-m", "clientela.cli", *arguments, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_a_company_works_on_its_own_server(own_database: str, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(CUSTOMERS, encoding="utf-8")
    home = tmp_path / "home"
    result = run(own_database, home, "import", str(file), "--as", "customers")
    assert isinstance(result, dict)
    assert result["new"] == 1
    profile = run(own_database, home, "customers", "show", "+371 26123456")
    assert isinstance(profile, dict)
    assert profile["customer"]["name"] == "Anna Kalniņa"
    assert not (home / "database").exists()
