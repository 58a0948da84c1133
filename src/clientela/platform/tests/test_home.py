"""The data folder: private, found again by every process, with one secret key for all."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clientela.platform import home as homes
from clientela.platform.home import SOCKET, SOCKET_PATH_BYTES_MAX, Home, HomeUnusable


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder with a short path: sockets are to lie below it."""
    with tempfile.TemporaryDirectory(prefix="c") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _no_runtime_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def private(path: Path) -> Path:
    path.mkdir(mode=0o700)
    return path


def test_the_folder_is_the_one_named_then_the_environments_then_the_platforms() -> None:
    environment = {"CLIENTELA_HOME": "/srv/clientela"}
    assert homes.current("/elsewhere", environment=environment).path == Path("/elsewhere")
    assert homes.current(environment=environment).path == Path("/srv/clientela")
    assert homes.current(environment={}).path.name == "clientela"


def test_a_relative_folder_is_the_same_from_wherever_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert homes.current(".home").path == tmp_path.resolve() / ".home"


def test_whatever_it_makes_can_be_read_by_us_alone(home: Home) -> None:
    home.prepare()
    made = [home.path, home.files, home.keys, home.logs, home.backups, home.run, home.sockets]
    assert {mode(path) for path in made} == {0o700}


def test_a_place_where_nothing_can_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match=r"file/home cannot be made.*CLIENTELA_HOME"):
        Home(tmp_path / "file" / "home").prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused_with_his_name(home: Home) -> None:
    os.chown(home.prepare().path, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(HomeUnusable, match="Run this as nobody"):
        home.prepare()


def test_the_secret_key_is_made_once_and_readable_by_us_alone(home: Home) -> None:
    key = home.secret_key()
    assert len(key) >= 64
    assert mode(home.keys / "secret.key") == 0o400
    assert home.secret_key() == key


def test_processes_that_need_the_key_at_once_get_the_same(home: Home) -> None:
    ask = "from clientela.platform import home; print(home.current().secret_key())"
    argv = [sys.executable, "-c", ask]
    environment = {**os.environ, "CLIENTELA_HOME": str(home.path)}

    def asked(_: int) -> str:
        result = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
        return result.stdout.strip()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(asked, range(4))) == {home.secret_key()}
    assert [path.name for path in home.keys.iterdir()] == ["secret.key"]


def test_an_empty_key_is_refused_rather_than_used(home: Home) -> None:
    home.prepare()
    (home.keys / "secret.key").touch()
    with pytest.raises(HomeUnusable, match="is empty"):
        home.secret_key()


def test_the_socket_lies_in_the_users_runtime_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = private(tmp_path / "run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert home.prepare().sockets.is_relative_to(runtime)


@pytest.mark.parametrize("why_not", ["open to others", "too long", "not there"])
def test_a_runtime_folder_that_does_not_serve_gives_way_to_a_temporary_one(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why_not: str
) -> None:
    runtime = tmp_path / ("long" * 25 if why_not == "too long" else "run")
    if why_not != "not there":
        private(runtime).chmod(0o755 if why_not == "open to others" else 0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert home.prepare().runtime.name.startswith(f"clientela-{os.geteuid()}-")
    assert home.runtime.parent == tmp_path / "t"


def test_a_process_with_another_environment_finds_the_same_socket(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = home.prepare().sockets
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(private(tmp_path / "run")))
    assert Home(home.path).sockets == found


def test_a_runtime_folder_that_went_with_its_session_is_replaced(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(private(tmp_path / "run")))
    home.prepare()
    shutil.rmtree(tmp_path / "run")
    assert home.prepare().sockets.is_dir()
    assert home.runtime.parent == tmp_path / "t"
    assert (home.run / "runtime").read_text().strip() == str(home.runtime)


def test_a_copy_of_the_folder_has_a_socket_of_its_own(home: Home, tmp_path: Path) -> None:
    home.prepare()
    shutil.copytree(home.path, tmp_path / "copy")
    assert Home(tmp_path / "copy").prepare().sockets != home.sockets


def test_the_sockets_path_fits_however_deep_the_folder_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(private(tmp_path / ("t" * 90))))
    deep = Home(tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)).prepare()
    assert len(os.fsencode(deep.sockets / SOCKET)) <= SOCKET_PATH_BYTES_MAX
    shutil.rmtree(deep.runtime)


@pytest.mark.parametrize("fault", ["of somebody else", "open to others", "a link"])
def test_a_temporary_folder_made_by_somebody_else_is_never_used(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    squatted = home.runtime
    if fault == "a link":
        squatted.symlink_to(private(tmp_path / "elsewhere"))
    else:
        private(squatted).chmod(0o777 if fault == "open to others" else 0o700)
    if fault == "of somebody else":
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder away")
        os.chown(squatted, 65534, -1)
    assert not home.prepare().sockets.is_relative_to(squatted)
    shutil.rmtree(home.runtime)
