"""Holdings an import opened or changed, and parts in them it added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.import_holdings import as_kept
from clientela.flows.undo.pieces import EDITED, USED, Outcome, Undoing
from clientela.flows.undo.touched import spoken_of
from clientela.imports.models import Written
from clientela.platform import ids
from clientela.products import actions as products
from clientela.products import queries
from clientela.products.actions import HoldingState, Terms
from clientela.warranty.actions import units
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import cases as covered

DAYS = ("opened_on", "closed_on", "matures_on", "fixed_until_on", "balance_on")
NUMBERS = ("balance_minor", "limit_minor")
OWN = ("products_holder", "products_holdingkey")
COVERED = ("warranty_unit", "warranty_policy", "warranty_cover")


def opened(written: Written, undoing: Undoing) -> Outcome:
    """Holdings that are as they were opened, and of which no claim, cover or offer speaks, go."""
    outcome = Outcome()
    found = products.hold_holdings(written.records)
    used = used_since(found)
    first = dict(zip(written.records, written.before, strict=True))
    states = queries.states(found)
    edited = {state.id for state in states if as_kept(state) != first[state.id]} - used
    outcome.keep((ids.public("hol", id) for id in used), USED)
    outcome.keep((ids.public("hol", id) for id in edited), EDITED)
    going = [state for state in states if state.id not in used and state.id not in edited]
    units.unregister([state.id for state in going])
    outcome.removed = products.remove_holdings([state.id for state in going])
    _tell("holding.removed", [(state.id, state.customer_id) for state in going], undoing)
    return outcome


def used_since(found: Sequence[UUID]) -> set[UUID]:
    """Holdings of which more speaks than the cover that came with them."""
    used = spoken_of("holding_id", found, besides=(*OWN, *COVERED))
    policies = covered.policies_on(found)
    ended = spoken_of("policy_id", [one.id for one in policies], besides=COVERED)
    return used | {
        one.holding_id for one in policies if one.source != Policy.Source.GIVEN or one.id in ended
    }


def changed(written: Written, undoing: Undoing) -> Outcome:
    """Holdings go back where they are as the import left them."""
    outcome = Outcome()
    present = {state.id: state for state in queries.states(written.records)}
    back: list[HoldingState] = []
    for id, (before, after) in zip(written.records, written.before, strict=True):
        state = present.get(id)
        if state is None:
            continue
        if as_kept(state) != after:
            outcome.keep([ids.public("hol", id)], EDITED)
        else:
            back.append(_state(state, before))
    products.change_holdings(back)
    outcome.restored = len(back)
    _tell("holding.changed", [(state.id, state.customer_id) for state in back], undoing)
    return outcome


def joined(written: Written, undoing: Undoing) -> Outcome:
    """Parts in holdings that were there before."""
    pairs = list(zip(written.owners, written.records, strict=True))
    return Outcome(removed=products.remove_holders(pairs))


def _state(state: HoldingState, before: Mapping[str, Any]) -> HoldingState:
    values = {name: before[name] for name in before if name not in ("product", "number", "status")}
    for name in DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in NUMBERS:
        values[name] = int(values[name]) if values[name] else None
    values["rate"] = Decimal(values["rate"]) if values["rate"] else None
    values["currency"] = values["currency"] or ""
    return HoldingState(
        state.id, state.customer_id, UUID(before["product"]), before["number"], before["status"],
        Terms(**values),
    )  # fmt: skip


def _tell(name: str, holdings: Sequence[tuple[UUID, UUID]], undoing: Undoing) -> None:
    data = {"import": undoing.batch.public_id}
    told = [
        Happening(name, undoing.now, owner, ids.public("hol", id), data) for id, owner in holdings
    ]
    events.emit(told, actor=undoing.actor, now=undoing.now)
