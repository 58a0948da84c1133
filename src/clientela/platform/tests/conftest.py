"""Data folders for the tests of the embedded database; one is shared, for making one is slow."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.postgres import server

MEMORY_BYTES_MIN = 2 * 1024**3


@pytest.fixture
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever server the other tests were given."""
    monkeypatch.delenv("CLIENTELA_DATABASE_URL", raising=False)


@pytest.fixture(scope="session")
def shared_home() -> Iterator[Home]:
    made = new_home()
    given = os.environ.pop("CLIENTELA_DATABASE_URL", None)
    with postgres.running(made):
        pass
    if given:
        os.environ["CLIENTELA_DATABASE_URL"] = given
    yield made
    remove(made)


@pytest.fixture
def home(_embedded: None, shared_home: Home) -> Iterator[Home]:
    """A data folder with a database that is stopped; stopped and whole again for the next test."""
    yield shared_home
    assert not postgres.status(shared_home).holders
    server.stop(shared_home)


@pytest.fixture
def empty_home(_embedded: None) -> Iterator[Home]:
    """A data folder that no database was ever made in."""
    made = new_home()
    yield made
    remove(made)


def new_home() -> Home:
    return Home(new_folder()).prepare()


def new_folder() -> Path:
    """In memory where there is room: making and removing databases is work for a disk."""
    memory = Path("/dev/shm")
    fits = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES_MIN
    return Path(tempfile.mkdtemp(prefix="clientela-test-", dir=memory if fits else None))


def remove(home: Home) -> None:
    if home.database.exists():
        server.stop(home)
    shutil.rmtree(home.runtime, ignore_errors=True)
    shutil.rmtree(home.path)
