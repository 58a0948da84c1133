"""Real files, through the terminal, as an operator loads them."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.tests.samples import CLONE, sample

MAPPINGS = CLONE / "examples" / "mappings"


class Terminal:
    """The command line on a data folder of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")
        } | {"CLIENTELA_HOME": str(home)}

    def run(self, *arguments: str) -> tuple[int, Any]:
        command = [sys.executable, "-m", "clientela.cli", *arguments, "--json"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, cwd=CLONE
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def taken(self, file: Path, kind: str, mapping: str) -> dict[str, Any]:
        code, result = self.run(
            "import", str(file), "--as", kind, "--mapping", str(MAPPINGS / mapping)
        )
        assert (code, result["rejected"], result["without_customer"]) == (0, 0, 0)
        return dict(result)


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    """A terminal at a running installation, so that not every command starts the database."""
    with tempfile.TemporaryDirectory(prefix="clientela") as folder:
        home = Home(Path(folder) / "home")
        with postgres.running(home, label="tests"):
            yield Terminal(home.path)


def expected_points(path: Path) -> Counter[str]:
    """A point for each whole dollar of a row, summed by customer, in plain Python."""
    points: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="ascii") as lines:
        next(lines)
        for line in lines:
            customer, _, _, dollars = line.split()
            points[customer] += int(Decimal(dollars))
    return points


@pytest.mark.long
def test_a_shop_of_69_659_purchases_comes_in_whole_and_once(
    terminal: Terminal, tmp_path: Path
) -> None:
    path = sample("cdnow/CDNOW_master.txt.gz")
    result = terminal.taken(path, "purchases", "cdnow.toml")
    assert (result["read"], result["new"]) == (69_659, 69_659)
    assert result["totals"] == {"USD": {"read_minor": 250_031_563, "taken_minor": 250_031_563}}

    renamed = shutil.copy(path, tmp_path / "last-year.gz")
    again = terminal.taken(Path(renamed), "purchases", "cdnow.toml")
    assert (again["new"], again["repeated"]) == (0, 69_659)

    code, verified = terminal.run("verify")
    assert (code, verified["ok"]) == (0, True)
    rows = {check["name"]: check["rows"] for check in verified["checks"]}
    assert rows["purchases are in the look-up table"] == 69_659

    expected = expected_points(path)
    assert len(expected) == 23_570
    for customer in ("00001", "00002", "23570", max(expected, key=lambda one: expected[one])):
        [found] = terminal.run("customers", "find", customer)[1][:1]
        profile = terminal.run("customers", "show", found["id"])[1]
        assert profile["points"][0]["available"] == expected[customer]


@pytest.mark.long
def test_a_bank_comes_in_as_six_raw_files(terminal: Terminal) -> None:
    files = (("client", "clients", "customers"), ("disp", "holders", "holdings"),
             ("account", "accounts", "holdings"), ("card", "cards", "holdings"),
             ("loan", "loans", "holdings"), ("order", "orders", "holdings"))  # fmt: skip
    for file, mapping, kind in files:
        path = sample(f"berka/{file}.asc.gz")
        first = terminal.taken(path, kind, f"berka-{mapping}.toml")
        again = terminal.taken(path, kind, f"berka-{mapping}.toml")
        assert first["read"] == first["new"] + first["changed"]
        assert again["read"] == again["unchanged"]

    client = a_client_with_card_and_loan()
    [found] = terminal.run("customers", "find", client)[1][:1]
    profile = terminal.run("customers", "show", found["id"])[1]
    assert {"card", "loan", "account"} <= {holding["kind"] for holding in profile["holdings"]}
    assert terminal.run("verify")[1]["ok"]


def a_client_with_card_and_loan() -> str:
    def rows(name: str) -> list[dict[str, str]]:
        with gzip.open(sample(f"berka/{name}.asc.gz"), "rt", encoding="ascii") as lines:
            return list(csv.DictReader(lines, delimiter=";"))

    with_loan = {row["account_id"] for row in rows("loan")}
    with_card = {row["disp_id"] for row in rows("card")}
    return next(
        row["client_id"]
        for row in rows("disp")
        if row["type"] == "OWNER" and row["account_id"] in with_loan and row["disp_id"] in with_card
    )
