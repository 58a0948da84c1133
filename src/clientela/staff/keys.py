"""API keys: made, checked, revoked. The secret is shown once; its SHA-256 is what is kept."""

from __future__ import annotations

import hashlib
import secrets
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.errors import InvalidInput, NotSignedIn, NotThere, TooManyRequests
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff import rights
from clientela.staff.models import ApiKey

PREFIX = "cl_"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz"
SECRET_LENGTH = 45  # 54 signs each: 258 random bits
CHECK_LENGTH = 4
LIFE_DAYS_MAX = 365
RATE_MAX = 10_000
CACHE_SECONDS = 1.0
CACHED_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """`secret` is shown once and never again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class _Admitted:
    id: UUID
    actor: Actor
    rate: int
    expires_at: datetime | None
    seen: float


_admitted: dict[bytes, _Admitted] = {}


@needs_transaction
def make(
    *, name: str, wanted: Sequence[str], rate: int, actor: Actor, now: datetime,
    within: Sequence[str] = (), days: int = LIFE_DAYS_MAX, is_demo: bool = False,
) -> Made:  # fmt: skip
    """A new key with these rights (`all`: every one); `rate` calls a second, 0 = no limit.
    `within`: rights that narrow what it sees, which come without being asked for.

    Nobody hands out a right that they have not got themselves.
    """
    if not name.strip():
        raise InvalidInput("Give the key a name.", field="name")
    if not wanted:
        raise InvalidInput("Give the key at least one right.", field="right")
    if unknown := set(wanted) - rights.known() - {ALL}:
        raise InvalidInput(f"There is no right {min(unknown)}.", field="right")
    for right in wanted:
        actor.needs(right)
    if not 0 <= rate <= RATE_MAX:
        raise InvalidInput(f"The rate is 0 to {RATE_MAX} calls a second.", field="rate")
    secret = _secret()
    key = ApiKey.objects.create(
        name=name.strip(), shown=secret[:9], digest=digest(secret),
        rights=sorted({*wanted, *within}),
        rate=rate, created_by=actor.id, created_at=now, is_demo=is_demo,
        branches=sorted(actor.branches),
        expires_at=now + timedelta(days=min(days, LIFE_DAYS_MAX)),
    )  # fmt: skip
    return Made(key, secret)


@needs_transaction
def revoke(*, key_id: UUID, actor: Actor, now: datetime) -> ApiKey:
    """End a key; every process refuses it within a second. Revoked twice is revoked once."""
    key = ApiKey.objects.filter(id=key_id).first()
    if key is None:
        raise NotThere("There is no such key.")
    ApiKey.objects.filter(id=key_id, revoked_at=None).update(revoked_at=now, revoked_by=actor.id)
    key.refresh_from_db()
    _admitted.clear()
    return key


@needs_transaction
def rotate(*, key_id: UUID, actor: Actor, now: datetime) -> Made:
    """A second key with the same name, rights and rate; the old one works until it is revoked."""
    old = ApiKey.objects.filter(id=key_id, revoked_at=None).first()
    if old is None:
        raise NotThere("There is no such key.")
    return make(name=old.name, wanted=old.rights, rate=old.rate, actor=actor, now=now)


def admit(secret: str, *, now: datetime) -> Actor:
    """The actor behind a key, with one call taken from its rate.

    NotSignedIn for an unknown, revoked or expired key; TooManyRequests above the key's rate, which
    holds over all processes.
    """
    known = _known(secret, now=now)
    if known.rate and not _take(known, now=now):
        raise TooManyRequests(f"This key may call {known.rate} times a second.", retry_after=1)
    return known.actor


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def well_formed(secret: str) -> bool:
    """Whether the check digits agree: a cheap test before any look-up, and for leak scanners."""
    body, check = secret[:-CHECK_LENGTH], secret[-CHECK_LENGTH:]
    return secret.startswith(PREFIX) and len(secret) < 100 and _check(body) == check


def forget() -> None:
    _admitted.clear()


def _known(secret: str, *, now: datetime) -> _Admitted:
    if not well_formed(secret):
        raise NotSignedIn("This is not a key of Clientela.")
    place = digest(secret)
    known = _admitted.get(place)
    if known is None or time.monotonic() - known.seen > CACHE_SECONDS:
        known = _read(place, now=now)
    if known.expires_at is not None and known.expires_at <= now:
        raise NotSignedIn("This key has expired.")
    return known


def _read(place: bytes, *, now: datetime) -> _Admitted:
    key = ApiKey.objects.filter(digest=place, revoked_at=None).first()
    if key is None:
        _admitted.pop(place, None)
        raise NotSignedIn("This key is unknown or revoked.")
    if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
        ApiKey.objects.filter(id=key.id).update(last_used_at=now)
    actor = as_actor(key)
    known = _Admitted(key.id, actor, key.rate, key.expires_at, time.monotonic())
    if len(_admitted) >= CACHED_MAX:
        _admitted.clear()
    _admitted[place] = known
    return known


def as_actor(key: ApiKey) -> Actor:
    return Actor(
        id=key.public_id, name=key.name, rights=frozenset(key.rights),
        branches=frozenset(key.branches),
    )  # fmt: skip


def _take(known: _Admitted, *, now: datetime) -> bool:
    """One token of the key's bucket, which holds two seconds of its rate."""
    row = sql.execute(
        "SELECT staff_take_token(%s, %s, %s, %s)",
        [f"key:{known.id}", known.rate, 2 * known.rate, now],
        prepare=True,
    )
    taken = row.fetchone()
    return bool(taken and taken[0])


def _secret() -> str:
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return body + _check(body)


def _check(body: str) -> str:
    number = zlib.crc32(body.encode())
    signs = ""
    for _ in range(CHECK_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs += ALPHABET[place]
    return signs


def public(key: ApiKey) -> str:
    return ids.public("key", key.id)
