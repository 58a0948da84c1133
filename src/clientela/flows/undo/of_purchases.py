"""Purchases and returns of an import: taken away where nobody booked on them, else reversed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import fold_habits
from clientela.flows.return_purchase import return_purchase
from clientela.flows.undo.of_holdings import used_since
from clientela.flows.undo.pieces import USED, Outcome, Undoing
from clientela.flows.undo.reversing import give_back_plain, mark_of, reference_of
from clientela.flows.undo.touched import spoken_of
from clientela.imports import queries as imports
from clientela.imports.models import Written
from clientela.imports.rules import effects
from clientela.platform import ids, transactions
from clientela.platform.errors import Problem
from clientela.products import actions as products
from clientela.products import queries as catalogue
from clientela.products.models import Holding
from clientela.purchases import actions as purchases
from clientela.purchases import queries
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase, Return
from clientela.warranty.actions import units

RECORD = ("purchases_line", "purchases_return")
RETURNED = "returned-since"


def recorded(written: Written, undoing: Undoing) -> Outcome:
    outcome = Outcome()
    found = purchases.hold(written.records)
    ids_ = [one.id for one in found]
    booked = spoken_of("purchase_id", ids_, besides=RECORD) | queries.put_right_among(found)
    came_back = _came_back(ids_, undoing)
    later = {id for id, returns in came_back.items() if not all(own for _, own in returns)}
    outcome.keep((ids.public("pur", id) for id in later), RETURNED)
    free = [one for one in found if one.id not in booked and one.id not in came_back]
    outcome.removed = purchases.remove(free)
    fold_habits.recount({one.customer_id for one in free})
    _tell(free, undoing)
    bound = [one for one in found
             if one.id not in later and (one.id in booked or one.id in came_back)]  # fmt: skip
    done = give_back_plain(bound, undoing)
    own = [it for id in done for it, _ in came_back.get(id, ())]
    purchases.release_references(
        "purchase", [one for one in bound if one.id in done], mark=mark_of(undoing)
    )
    purchases.release_references("return", own, mark=mark_of(undoing))
    outcome.reversed += len(done)
    for one in bound:
        if one.id not in done:
            _reverse(one, [it for it, _ in came_back.get(one.id, ())], undoing, outcome)
    return outcome


def returned(written: Written, undoing: Undoing) -> Outcome:
    """Returns nobody booked on go. Those of purchases of the same import are reversed with them."""
    outcome = Outcome()
    found = queries.returns(written.records)
    of = [one.purchase_id for one in found if one.purchase_id is not None]
    purchases.hold(of)
    booked = spoken_of("purchase_id", of, besides=RECORD)
    same = imports.records_of(undoing.batch.id, effects.PURCHASE, of)
    stays = [one for one in found if one.purchase_id in booked]
    outcome.keep((one.public_id for one in stays if one.purchase_id not in same), USED)
    gone = [one for one in found if one not in stays]
    outcome.removed = purchases.remove_returns(gone)
    fold_habits.recount({one.customer_id for one in gone})
    return outcome


def _came_back(
    purchase_ids: Sequence[UUID], undoing: Undoing
) -> dict[UUID, list[tuple[Return, bool]]]:
    """Returns by purchase, each with whether it is of the import that is undone."""
    returns = queries.returns_on(purchase_ids)
    own = imports.records_of(undoing.batch.id, effects.RETURN, [one.id for one in returns])
    found: dict[UUID, list[tuple[Return, bool]]] = {}
    for one in returns:
        if one.purchase_id is not None:
            found.setdefault(one.purchase_id, []).append((one, one.id in own))
    return found


def _reverse(
    purchase: Purchase, returns: Sequence[Return], undoing: Undoing, outcome: Outcome
) -> None:
    """All that is left of it is given back, and what it opened ends."""
    left = purchase.total_minor - purchase.returned_minor
    mark = mark_of(undoing)
    new = NewReturn(purchase.source, reference_of(purchase, undoing), undoing.now,
                    amount_minor=left)  # fmt: skip
    try:
        with transactions.open():
            if left:
                return_purchase(new, purchase_id=purchase.id, actor=undoing.actor, now=undoing.now)
    except Problem as refusal:
        outcome.keep([purchase.public_id], refusal.code)
        return
    _end(catalogue.bought_by([purchase.id]), undoing)
    purchases.release_references("purchase", [purchase], mark=mark)
    purchases.release_references("return", returns, mark=mark)
    outcome.reversed += 1


def _end(opened: Sequence[Holding], undoing: Undoing) -> None:
    """What was held by buying it is held no more."""
    used = used_since([one.id for one in opened])
    units.unregister([one.id for one in opened if one.id not in used])
    products.remove_holdings([one.id for one in opened if one.id not in used])
    day = undoing.now.date()
    for one in opened:
        if one.id in used:
            on = max(day, one.opened_on) if one.opened_on else day
            products.close_holding(one.id, customer_id=one.customer_id, on=on)
    products.unname_holdings(list(used))


def _tell(gone: Sequence[Purchase], undoing: Undoing) -> None:
    data = {"import": undoing.batch.public_id}
    told = [
        Happening("purchase.removed", undoing.now, one.customer_id, one.public_id, data)
        for one in gone
    ]
    events.emit(told, actor=undoing.actor, now=undoing.now)
