"""The command line: the codes it ends with, and what it says where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.promises import promise


class Terminal:
    def __init__(self, home: Path) -> None:
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")
        } | {"CLIENTELA_HOME": str(home)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "clientela.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    """A terminal at a running installation, so that not every command starts the database."""
    with tempfile.TemporaryDirectory(prefix="clientela") as folder:
        home = Home(Path(folder) / "home")
        with postgres.running(home, label="tests"):
            yield Terminal(home.path)


@pytest.mark.long
@promise("CON-29")
def test_doctor_names_what_is_wrong_and_what_mends_it(terminal: Terminal) -> None:
    first = terminal.run("doctor", "--json")
    assert first.returncode == 6
    wrong = [one for one in json.loads(first.stdout)["findings"] if not one["ok"]]
    mends = " ".join(one["mend"] for one in wrong)
    assert "clientela company set" in mends
    assert "clientela people invite" in mends
    assert terminal.run("company", "set", "--name", "Mežrozes", "--country", "LV").returncode == 0
    invited = terminal.run(
        "people", "invite", "boss@example.com", "--role", "administrator", "--json"
    )
    assert json.loads(invited.stdout)["link"].startswith("http://127.0.0.1:")
    assert terminal.run("doctor", "--json").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("frobnicate",), 2),
        (("key", "create", "x"), 2),
        *(
            pytest.param(arguments, 3, marks=pytest.mark.long)  # these want a database laid out
            for arguments in (
                ("key", "create", "x", "--right", "no.such"),
                ("company", "set", "--currency", "XXX"),
                ("customers", "show", "112"),
                ("company", "set", "--name", "x", "--by", "nobody@example.com"),
                ("import", "nowhere.csv", "--as", "customers"),
            )
        ),
    ],
)
def test_a_command_ends_with_the_code_of_the_contract(
    terminal: Terminal, arguments: tuple[str, ...], code: int
) -> None:
    done = terminal.run(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_key_is_made_listed_rotated_and_revoked(terminal: Terminal) -> None:
    made = json.loads(terminal.run("key", "create", "till", "--right", "all", "--json").stdout)
    assert made["key"].startswith("cl_")
    second = json.loads(terminal.run("key", "rotate", made["id"], "--json").stdout)
    assert second["key"] != made["key"]
    assert terminal.run("key", "revoke", made["id"]).returncode == 0
    listed = json.loads(terminal.run("key", "list", "--json").stdout)
    revoked = {one["id"]: bool(one["revoked_at"]) for one in listed}
    assert (revoked[made["id"]], revoked[second["id"]]) == (True, False)


@pytest.mark.long
@promise("CON-02")
def test_a_command_of_a_programme_that_is_off_says_so(terminal: Terminal) -> None:
    off = "loyalty,warranty,issues,retention"
    assert terminal.run("company", "set", "--name", "Mežrozes", "--off", off).returncode == 0
    for command in (
        ("loyalty", "rewards"), ("warranty", "plans"), ("issues", "list"), ("offers", "list"),
    ):  # fmt: skip
        done = terminal.run(*command)
        assert done.returncode == 3, command
        assert "switched off" in done.stderr, command
    assert terminal.run("company", "set", "--off", "").returncode == 0
    assert terminal.run("issues", "list").returncode == 0


@pytest.mark.long
def test_talk_goes_beside_the_result(terminal: Terminal) -> None:
    done = terminal.run("customers", "find", "nobody", "--json")
    assert json.loads(done.stdout) == []


@pytest.mark.long
@promise("CUS-06")
def test_profile_types_go_in_and_out_as_a_file(terminal: Terminal, tmp_path: Path) -> None:
    loaded = json.loads(terminal.run("profile", "load", "cars", "--json").stdout)
    assert loaded["new"] > 10
    ours = tmp_path / "ours.toml"
    assert terminal.run("profile", "dump", "driver", "--out", str(ours)).returncode == 0
    checked = json.loads(terminal.run("profile", "check", str(ours), "--json").stdout)
    assert checked["unchanged"] == len(checked["lines"])
    ours.write_text(ours.read_text(encoding="utf-8") + "\n[colours.red]\n", encoding="utf-8")
    refused = terminal.run("profile", "load", str(ours))
    assert (refused.returncode, "colours" in refused.stderr) == (3, True)
