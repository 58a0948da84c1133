"""Points given and taken by hand: asked for by one person, above a figure decided by a second."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Abs

from clientela.loyalty.actions.cash import AlreadyDecided, NeedsSecondPerson
from clientela.loyalty.models import Adjustment, AdjustmentDecision, Currency
from clientela.loyalty.queries.granting import NoSuchAdjustment
from clientela.platform import sql, text
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

NOTE_LENGTH_MAX = 500
POINTS_MAX = 10**9


class OwnPoints(Problem):
    code = "own-points"
    status = 403
    title = "Nobody gives themselves points"


class DayLimitReached(Problem):
    code = "limit-reached-today"
    status = 409
    title = "One person moves no more points by hand in a day"


@needs_transaction
def ask(
    *, customer_id: UUID, currency: Currency, points: int, reason: str, note: str, subject: str,
    day_starts_at: datetime, actor: Actor, now: datetime, id: UUID,
) -> Adjustment:  # fmt: skip
    """Open it, where one person may not move that many alone. DayLimitReached."""
    if isinstance(points, bool) or not 0 < abs(points) <= POINTS_MAX:
        raise InvalidInput("Say how many points, less than nothing to take them.", field="points")
    if reason not in Adjustment.Reason.values:
        raise InvalidInput(f"Use one of {', '.join(Adjustment.Reason.values)}.", field="reason")
    sql.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"adjusts {actor.id}"])
    _refuse_too_many(currency, abs(points), day_starts_at=day_starts_at, actor=actor)
    return Adjustment.objects.create(
        id=id, customer_id=customer_id, currency=currency, points=points, reason=reason,
        note=text.clean(note)[:NOTE_LENGTH_MAX], subject=subject, asked_by=actor.id, asked_at=now,
        is_open=abs(points) > currency.adjust_alone_max,
    )  # fmt: skip


def _refuse_too_many(
    currency: Currency, points: int, *, day_starts_at: datetime, actor: Actor
) -> None:
    """What waits for a second person counts too, what was refused does not."""
    rows = Adjustment.objects.filter(
        asked_by=actor.id, asked_at__gte=day_starts_at, currency=currency
    ).exclude(decisions__verdict=AdjustmentDecision.Verdict.REFUSED)
    before = rows.aggregate(all=Sum(Abs("points")))["all"] or 0
    if before + points > currency.adjust_day_max:
        left = max(0, currency.adjust_day_max - before)
        raise DayLimitReached(f"{left} more can be moved today.", field="points", left=left)


@needs_transaction
def lock(adjustment_id: UUID) -> Adjustment:
    found = (
        Adjustment.objects.select_for_update(of=("self",)).select_related("currency")
        .filter(id=adjustment_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchAdjustment
    return found


@needs_transaction
def decide(
    asked: Adjustment, *, approved: bool, note: str, actor: Actor, now: datetime
) -> AdjustmentDecision:
    """Yes or no, once, by somebody else than who asked."""
    if asked.asked_by == actor.id:
        raise NeedsSecondPerson("Whoever asked for the points cannot approve them.")
    if not asked.is_open:
        raise AlreadyDecided
    verdict = (
        AdjustmentDecision.Verdict.APPROVED if approved else AdjustmentDecision.Verdict.REFUSED
    )
    with refusing(an_adjustment_is_decided_once=AlreadyDecided):
        decision = AdjustmentDecision.objects.create(
            customer_id=asked.customer_id, adjustment=asked, verdict=verdict,
            note=text.clean(note)[:NOTE_LENGTH_MAX], decided_by=actor.id, decided_at=now,
        )  # fmt: skip
    _update(asked, is_open=False)
    return decision


@needs_transaction
def book(asked: Adjustment, *, posting_id: int) -> None:
    _update(asked, posting_id=posting_id)


def _update(asked: Adjustment, **values: object) -> None:
    Adjustment.objects.filter(id=asked.id, customer_id=asked.customer_id).update(**values)
    for name, value in values.items():
        setattr(asked, name, value)
