"""Reads for whoever watches how points move: what was let go, and who moves how many by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Abs

from clientela.customers.sight import seen
from clientela.loyalty.models import (
    Adjustment,
    AdjustmentDecision,
    ClawbackDecision,
    Currency,
    Entry,
    Posting,
    PostingReason,
)
from clientela.platform import sql

LET_GO = Q(forgiven__gt=0) | Q(kind=Posting.Kind.FORGIVE)


@dataclass(frozen=True, slots=True)
class LetGo:
    """Points a customer did not have to give back: what a return could not take, as the currency
    says, or a debt that a person let go and why. `taken`: what the same return did take.
    """

    posting: Posting
    points: int
    taken: int = 0
    reason: str = ""
    decision: ClawbackDecision | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody can still decide that they are taken back."""
        return self.posting.kind != Posting.Kind.FORGIVE and self.decision is None


@dataclass(frozen=True, slots=True)
class Moved:
    """What somebody moved by hand today, of the most one person moves alone and in a day."""

    person: str
    currency: Currency
    points: int
    times: int


@dataclass(frozen=True, slots=True)
class Own:
    """Points on somebody's own record that they booked or rang up themselves."""

    posting_id: int
    person: str
    customer_id: UUID
    currency: str
    kind: str
    points: int
    occurred_at: datetime
    at_the_till: bool


def let_go(
    *, before: int | None = None, limit: int = 50, is_open: bool = False
) -> list[LetGo]:  # fmt: skip
    """The newest first, of customers whoever acts may see. `is_open`: only what waits for somebody
    to decide.
    """
    rows = seen(Posting.objects.select_related("currency").filter(LET_GO))
    if is_open:
        decided = ClawbackDecision.objects.filter(
            customer_id=OuterRef("customer_id"), posting_id=OuterRef("id")
        )
        rows = rows.exclude(kind=Posting.Kind.FORGIVE).filter(~Exists(decided))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[:limit])
    moved = _amounts(found)
    reasons = dict(
        PostingReason.objects.filter(
            customer_id__in={one.customer_id for one in found},
            posting_id__in=[one.id for one in found if one.kind == Posting.Kind.FORGIVE],
        ).values_list("posting_id", "words")
    )
    decisions = {one.posting_id: one for one in ClawbackDecision.objects.filter(
        customer_id__in={one.customer_id for one in found},
        posting_id__in=[one.id for one in found],
    )}  # fmt: skip
    return [
        LetGo(one, moved.get(one.id, 0), 0, reasons.get(one.id, ""))
        if one.kind == Posting.Kind.FORGIVE
        else LetGo(one, one.forgiven, moved.get(one.id, 0), decision=decisions.get(one.id))
        for one in found
    ]


def _amounts(postings: Sequence[Posting]) -> dict[int, int]:
    rows = Entry.objects.filter(
        customer_id__in={one.customer_id for one in postings},
        posting_id__in=[one.id for one in postings],
    ).values_list("posting_id").annotate(points=Sum("amount"))  # fmt: skip
    return dict(rows)


def moved_by_hand(*, since: datetime) -> list[Moved]:
    """Who moved points by hand since then, the most first; what was refused does not count."""
    kinds = Currency.objects.in_bulk()
    rows = (
        Adjustment.objects.filter(asked_at__gte=since)
        .exclude(decisions__verdict=AdjustmentDecision.Verdict.REFUSED)
        .values_list("asked_by", "currency_id")
        .annotate(points=Sum(Abs("points")))
        .order_by("-points")[:50]
    )
    times = _times(since)
    return [
        Moved(person, kinds[currency], points, times.get((person, currency), 0))
        for person, currency, points in rows
    ]


def _times(since: datetime) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    rows = Adjustment.objects.filter(asked_at__gte=since).values_list("asked_by", "currency_id")
    for person, currency in rows[:10_000]:
        found[person, currency] = found.get((person, currency), 0) + 1
    return found


def own_points(
    whose: Mapping[str, tuple[str, str]], *, since: datetime, before: int | None = None,
    limit: int = 50,
) -> list[Own]:  # fmt: skip
    """Points that people got on their own records by their own hand; `whose`: by the id of a
    person their e-mail, as it is stored, and their name, as a till may say it.
    """
    rows = sql.statement("loyalty", "own_points").rows(
        people=list(whose), emails=[email for email, _name in whose.values()],
        names=[name for _email, name in whose.values()], since=since, before=before, limit=limit,
    )  # fmt: skip
    return [Own(*row) for row in rows]
