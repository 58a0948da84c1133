"""Values kept sealed: AES-256-GCM under keys that lie outside the database.

A sealed text is `key.box`: the id of its key, then nonce, ciphertext and tag in base 64. The place
it is kept at (table, column, field, row) is sealed with it, so that it opens nowhere else. Equal
values have equal *marks* under a key, `key.hmac`: they are found by those, and by nothing else.

Keys are lines `id secret` of one file, the newest last. The id is made from the secret, so that a
line that was damaged says so. `CLIENTELA_SEALING_KEYS` names the file, else it is
`keys/sealing.keys` of the data folder.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clientela.platform.errors import Problem, Unavailable
from clientela.platform.home import Home

VARIABLE = "CLIENTELA_SEALING_KEYS"
FILE = "sealing.keys"
SECRET_BYTES, NONCE_BYTES, MARK_BYTES, ID_SIGNS = 32, 12, 16, 8
KEYS_MAX = 20


class SealingKeysUnusable(Unavailable):
    code = "sealing-keys-unusable"
    title = "The keys of sealed values cannot be used"


class SealingKeyMissing(Unavailable):
    code = "sealing-key-missing"
    title = "The key of this sealed value is not there"


class SealBroken(Problem):
    code = "seal-broken"
    status = 409
    title = "This sealed value does not open where it stands"


@dataclass(frozen=True)
class Key:
    """One secret; what seals and what marks are made from it, each for its purpose alone."""

    secret: bytes

    @cached_property
    def id(self) -> str:
        return _of(self.secret, b"id").hex()[:ID_SIGNS]

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(_of(self.secret, b"seal"))

    @cached_property
    def marker(self) -> bytes:
        return _of(self.secret, b"mark")

    @property
    def line(self) -> str:
        return f"{self.id} {b64encode(self.secret).decode()}\n"

    def mark(self, text: str) -> str:
        made = hmac.digest(self.marker, text.encode(), "sha256")
        return f"{self.id}.{made[:MARK_BYTES].hex()}"


@dataclass(frozen=True)
class Ring:
    """All keys there are, the oldest first; the last one seals."""

    keys: tuple[Key, ...]
    path: Path

    @property
    def current(self) -> Key:
        return self.keys[-1]

    @cached_property
    def by_id(self) -> dict[str, Key]:
        return {key.id: key for key in self.keys}

    def seal(self, plain: str, *, place: str) -> str:
        key, nonce = self.current, os.urandom(NONCE_BYTES)
        box = nonce + key.cipher.encrypt(nonce, plain.encode(), place.encode())
        return f"{key.id}.{binascii.b2a_base64(box, newline=False).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """SealingKeyMissing without its key; SealBroken where it was not sealed for this place."""
        id, _, written = sealed.partition(".")
        key = self.by_id.get(id)
        if key is None:
            raise SealingKeyMissing(
                f"A value is sealed with the key {id}, which is not in {self.path}. "
                "Put the file of keys back from where you keep it."
            )
        try:
            box = binascii.a2b_base64(written)
            opened = key.cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], place.encode())
        except (ValueError, InvalidTag):
            raise SealBroken(
                "It was changed, or moved here from another record or field, outside Clientela. "
                "Take the record from a backup."
            ) from None
        return opened.decode()

    def marks(self, text: str) -> list[str]:
        """Of a text under every key, that of the current one last."""
        return [key.mark(text) for key in self.keys]


def path_of(home: Home) -> Path:
    return _path(home, os.environ.get(VARIABLE, ""))


@lru_cache(maxsize=8)
def _path(home: Home, named: str) -> Path:
    return Path(named.strip()).expanduser() if named.strip() else home.keys / FILE


_read: dict[Path, tuple[tuple[int, int, int], Ring]] = {}


def ring(home: Home, *, may_begin: Callable[[], bool] = lambda: False) -> Ring:
    """The keys as the file has them now. Without a file the first key is made, if `may_begin` says
    that nothing was sealed before; else SealingKeysUnusable.
    """
    path = path_of(home)
    try:
        found = path.stat()
    except FileNotFoundError:
        if not may_begin():
            raise SealingKeysUnusable(
                f"{path} is not there, and values are sealed with its keys. "
                "Put it back from where you keep it; without it nobody can read them."
            ) from None
        home.prepare()
        _begin(path)
        found = path.stat()
    except OSError as fault:
        raise SealingKeysUnusable(f"{path} cannot be read: {fault.strerror}.") from fault
    stamp = (found.st_ctime_ns, found.st_ino, found.st_size)
    kept = _read.get(path)
    if kept is None or kept[0] != stamp:
        kept = _read[path] = (stamp, _ring(path, found.st_mode))
    return kept[1]


def new_key() -> Key:
    return Key(secrets.token_bytes(SECRET_BYTES))


def add_key(home: Home) -> Key:
    """A new key is in the file, and seals from now on; every process sees it at its next value."""
    before = ring(home, may_begin=lambda: True)
    if len(before.keys) >= KEYS_MAX:
        raise SealingKeysUnusable(
            f"{before.path} has {KEYS_MAX} keys: drop those that seal nothing any more."
        )
    key = new_key()
    _write(before.path, "".join(one.line for one in (*before.keys, key)))
    return key


def drop_key(home: Home, id: str) -> None:
    """Take a key out of the file, for ever. Whoever calls has seen that it seals nothing."""
    before = ring(home)
    _write(before.path, "".join(one.line for one in before.keys if one.id != id))


def _of(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, b"clientela sealing " + purpose, hashlib.sha256)


def _ring(path: Path, mode: int) -> Ring:
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise SealingKeysUnusable(f"{path} is open to others: chmod 600 {path} mends it.")
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise SealingKeysUnusable(f"{path} cannot be read: it is damaged.") from fault
    written = [line.split() for line in text.splitlines() if line.strip()]
    keys = tuple(_key(path, *words) for words in written if not words[0].startswith("#"))
    if not keys:
        raise SealingKeysUnusable(f"{path} has no key: put it back from where you keep it.")
    return Ring(keys, path)


def _key(path: Path, id: str, secret: str = "", *more: str) -> Key:
    with suppress(ValueError):
        key = Key(b64decode(secret, validate=True))
        if len(key.secret) == SECRET_BYTES and key.id == id and not more:
            return key
    raise SealingKeysUnusable(
        f"The key {id} in {path} is damaged: put the file back from where you keep it."
    )


def _begin(path: Path) -> None:
    """The first key; of two processes the first one wins."""
    draft = _draft(path, new_key().line)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk."""
    try:
        _draft(path, text).replace(path)
    except OSError as fault:
        raise SealingKeysUnusable(
            f"{path} cannot be written: {fault.strerror}. Where it is kept for us by another "
            f"program, add and drop its lines there."
        ) from fault
    _sync(path.parent)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
