"""Who the embedded database runs as, whom it lets in, and what it keeps to itself."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import errors

from clientela.platform import postgres
from clientela.platform.home import SOCKET, Home
from clientela.platform.postgres import account, server
from clientela.platform.postgres.configuration import APP, OWNER, SUPERUSER
from clientela.platform.postgres.programs import program
from clientela.platform.tests.conftest import new_folder

CANARY = "canary-5512-0937"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def others_reach(path: Path) -> bool:
    """Whether every user may walk to it; below a private home the start is refused by design."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


reachable = pytest.mark.skipif(
    not others_reach(Path(program("postgres"))),
    reason="the programs lie below a private home, where no other user can run them",
)

# All is loaded before the change of user: Python itself may lie in a home of root's.
AS_ANOTHER = """
import os, sys
import psutil, psycopg
from clientela.platform import home as homes, postgres
uid, home = int(sys.argv[1]), sys.argv[2]
os.setgroups([]); os.setgid(uid); os.setuid(uid)
"""
USE_IT = """
home = homes.current(home)
with postgres.running(home), psycopg.connect(postgres.dsn(home)) as connection:
    print(connection.execute("SELECT 6 * 7").fetchone()[0])
"""
BREAK_IN = """
for role in sys.argv[3:]:
    try:
        psycopg.connect(host=home, user=role, dbname="clientela")
    except psycopg.OperationalError as refusal:
        print(refusal)
    else:
        print("welcome")
"""


@pytest.fixture
def up(home: Home) -> Iterator[Home]:
    with postgres.running(home):
        yield home


def become(user: str, script: str, *arguments: object, **environment: str) -> str:
    uid = pwd.getpwnam(user).pw_uid
    result = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER + script, str(uid), *map(str, arguments)],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def connect(home: Home, user: str = OWNER) -> psycopg.Connection:
    return psycopg.connect(postgres.dsn(home), user=user, autocommit=True)


@as_root
@reachable
def test_an_ordinary_user_runs_it_below_a_private_home_with_a_long_path() -> None:
    nobody = pwd.getpwnam("nobody")
    private = new_folder()
    os.chown(private, nobody.pw_uid, nobody.pw_gid)
    long = Home(private.joinpath(*["a-folder-with-a-long-name"] * 6))
    try:
        assert become("nobody", USE_IT, long.path, HOME=str(private)) == "42"
        assert (long.database / "PG_VERSION").stat().st_uid == nobody.pw_uid
    finally:
        shutil.rmtree(private)


@as_root
@reachable
def test_root_runs_it_with_and_without_namespaces_on_the_same_private_folder(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = []
    for path in ("/nonexistent", os.defpath):  # without `unshare`, and with it
        monkeypatch.setenv("PATH", path)
        with postgres.running(home), connect(home) as connection:
            assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
            first = server.postmaster(home)
            assert first is not None
            owners.append((first.uids().real, home.database.stat().st_uid))
    switched, namespaced = owners
    assert switched[0] == switched[1] != 0
    assert namespaced == (0, 0)


@as_root
def test_nobody_but_us_gets_in_even_when_the_socket_is_open_to_all(up: Home) -> None:
    strangers = {"nobody", account.choose(program("postgres")).name}
    with open_to_all(up) as sockets:
        for stranger in strangers:
            said = become(stranger, BREAK_IN, sockets, OWNER, APP, SUPERUSER, "postgres")
            assert "welcome" not in said
            assert said.count("authentication failed") == 3
            assert "pg_hba.conf rejects connection" in said


@contextmanager
def open_to_all(home: Home) -> Iterator[Path]:
    """Take away what protects the socket besides PostgreSQL itself."""
    sockets = home.sockets  # which it would refuse to name once they are open
    modes = {sockets.parent: 0o700, sockets: 0o700, sockets / SOCKET: 0o770}
    for path in modes:
        path.chmod(0o777)
    try:
        yield sockets
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_it_listens_on_no_network(up: Home) -> None:
    first = server.postmaster(up)
    assert first is not None
    kinds = {it.family for it in first.net_connections(kind="all")}
    assert kinds == {socket.AF_UNIX}


def test_the_owner_is_no_superuser_and_makes_databases(up: Home) -> None:
    with connect(up) as owner:
        assert owner.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = "
                             "current_user").fetchone() == (False, True)  # fmt: skip
        owner.execute("CREATE DATABASE of_the_tests")
        owner.execute("DROP DATABASE of_the_tests")
        owner.execute("SET ROLE clientela_app")
        assert owner.execute("SELECT current_user").fetchone() == (APP,)


def test_the_application_owns_nothing_and_cannot_become_the_owner(up: Home) -> None:
    with psycopg.connect(postgres.dsn(up, role="clientela_app"), autocommit=True) as application:
        for forbidden in ("CREATE TABLE public.mine ()", "SET ROLE clientela_owner"):
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute(forbidden)


def test_it_sorts_by_code_point_keeps_checksums_and_waits_for_the_disk(up: Home) -> None:
    wanted = {"data_checksums": "on", "fsync": "on", "synchronous_commit": "on",
              "full_page_writes": "on", "jit": "off", "listen_addresses": ""}  # fmt: skip
    with connect(up) as owner:
        found = {name: owner.execute("SELECT current_setting(%s)", [name]).fetchone()
                 for name in wanted}  # fmt: skip
        locale = owner.execute("SELECT datlocprovider, datlocale FROM pg_database "
                               "WHERE datname = 'clientela'").fetchone()  # fmt: skip
    assert found == {name: (value,) for name, value in wanted.items()}
    assert locale == ("b", "C.UTF-8")


def test_its_log_holds_no_value_of_a_failing_statement(home: Home) -> None:
    with postgres.running(home), connect(home, SUPERUSER) as watcher, connect(home) as owner:
        owner.execute("CREATE TEMPORARY TABLE letters (email text UNIQUE, n int CHECK (n > 0))")
        owner.execute("INSERT INTO letters VALUES (%s, 1)", [CANARY])
        owner.execute("SET statement_timeout = '1s'")
        for statement in FAILING:
            with pytest.raises(psycopg.Error):
                owner.execute(statement.replace("CANARY", CANARY))
        with pytest.raises(psycopg.Error):
            owner.execute("SELECT %s::int", [CANARY])
        kill_at_work(owner, watcher)
    texts = [path.read_text() for path in home.logs.rglob("*") if path.is_file()]
    assert any("was terminated by signal 9" in text for text in texts)
    assert not any(CANARY in text for text in texts)


FAILING = (
    "INSERT INTO letters VALUES ('CANARY', 1)",
    "INSERT INTO letters VALUES ('CANARY+', -1)",
    "SELECT 'CANARY'::int",
    "SELECT 'CANARY'::uuid",
    "SELECT nowhere 'CANARY' FROM",
    "DO $$ BEGIN RAISE WARNING 'for CANARY'; RAISE EXCEPTION 'for CANARY'; END $$",
    "SELECT pg_sleep(9), 'CANARY'",
)


def kill_at_work(connection: psycopg.Connection, watcher: psycopg.Connection) -> None:
    """A server process that dies is reported in the log, by default with its statement."""
    connection.pgconn.send_query(f"SELECT pg_sleep(9), '{CANARY}'".encode())
    working = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
    while watcher.execute(working, [connection.info.backend_pid]).fetchone() == (0,):
        time.sleep(0.01)
    psutil.Process(connection.info.backend_pid).kill()
    connection.close()
