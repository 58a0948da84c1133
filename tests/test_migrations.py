"""Migrations are complete, and none makes those who work wait for a lock."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

# What squawk asks for and this house decides otherwise: numbers have their limits,
# texts a length, both as constraints.
ACCEPTED = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-text-field",
    "require-timeout-settings",  # each connection sets them
    "prefer-robust-stmts",  # one statement a migration: what broke off is dropped and made again
)
# Some hundred rows at most, or few in every installation when their migrations landed: a lock on
# them is over at once.
SMALL = (
    "loyalty_couponpool", "loyalty_couponuse", "loyalty_reward", "loyalty_rewardprice",
    "loyalty_standing", "loyalty_tier", "loyalty_tierset",
)  # fmt: skip
CHANGED = re.compile(r'(?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX \S+ ON) "(\w+)"')
MADE = re.compile(r'CREATE TABLE "(\w+)"')


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def migrations() -> list[tuple[str, str]]:
    configs = [one for one in apps.get_app_configs() if one.name.startswith("clientela.")]
    return [
        (config.label, path.stem)
        for config in configs
        for path in sorted(Path(config.path, "migrations").glob("[0-9]*.py"))
    ]


@pytest.mark.django_db(transaction=True)  # an index beside the daily work is made outside of one
def test_no_migration_locks_a_table_for_long(tmp_path: Path) -> None:
    files = [written(tmp_path, label, name) for label, name in migrations()]
    squawk = Path(sys.executable).with_name("squawk")
    plain = tmp_path / "squawk.toml"  # without one it looks through every folder above
    plain.touch()
    command = [
        str(squawk),
        f"--config={plain}",
        *(f"--exclude={rule}" for rule in ACCEPTED),
        *map(str, files),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def written(folder: Path, label: str, name: str) -> Path:
    path = folder / f"{label}-{name}.sql"
    sql = StringIO()
    call_command("sqlmigrate", label, name, stdout=sql)
    path.write_text(of_large_tables(sql.getvalue()), encoding="utf-8")
    return path


def of_large_tables(text: str) -> str:
    """Without what is done to tables that are small, or made by the same migration."""
    free = {*SMALL, *MADE.findall(text)}
    lines = text.splitlines(keepends=True)
    return "".join(one for one in lines if not (at := CHANGED.match(one)) or at[1] not in free)
