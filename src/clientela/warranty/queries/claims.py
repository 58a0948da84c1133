"""Claims: one with all that belongs to it, the queue of those that are open, those of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, Sum

from clientela.customers.sight import seen
from clientela.platform import ids
from clientela.platform.errors import NotThere
from clientela.warranty.models.claimed import (
    Claim,
    ClaimDecision,
    ClaimLine,
    ClaimMove,
    Remedy,
    Settlement,
)
from clientela.warranty.queries import cases
from clientela.warranty.rules import claims as rules


class NoSuchClaim(NotThere):
    code = "no-such-claim"
    title = "There is no such claim"


@dataclass(frozen=True, slots=True)
class Whole:
    """A claim with its lines, decisions (the newest last), moves, remedy and settlement."""

    claim: Claim
    lines: tuple[ClaimLine, ...]
    decisions: tuple[ClaimDecision, ...]
    moves: tuple[ClaimMove, ...]
    remedy: Remedy | None
    settlement: Settlement | None

    @property
    def claimed_minor(self) -> int:
        return sum(line.claimed_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        return sum(line.payable_minor for line in self.lines)

    @property
    def decision(self) -> ClaimDecision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def allowed(self) -> tuple[str, ...]:
        return rules.MOVES[self.claim.state]


def get(number: str) -> Claim:
    """A claim by its number, W-000287, or by its public id."""
    found = None
    if number.startswith("clm_"):
        try:
            found = seen(Claim.objects.filter(id=ids.parse("clm", number))).first()
        except ValueError:
            found = None
    elif (row := cases.row_of("claim", number)) is not None:
        found = seen(Claim.objects.filter(customer_id=row[0], id=row[1])).first()
    if found is None:
        raise NoSuchClaim(f"There is no claim {number}.")
    return found


def whole(claim: Claim) -> Whole:
    """Everything of a claim, in five reads."""
    mine = {"customer_id": claim.customer_id, "claim_id": claim.id}
    return Whole(
        claim, tuple(ClaimLine.objects.filter(**mine).order_by("line_no")),
        tuple(ClaimDecision.objects.filter(**mine).order_by("version")),
        tuple(ClaimMove.objects.filter(**mine).order_by("id")),
        Remedy.objects.filter(**mine).first(), Settlement.objects.filter(**mine).first(),
    )  # fmt: skip


def page_of(
    *, states: Iterable[str] = (), family: Sequence[UUID] = (), holding_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None, limit: int = 50, oldest_first: bool = False,
) -> list[Claim]:  # fmt: skip
    """Claims by (opened_at, id), newest first; `oldest_first`: as a queue is worked off."""
    found = seen(Claim.objects.all())
    if wanted := list(states):
        found = found.filter(state__in=wanted)
    if family:
        found = found.filter(customer_id__in=list(family))
    if holding_id is not None:
        found = found.filter(holding_id=holding_id)
    if before is not None:
        at, id = before
        past = (
            Q(opened_at__gt=at) | Q(opened_at=at, id__gt=id) if oldest_first
            else Q(opened_at__lt=at) | Q(opened_at=at, id__lt=id)
        )  # fmt: skip
        found = found.filter(past)
    order = ("opened_at", "id") if oldest_first else ("-opened_at", "-id")
    return list(found.order_by(*order)[:limit])


def sums_of(claims: Iterable[Claim]) -> dict[UUID, tuple[int, int]]:
    """Claim -> (claimed, payable) in minor units."""
    wanted = list(claims)
    rows = (
        ClaimLine.objects.filter(
            customer_id__in={claim.customer_id for claim in wanted},
            claim_id__in=[claim.id for claim in wanted],
        )
        .values("claim_id")
        .annotate(claimed=Sum("claimed_minor"), payable=Sum("payable_minor"))
    )
    return {row["claim_id"]: (row["claimed"], row["payable"]) for row in rows}


def counted() -> dict[str, int]:
    """How many claims are in each state that is not over."""
    rows = (
        seen(Claim.objects.exclude(state__in=rules.OVER))
        .values("state")
        .annotate(count=Count("id"))
    )
    return {row["state"]: row["count"] for row in rows}


def waiting() -> int:
    """How many claims wait for a decision."""
    return seen(Claim.objects.filter(state=rules.SUBMITTED)).count()
