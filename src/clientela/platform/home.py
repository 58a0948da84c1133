"""The data folder of an installation: what lies where, its secret key and its socket folder."""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from clientela.platform.errors import Unavailable

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 107 if sys.platform == "linux" else 103
FOLDERS = ("files", "keys", "logs", "backups", "run")


class HomeUnusable(Unavailable):
    code = "home-unusable"
    title = "The data folder cannot be used"


@dataclass(frozen=True)
class Home:
    """Everything an installation keeps lies below `path`, except its sockets.

    A socket's path is limited to about a hundred bytes, so sockets lie in the runtime folder of
    the user, or else in a temporary one. Which one is noted in the data folder when it is first
    prepared: a login shell and a cron job, whose environments differ, must find the same socket.
    """

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "database"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def run(self) -> Path:
        """Locks and notes of the running processes; worth nothing once they are gone."""
        return self.path / "run"

    @property
    def runtime(self) -> Path:
        noted = _noted_runtime(self)
        return noted if noted and _fault(noted) is None else _choose_runtime(self)

    @property
    def sockets(self) -> Path:
        """Where PostgreSQL listens."""
        return self.runtime / "pg"

    def prepare(self) -> Home:
        """Create what is missing, readable by nobody else, and settle on a runtime folder."""
        try:
            _make_private(self.path, *(self.path / name for name in FOLDERS))
            _note_runtime(self, self.runtime)
            _make_private(self.runtime, self.sockets, foreign=self.sockets)
        except OSError as error:
            raise HomeUnusable(
                f"{error.filename or self.path} cannot be made or used: {error.strerror}. "
                "Choose another data folder with CLIENTELA_HOME."
            ) from error
        return self

    def secret_key(self, name: str = "secret") -> str:
        """A secret of this installation; made at the first call, the same ever after."""
        self.prepare()
        path = self.keys / f"{name}.key"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(64), mode=0o400)
        key = path.read_text(encoding="ascii").strip()
        if not key:
            raise HomeUnusable(f"{path} is empty: put the key back from a backup, or remove it.")
        return key


def current(
    path: str | os.PathLike[str] | None = None, *, environment: Mapping[str, str] | None = None
) -> Home:
    """The data folder named by `path`, else by `CLIENTELA_HOME`, else the platform's own."""
    named = path or (os.environ if environment is None else environment).get("CLIENTELA_HOME")
    found = Path(named) if named else platformdirs.user_data_path("clientela", appauthor=False)
    try:
        return Home(found.expanduser().resolve())
    except RuntimeError as error:
        raise HomeUnusable(
            "There is no home directory to keep data in: set CLIENTELA_HOME."
        ) from error


def name_of(uid: int) -> str:
    """What people call this user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def _choose_runtime(home: Home) -> Path:
    faults = []
    for folder in _candidates(home):
        fault = _fault(folder)
        if fault is None:
            return folder
        faults.append(fault)
    raise HomeUnusable("There is no place for the database's socket. " + " ".join(faults))


def _candidates(home: Home) -> Iterator[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and _is_private(Path(runtime)):
        yield Path(runtime) / f"clientela-{_mark(home)}"
    for temporary in dict.fromkeys((tempfile.gettempdir(), "/tmp")):  # noqa: S108
        yield Path(temporary) / f"clientela-{os.geteuid()}-{_mark(home)}"


def _mark(home: Home) -> str:
    return hashlib.blake2b(os.fsencode(home.path.resolve()), digest_size=6).hexdigest()


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    private = found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return stat.S_ISDIR(found.st_mode) and private


def _fault(folder: Path) -> str | None:
    """Why a runtime folder cannot be used or made, as a sentence."""
    if len(os.fsencode(folder / "pg" / SOCKET)) > SOCKET_PATH_BYTES_MAX:
        return f"{folder} is too long a path."
    try:
        found = folder.lstat()
    except FileNotFoundError:
        writable = os.access(folder.parent, os.W_OK | os.X_OK)
        return None if writable else f"{folder.parent} is not there or not writable."
    except OSError as error:
        return f"{folder}: {error.strerror}."
    if found.st_uid != os.geteuid():
        return f"{folder} belongs to {name_of(found.st_uid)}: have it removed."
    if not _is_private(folder):
        return f"{folder} is open to others: remove it."
    return None


def _noted_runtime(home: Home) -> Path | None:
    """The runtime folder settled on earlier, unless the data folder was copied or moved since."""
    try:
        noted = Path((home.run / "runtime").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return None
    return noted if noted.is_absolute() and noted.name.endswith(f"-{_mark(home)}") else None


def _note_runtime(home: Home, runtime: Path) -> None:
    note = home.run / "runtime"
    noted = _noted_runtime(home)
    if note.exists() and (noted is None or _fault(noted) is not None):
        note.unlink(missing_ok=True)
    if not note.exists():
        _write_once(note, str(runtime), mode=0o600)


def _make_private(*folders: Path, foreign: Path | None = None) -> None:
    """Make folders that are ours alone; `foreign` may belong to the server's account."""
    for folder in folders:
        _make_ancestors(folder)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat() if foreign else folder.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "it is not a folder", str(folder))
        if found.st_uid != os.geteuid() and not (folder == foreign and os.geteuid() == 0):
            owner = name_of(found.st_uid)
            raise HomeUnusable(
                f"{folder} belongs to {owner}. Run this as {owner}, "
                "or choose another data folder with CLIENTELA_HOME."
            )


def _make_ancestors(folder: Path) -> None:
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)


def _write_once(path: Path, text: str, *, mode: int) -> None:
    """Write a file that no other process overwrites or sees half: whoever is first wins."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
