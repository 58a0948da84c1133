"""Customers an import registered or changed, and identities it added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import removal, sealed, traces
from clientela.customers.actions import CustomerChange
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.undo.pieces import EDITED, MERGED, USED, Outcome, Undoing
from clientela.flows.undo.touched import named_elsewhere
from clientela.imports.models import Written
from clientela.platform import ids

BESIDE = ("name", "language", "country")  # of the fields, what is no attribute


def registered(written: Written, undoing: Undoing) -> Outcome:
    """Customers nobody has touched since go, with what they are found by; the others stay."""
    found = removal.hold(written.records)
    outcome = Outcome()
    reasons: dict[UUID, str] = {}
    reasons |= dict.fromkeys(named_elsewhere(found), USED)
    reasons |= dict.fromkeys(traces.edited(found, besides=undoing.batch.public_id,
                                            since=written.written_at), EDITED)  # fmt: skip
    reasons |= dict.fromkeys(traces.merged(found), MERGED)
    for id, code in reasons.items():
        outcome.keep([ids.public("cus", id)], code)
    going = [id for id in found if id not in reasons]
    removal.remove(going)
    outcome.removed = len(going)
    _tell("customer.removed", going, undoing)
    return outcome


def changed(written: Written, undoing: Undoing) -> Outcome:
    """Fields go back to what they were where the imported value still stands there."""
    outcome = Outcome()
    found = removal.hold(written.records)
    imported = traces.values_of(found, cause=undoing.batch.public_id, undone=undoing.cause)
    present = {state.id: state for state in _states(list(imported))}
    back: list[CustomerChange] = []
    for id, fields in imported.items():
        if id in present:
            back += _restored(present[id], fields, outcome)
    done = customers.change(
        back, before=present, actor=undoing.actor, now=undoing.now, cause=undoing.cause
    )
    outcome.restored = len(done)
    told = [
        Happening("customer.changed", undoing.now, id, ids.public("cus", id), {"fields": fields})
        for id, fields in done
    ]
    events.emit(told, actor=undoing.actor, now=undoing.now)
    return outcome


def identified(written: Written, undoing: Undoing) -> Outcome:
    """Identities the run added go, unless somebody did something with them since."""
    found = removal.hold(written.records)
    gone = removal.forget_identities(found, added_at=written.written_at, now=undoing.now)
    told = [
        Happening("identity.withdrawn", undoing.now, id, ids.public("cus", id), {"kind": kind})
        for id, kind in gone
    ]
    events.emit(told, actor=undoing.actor, now=undoing.now)
    return Outcome(removed=len(gone))


def _restored(
    state: CustomerChange, fields: Mapping[str, tuple[Any, Any]], outcome: Outcome
) -> list[CustomerChange]:
    """`fields`: name -> (before the import, by the import)."""
    values: dict[str, Any] = {name: getattr(state, name) for name in BESIDE}
    attributes = dict(state.attributes)
    is_changed = False
    for name, (old, new) in fields.items():
        where = values if name in BESIDE else attributes
        if where.get(name) != new:
            outcome.keep([ids.public("cus", state.id)], EDITED, name)
            continue
        is_changed = True
        if old is None:
            where.pop(name, None)
        else:
            where[name] = old
    return [CustomerChange(state.id, state.version, **values, attributes=attributes)] * is_changed


def _states(found: Sequence[UUID]) -> list[CustomerChange]:
    return [
        CustomerChange(
            id, version, name, language, country, sealed.opened_json(attributes, customer_id=id)
        )
        for id, name, language, country, attributes, _kind, version in traces.states(found)
    ]


def _tell(name: str, customers_: Sequence[UUID], undoing: Undoing) -> None:
    data = {"import": undoing.batch.public_id}
    events.emit_alike(name, customers_, data=data, actor=undoing.actor, now=undoing.now)
