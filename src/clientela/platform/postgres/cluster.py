"""Making the data folder of PostgreSQL: in a draft beside its place, then moved there whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from subprocess import CompletedProcess

from clientela.platform.home import Home
from clientela.platform.postgres.account import Account
from clientela.platform.postgres.configuration import APP, DATABASE, OWNER, SUPERUSER
from clientela.platform.postgres.programs import MAJOR, program
from clientela.platform.postgres.unavailable import PostgresUnavailable

DRAFT = "database.new-"

ROLES = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE;
CREATE ROLE {APP} LOGIN;
GRANT {APP} TO {OWNER} WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


def initialise(home: Home, account: Account) -> None:
    """Make sure that there is a cluster. Called by someone who is `locks.alone`."""
    for leftover in home.path.glob(f"{DRAFT}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if _is_there(home.database):
        return
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=home.path))
    try:
        account.own(draft)
        _make(draft, account)
        draft.rename(home.database)
        _sync(home.path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _is_there(database: Path) -> bool:
    version = database / "PG_VERSION"
    if version.exists():
        major = version.read_text(encoding="ascii").strip()
        if major != MAJOR:
            raise PostgresUnavailable(
                f"{database} was made by PostgreSQL {major}, and this is {MAJOR}. Use the "
                "Clientela that made it, or dump it there and load it here."
            )
        return True
    if database.exists() and any(database.iterdir()):
        raise PostgresUnavailable(
            f"{database} holds files that are no database. Move them away, "
            "or choose another data folder with CLIENTELA_HOME."
        )
    return False


def _make(draft: Path, account: Account) -> None:
    with account.reaching(draft) as reach:
        where = ["-D", reach.names[draft]]
        _done(
            account.run(
                [
                    program("initdb"),
                    *where,
                    *("--username", SUPERUSER, "--auth-local=peer", "--auth-host=reject"),
                    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                    *("--builtin-locale=C.UTF-8", "--data-checksums"),
                    *("--no-sync", "--no-instructions"),
                ],
                inherit=reach.descriptors,
            )
        )
        _done(
            account.run(
                [
                    program("postgres"),
                    "--single",
                    *where,
                    "-F",
                    "-c",
                    "exit_on_error=on",
                    "template1",
                ],
                inherit=reach.descriptors,
                typed=ROLES,
            )
        )
        _done(
            account.run([program("initdb"), "--sync-only", *where], inherit=reach.descriptors)
        )  # all that was written, once


def _done(result: CompletedProcess[str]) -> None:
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        said = " ".join(lines[-4:]) or f"it ended with {result.returncode}"
        raise PostgresUnavailable(f"The database could not be made: {said}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
