"""Backups through the command line: made, damaged, proved, restored to a point between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clientela.events.models import Event
from clientela.flows import backups
from clientela.platform import postgres
from clientela.platform.backups import sets
from clientela.platform.backups.make import DRAFT
from clientela.platform.home import Home
from clientela.platform.postgres import archive
from clientela.platform.promises import promise

DRAFT_SECONDS_MAX = 30


class Company:
    """A data folder and a terminal at it."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIENTELA_")}
        self.environment = {**kept, "CLIENTELA_HOME": str(path)}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "clientela.cli", *arguments, "--json"],
            env={**self.environment, **more},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str, code: int = 0, **more: str) -> Any:
        process = self.start(*arguments, **more)
        said, talk = process.communicate()
        assert process.returncode == code, (said, talk)
        return json.loads(said) if said.strip() else talk

    def register(self, *names: str) -> None:
        file = self.home.path.parent / "customers.csv"
        file.write_text("customer,name\n" + "".join(f"{it},{it}\n" for it in names), "utf-8")
        assert self.run("import", str(file), "--as", "customers")["new"] == len(names)

    def id_of(self, name: str) -> str:
        with psycopg.connect(postgres.dsn(self.home)) as connection:
            row = connection.execute(
                "SELECT 'cus_' || replace(customer_id::text, '-', '') FROM customers_externalid"
                " WHERE external_id = %s", [name],
            ).fetchone()  # fmt: skip
        assert row is not None
        return str(row[0])

    def customers(self) -> list[str]:
        with psycopg.connect(postgres.dsn(self.home)) as connection:
            rows = connection.execute("SELECT external_id FROM customers_externalid ORDER BY 1")
            return [name for (name,) in rows.fetchall()]


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """Anna was registered before the backup, Berta after it."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="clientela", dir=memory if memory.is_dir() else None
    ) as it:
        made = Company(Path(it) / "home")
        with postgres.running(made.home.prepare(), label="tests"):
            made.register("Anna")
            (made.home.files / "contract.txt").write_text("signed")
        made.run("backup", "now")
        with postgres.running(made.home, label="tests"):
            made.register("Berta")
        yield made


@pytest.mark.long
@promise("REL-14")
def test_a_point_between_is_restored_and_verified_and_what_came_after_is_named(
    company: Company,
) -> None:
    time.sleep(0.01)
    between = datetime.now(UTC).isoformat()
    with postgres.running(company.home, label="tests"):
        company.register("Clara", "Dora")
    restored = company.run("restore", "--to", between, "--yes")
    assert restored["lost"] == {"customer.registered": 2, "import.finished": 1}
    assert (Path(restored["kept"]) / "database" / "PG_VERSION").exists()
    assert (company.home.files / "contract.txt").read_text() == "signed"
    with postgres.running(company.home, label="tests"):
        assert company.run("verify")["ok"]
        assert company.customers() == ["Anna", "Berta"]
        refused = company.run("restore", "--yes", code=3)
        assert refused["code"] == "still-in-use"
    assert [it.to for it in sets.restores(company.home)] == [str(datetime.fromisoformat(between))]


@pytest.mark.long
@promise("REL-14")
@pytest.mark.django_db
def test_a_changed_byte_is_noticed_and_each_night_a_backup_is_made_and_proved(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIENTELA_BACKUPS", raising=False)
    monkeypatch.delenv("CLIENTELA_DATABASE_URL", raising=False)
    listed = company.run("backup", "list")[0]
    assert (listed["state"], listed["proved_at"]) == ("good", None)
    file = company.home.backups / listed["id"] / "base.tar.gz"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    damaged = company.run("backup", "prove", code=6)
    assert "base.tar.gz has changed" in damaged["faults"][0]
    assert company.run("restore", "--yes", code=6)["code"] == "backup-damaged"
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    with monkeypatch.context() as night:
        night.setattr(backups, "NIGHT", range(24))
        night.setattr(backups, "DAY_HOURS", 0)
        assert backups.nightly(company.home, now=datetime.now(UTC))
    assert Event.objects.filter(name="backup.proved").count() == 1
    assert company.run("backup", "list")[0]["proved_at"]
    assert not backups.nightly(company.home, now=datetime.now(UTC))
    assert not list(company.home.backups.glob("restore.new-*"))


@pytest.mark.long
def test_one_that_is_killed_half_way_is_none_and_only_as_many_as_wanted_are_kept(
    company: Company,
) -> None:
    before = [it.id for it in sets.all_of(company.home)]
    half = company.start("backup", "now")
    deadline = time.monotonic() + DRAFT_SECONDS_MAX
    while not list(company.home.backups.glob(f"{DRAFT}*/base.tar.gz")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    half.send_signal(signal.SIGKILL)
    half.communicate()
    assert [it.id for it in sets.all_of(company.home)] == before
    company.run("backup", "now", "--keep", "1")
    [kept] = sets.all_of(company.home)
    assert kept.id not in before
    assert not list(company.home.backups.glob(f"{DRAFT}*"))
    pieces = [path.name for path in archive.folder(company.home).glob("*.gz")]
    assert pieces
    assert [it.state for it in backups.listed(company.home, now=datetime.now(UTC))] == ["good"]


@pytest.mark.long
def test_an_own_server_is_backed_up_by_its_own_means(company: Company) -> None:
    url = {"CLIENTELA_DATABASE_URL": "postgresql://me@127.0.0.1:1/x"}
    refused = company.run("restore", "--yes", code=3, **url)
    assert refused["code"] == "own-server"
    assert "pg_basebackup" in refused["detail"]


@pytest.mark.long
def test_an_instant_needs_its_zone(company: Company) -> None:
    assert "zone" in company.run("restore", "--to", "2026-11-25T14:03:00", code=2)
    too_early = company.run("restore", "--to", "2020-01-01T00:00:00Z", "--yes", code=3)
    assert too_early["code"] == "time-not-covered"


@pytest.mark.parametrize(
    ("hour", "age", "due"),
    [
        (2, None, True),
        (14, None, False),
        (2, 21, True),
        (2, 3, False),
        (14, 21, False),
        (14, 37, True),
    ],
)
def test_a_backup_is_made_at_night_or_when_a_night_was_missed(
    monkeypatch: pytest.MonkeyPatch, hour: int, age: int | None, due: bool
) -> None:
    monkeypatch.delenv("CLIENTELA_BACKUPS", raising=False)
    monkeypatch.delenv("CLIENTELA_DATABASE_URL", raising=False)
    now = datetime(2026, 11, 25, hour, tzinfo=UTC)
    newest = now - timedelta(hours=age) if age else None
    assert backups.is_due(newest, now=now, hour=hour) is due


@pytest.mark.long
@promise("PRV-06", "CUS-39")
def test_a_restored_backup_brings_nobody_back_who_was_erased_since(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="clientela", dir=memory if memory.is_dir() else None
    ) as it:
        company = Company(Path(it) / "home")
        with postgres.running(company.home.prepare(), label="tests"):
            company.register("Qzcanna", "Berta")
        company.run("backup", "now")
        with postgres.running(company.home, label="tests"):
            erased = company.run("customers", "erase", company.id_of("Qzcanna"), "--yes")
            assert erased["state"] == "erased"
            assert company.customers() == ["Berta"]
        restored = company.run("restore", "--yes")
        assert restored["faults"] == []
        with postgres.running(company.home, label="tests"):
            assert company.customers() == ["Berta"]
            assert "Qzcanna" not in dumped(company.home)
            assert company.run("verify")["ok"]


def dumped(home: Home) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(postgres.dsn(home)) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        return "\n".join(
            str(row) for (name,) in tables
            for row in connection.execute(f'SELECT to_jsonb(it)::text FROM "{name}" AS it')
        )  # fmt: skip
