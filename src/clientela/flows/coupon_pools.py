"""Pools of codes are made and filled: generated slice by slice, or taken from a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from clientela.loyalty.actions import coupon_codes as pools
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.loyalty.models import CouponPool
from clientela.loyalty.rules import codes
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

LINES_MAX = 1_000_000
SHOWN_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    code: str
    error: str


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    errors: list[Fault]


@transactions.retried
def save_pool(values: PoolValues, *, actor: Actor, now: datetime) -> tuple[CouponPool, str]:
    with transactions.open():
        return pools.save(values, actor=actor, now=now)


def generate_codes(key: str, count: int, *, actor: Actor, now: datetime) -> Iterator[list[str]]:
    """So many codes, as people write them, each slice in a transaction of its own."""
    actor.needs("loyalty.configure")
    if not 0 < count <= pools.CODES_MAX:
        raise InvalidInput(f"Make 1 to {pools.CODES_MAX} codes at once.", field="count")
    pool = pools.find(key)
    for first in range(0, count, pools.AT_ONCE):
        with transactions.open():
            made = pools.generate(pool, min(pools.AT_ONCE, count - first))
        yield [codes.shown(one) for one in made]


def import_codes(key: str, lines: Sequence[str], *, actor: Actor, now: datetime) -> Imported:
    """One code a line; a line that cannot be used is told with its number, the others are taken."""
    actor.needs("loyalty.configure")
    if len(lines) > LINES_MAX:
        raise InvalidInput(f"At most {LINES_MAX} lines at once.", field="codes")
    pool, errors = pools.find(key), list[Fault]()
    wanted: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, start=1):
        typed = line.strip()
        code = pools.normal(typed)
        if not typed:
            continue
        if code is None:
            errors.append(Fault(number, typed[:60], "not-a-code"))
        elif code in wanted:
            errors.append(Fault(number, typed, "twice"))
        else:
            wanted[code] = number, typed
    added: set[str] = set()
    written = list(wanted)
    for first in range(0, len(written), pools.AT_ONCE):
        with transactions.open():
            added |= set(pools.add(pool, written[first : first + pools.AT_ONCE]))
    errors += [Fault(*wanted[code], "known") for code in written if code not in added]
    return Imported(len(added), sorted(errors, key=lambda one: one.line))


def listed() -> list[CouponPool]:
    """Pools with codes of their own, the newest first; those of rewards are not among them."""
    return list(CouponPool.objects.filter(reward=None).order_by("-id")[:200])
