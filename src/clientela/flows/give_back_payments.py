"""A purchase that was paid with points comes back: the points do too, in their order."""

from __future__ import annotations

from datetime import datetime

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import coupons, gift_cards
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives, redeeming, till
from clientela.loyalty.actions.till import Back
from clientela.loyalty.queries import pools
from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.purchases.actions import GivenBack
from clientela.purchases.models import Return
from clientela.staff import company as companies


def give_back(given: GivenBack, *, actor: Actor, now: datetime, request: str = "") -> list[Back]:
    """What each payment gets back with this return, booked where it came from: by what has come
    back of the purchase in all, points in the order their kind says, the last return exactly the
    rest. Codes used in a
    purchase that was called off can be used again.
    """
    if not companies.current().is_on("loyalty"):
        return []
    purchase = given.purchase
    is_whole = purchase.returned_minor >= purchase.total_minor
    if is_whole and given.kind == Return.Kind.CANCELLATION:
        coupons.undo_uses(
            purchase.source, purchase.external_ref, actor=actor, now=now, request=request
        )
    backs = till.going_back(
        till.of_purchase(purchase.id), total_minor=purchase.total_minor,
        returned_minor=purchase.returned_minor,
    )  # fmt: skip
    for one in backs:
        if one.points:
            _points_back(one, given, actor=actor, now=now, request=request)
        elif one.minor and one.payment.purse_id:
            gift_cards.refund(
                one.payment.purse_id, one.minor, source="return",
                reference=f"{ids.public('ret', given.id)}/{one.payment.number}",
                purchase_id=purchase.id, actor=actor, now=now, request=request,
            )  # fmt: skip
    till.give_back(backs, return_id=given.id, now=now)
    return backs


def _points_back(
    back: Back, given: GivenBack, *, actor: Actor, now: datetime, request: str
) -> None:
    made = back.payment.redemption
    assert made is not None
    family = customers.family_of(made.customer_id)
    family += pools.sharers(family)  # whose points may have paid too
    expired = lives.settle(family, actor=actor, now=now)
    if back.is_last:
        done = redeeming.restore(made, family=family, cause="", actor=actor, now=now)
    else:
        done = redeeming.restore_part(
            made, back.points, part=given.id.hex, family=family, actor=actor, now=now
        )
    expired += lives.expire_now(done.accounts, actor=actor, now=now)
    told = Happening(
        "points.restored", given.returned_at, made.customer_id, given.purchase.public_id,
        {"points": done.points, "currency": made.currency.code,
         "posting": f"pos_{done.posting_id}", "labels": dict(made.labels)},
    )  # fmt: skip
    events.emit([told, *expired_happenings(expired)], actor=actor, now=now, request=request)
