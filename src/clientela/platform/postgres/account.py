"""Who PostgreSQL runs as. It refuses to run as root, and initialising wants a user with a name.

An ordinary user runs it as it is. Root runs it in a user namespace, where root bears the name of
another user and keeps no power, so that files stay root's. Where namespaces are forbidden, root
hands the database's folders to another user. In both cases the server could not walk through a
private home (0700): it is handed its folders as open descriptors and names them by these.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientela.platform.home import name_of
from clientela.platform.postgres.unavailable import PostgresUnavailable

DESCRIPTORS = Path("/proc/self/fd")
OVERFLOW = Path("/proc/sys/kernel/overflowuid")
NAMESPACE_NAMES = ("postgres", "daemon", "bin")
OTHER_NAMES = ("postgres", "nobody")
SECONDS_MAX = 300.0


@dataclass(frozen=True)
class Reach:
    """How the server names folders, and the descriptors it must inherit for that."""

    names: dict[Path, str]
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Account:
    name: str
    peer: str
    """Under which name the server sees our processes at its socket."""
    uid: int
    """Who owns the server's files, seen from outside."""
    gid: int
    prefix: tuple[str, ...] = ()
    switches: bool = False

    @property
    def walks(self) -> bool:
        """Whether the server may go through the same folders as we."""
        return not self.prefix and not self.switches

    @contextmanager
    def reaching(self, *folders: Path) -> Iterator[Reach]:
        """Make the folders reachable for programs started inside."""
        if self.walks or not DESCRIPTORS.exists():
            yield Reach({folder: str(folder) for folder in folders})
            return
        with ExitStack() as stack:
            opened = {folder: os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in folders}
            for descriptor in opened.values():
                stack.callback(os.close, descriptor)
            names = {folder: f"{DESCRIPTORS}/{number}" for folder, number in opened.items()}
            yield Reach(names, tuple(opened.values()))

    def run(
        self, argv: Sequence[str], *, inherit: Sequence[int] = (), typed: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL to its end, out of reach of the terminal's Ctrl-C."""
        return subprocess.run(
            [*self.prefix, *argv],
            check=False,
            input=typed or "",
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=inherit,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            timeout=SECONDS_MAX,
            umask=0o077,
            **self._switch(),
        )

    def _switch(self) -> dict[str, Any]:
        if not self.switches:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, *folders: Path) -> None:
        """Hand folders with all they hold to the server's account; only root can, or has to."""
        for folder in folders:
            if os.geteuid() == 0 and folder.stat().st_uid != self.uid:
                for path in (folder, *folder.rglob("*")):
                    with suppress(FileNotFoundError):
                        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose(program: str) -> Account:
    """The first account under which this program runs here."""
    faults = []
    for account in _accounts():
        fault = _fault(account, program)
        if fault is None:
            return account
        faults.append(fault)
    raise PostgresUnavailable(_sentence(program, faults))


def _accounts() -> Iterator[Account]:
    uid = os.geteuid()
    if uid != 0 and _has_name(uid):
        yield Account(name=name_of(uid), peer=name_of(uid), uid=uid, gid=os.getegid())
        return
    yield from _namespaced()
    if uid == 0:
        yield from _switched()


def _namespaced() -> Iterator[Account]:
    """One of the names that are neither root nor what strangers look like inside a namespace."""
    unshare = shutil.which("unshare")
    other = _name_for_namespace()
    if unshare and other:
        maps = (f"--map-user={other.pw_uid}", f"--map-group={other.pw_gid}")
        yield Account(
            name=other.pw_name,
            peer=other.pw_name,
            uid=os.geteuid(),
            gid=os.getegid(),
            prefix=(unshare, "--user", *maps, "--"),
        )


def _name_for_namespace() -> pwd.struct_passwd | None:
    everyone = {user.pw_name: user for user in reversed(pwd.getpwall())}
    fit = [user for user in everyone.values() if user.pw_uid not in {0, _overflow()}]
    preferred = [user for name in NAMESPACE_NAMES for user in fit if user.pw_name == name]
    return next(iter([*preferred, *fit]), None)


def _overflow() -> int:
    try:
        return int(OVERFLOW.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 65534


def _switched() -> Iterator[Account]:
    for name in OTHER_NAMES:
        with suppress(KeyError):
            other = pwd.getpwnam(name)
            peer = name_of(os.geteuid())
            yield Account(name, peer, uid=other.pw_uid, gid=other.pw_gid, switches=True)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


def _fault(account: Account, program: str) -> str | None:
    try:
        result = account.run([program, "--version"])
    except (OSError, subprocess.SubprocessError) as error:
        return f"as {account.name}: {error}"
    if result.returncode == 0:
        return None
    return f"as {account.name}: {result.stderr.strip() or f'it ended with {result.returncode}'}"


def _sentence(program: str, faults: list[str]) -> str:
    tried = "; ".join(faults) or "there was no way to try"
    if os.geteuid() == 0:
        mend = (
            "Run Clientela as an ordinary user, or install it where others may enter "
            "(for example below /opt instead of a private home)"
        )
    elif not _has_name(os.geteuid()):
        mend = f"Give {name_of(os.geteuid())} a name in /etc/passwd"
    else:
        mend = f"See whether {program} runs by itself"
    return (
        f"PostgreSQL cannot be started by {name_of(os.geteuid())} here ({tried}). "
        f"{mend}, or use your own server with CLIENTELA_DATABASE_URL."
    )
