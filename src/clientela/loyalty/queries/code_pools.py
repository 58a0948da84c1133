"""Reads of pools of codes: what was used of them, and the codes that are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import CodeUse, CodeUseEnd, CouponPool, PoolCode

READ_AT_ONCE = 2_000
CODES_SHOWN_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a code, newest first; `is_undone`: its purchase was called off."""

    number_norm: str
    customer_id: UUID | None
    minor: int | None
    place: str
    reference: str
    used_at: datetime
    is_undone: bool


def uses_of(pool: CouponPool, *, limit: int) -> list[Use]:
    rows = list(CodeUse.objects.filter(pool=pool).order_by("-id")[:limit])
    ended = CodeUseEnd.objects.filter(use__in=rows).values_list("use_id", flat=True)
    undone = set(ended)
    return [
        Use(one.number_norm, one.customer_id, one.minor, one.place, one.reference, one.used_at,
            one.id in undone)
        for one in rows
    ]  # fmt: skip


def codes_left(pool: CouponPool) -> Iterator[str]:
    """Codes that can still be used, as they are kept."""
    rows = PoolCode.objects.filter(pool=pool, killed_at=None).order_by("number_norm")
    found = rows.values_list("number_norm", "uses", "uses_max")[:CODES_SHOWN_MAX]
    for number, uses, most in found.iterator(chunk_size=READ_AT_ONCE):
        if most is None or uses < most:
            yield number
