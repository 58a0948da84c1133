"""Purchases of an import on which points are booked: given back whole, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clientela.customers import traces
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import return_purchase, review_tiers
from clientela.flows.told_points import expired_happenings
from clientela.flows.undo.pieces import Undoing
from clientela.loyalty.actions import limits, lives, tiers
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.taking_back import WholeReturn, take_back_each
from clientela.loyalty.models import Standing
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries.ledger import EarnedBy
from clientela.products import queries as catalogue
from clientela.purchases import queries, reversing
from clientela.purchases.actions import GivenBack
from clientela.purchases.models import Purchase
from clientela.staff import company as companies
from clientela.warranty.models.covered import Policy

REFUSES = "block"  # a currency that takes no return whose points are spent


def mark_of(undoing: Undoing) -> str:
    return f" ({undoing.batch.public_id})"


def reference_of(purchase: Purchase, undoing: Undoing) -> str:
    return f"undo {purchase.external_ref}{mark_of(undoing)}"


def give_back_plain(several: Sequence[Purchase], undoing: Undoing) -> set[UUID]:
    """Give back what is left of locked purchases that opened nothing, whose customers were never
    merged and whose points are taken back in any case. Returns which are done; the others are to be
    looked at one by one.
    """
    company = companies.current()
    has_points = company.is_on("loyalty")
    plain = _plain(several)
    earned = _earned(plain) if has_points else {}
    plain = [one for one in plain
             if all(it.policy != REFUSES for it in earned.get(one.id, ()))]  # fmt: skip
    whole = [one for one in plain if one.total_minor > one.returned_minor]
    told: list[Happening] = []
    if has_points:
        owners = sorted({one.customer_id for one in whole})
        told += expired_happenings(lives.settle(owners, actor=undoing.actor, now=undoing.now))
    given = reversing.give_back_whole(
        whole, reference_of=lambda one: reference_of(one, undoing), now=undoing.now
    )
    taken = take_back_each(
        [_whole_return(one, earned.get(one.purchase.id, ())) for one in given],
        actor=undoing.actor, now=undoing.now,
    )  # fmt: skip
    limits.free(
        customer_ids=sorted({one.purchase.customer_id for one in given}),
        postings=[one.posting_id for some in taken for one in some],
    )
    for one, points in zip(given, taken, strict=True):
        told += return_purchase.happenings(one, tuple(points))
    told += _lost_tiers(given, undoing)
    events.emit(told, actor=undoing.actor, now=undoing.now)
    booked = {one.purchase.id for one in given}
    return {one.id for one in plain if one.id in booked or one.total_minor == one.returned_minor}


def _plain(several: Sequence[Purchase]) -> list[Purchase]:
    found = [one.id for one in several]
    merged = set(traces.merged(list({one.customer_id for one in several})))
    opened = {one.purchase_id for one in catalogue.bought_by(found)}
    sold = Policy.objects.filter(purchase_id__in=found).values_list("purchase_id", flat=True)
    special = {*opened, *sold, *queries.put_right_among(several)}
    return [one for one in several if one.id not in special and one.customer_id not in merged]


def _earned(several: Sequence[Purchase]) -> dict[UUID, list[EarnedBy]]:
    found = ledger.earned_by_each([(one.customer_id, one.id) for one in several])
    return {one.id: earned for one, earned in zip(several, found, strict=True)}


def _whole_return(given: GivenBack, earned: Sequence[EarnedBy]) -> WholeReturn:
    purchase = given.purchase
    basis = Basis(
        purchase_id=purchase.id, customer_id=purchase.customer_id,
        occurred_at=purchase.purchased_at, minor=purchase.total_minor, currency=purchase.currency,
        body_hash=given.id.bytes,
    )  # fmt: skip
    return WholeReturn(given.id, basis, given.amount_minor, earned)


def _lost_tiers(given: Sequence[GivenBack], undoing: Undoing) -> list[Happening]:
    """Tiers that one of these purchases had reached are computed anew."""
    reached = set(Standing.objects.filter(
        purchase_id__in=[one.purchase.id for one in given], ends_at=None
    ).values_list("purchase_id", flat=True))  # fmt: skip
    told: list[Happening] = []
    for one in given:
        if one.purchase.id in reached:
            moved = tiers.after_return(
                customer_id=one.purchase.customer_id, purchase_id=one.purchase.id,
                actor=undoing.actor, now=undoing.now,
            )  # fmt: skip
            told += review_tiers.happenings(moved)
    return told
