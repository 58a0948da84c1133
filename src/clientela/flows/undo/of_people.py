"""What an import wrote beside customers' records: marks of identities, addresses, relations,
consents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import removal
from clientela.customers.kin.models import Relation
from clientela.customers.models import Identity
from clientela.customers.places.models import Address
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import import_addresses, import_relations
from clientela.flows.import_identities import as_marked
from clientela.flows.undo.pieces import EDITED, Outcome, Undoing
from clientela.flows.undo.touched import spoken_of
from clientela.imports.models import Written
from clientela.mail import actions as mail
from clientela.platform import ids
from clientela.privacy.actions import consents


def identified(written: Written, undoing: Undoing) -> Outcome:
    """Identities that are marked as they were added, and that nobody verified since, go."""
    outcome = Outcome()
    removal.hold(written.owners)
    first = dict(zip(written.records, written.before, strict=True))
    found = list(Identity.objects.filter(id__in=written.records))
    used = spoken_of("identity_id", [one.id for one in found])
    going = [one for one in found if one.id not in used and _is_same(one, first[one.id])]
    outcome.keep((one.public_id for one in found if one not in going), EDITED)
    removal.remove_identities(going, now=undoing.now)
    outcome.removed = len(going)
    told = [
        Happening("identity.withdrawn", undoing.now, one.customer_id,
                  ids.public("cus", one.customer_id), {"kind": one.kind})
        for one in going
    ]  # fmt: skip
    events.emit(told, actor=undoing.actor, now=undoing.now)
    return outcome


def marked(written: Written, undoing: Undoing) -> Outcome:
    """Identities are marked again as they were, where they are as the import left them."""
    outcome = Outcome()
    removal.hold(written.owners)
    present = Identity.objects.in_bulk(written.records)
    for id, (before, after) in zip(written.records, written.before, strict=True):
        identity = present.get(id)
        if identity is None:
            continue
        if not _is_same(identity, after):
            outcome.keep([identity.public_id], EDITED)
            continue
        removal.put_marks_back(identity, {name: _read(it) for name, it in before.items()})
        outcome.restored += 1
    return outcome


def _is_same(identity: Identity, after: Mapping[str, Any]) -> bool:
    """But for being the first of its kind, which goes on by itself when another one goes."""
    now = as_marked(identity)
    return all(now[name] == after[name] for name in ("shared", "bounced_at", "ended_at"))


def _read(kept: Any) -> Any:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else kept


def addressed(written: Written, undoing: Undoing) -> Outcome:
    """Addresses that are as they were added go."""
    outcome = Outcome()
    removal.hold(written.owners)
    first = dict(zip(written.records, written.before, strict=True))
    found = list(Address.objects.filter(id__in=written.records))
    going = [one for one in found if import_addresses.as_kept(one) == first[one.id]]
    outcome.keep((one.public_id for one in found if one not in going), EDITED)
    outcome.removed = removal.remove_addresses(going)
    told = [("address.removed", one.customer_id, one.public_id) for one in going]
    _tell(told, undoing)
    return outcome


def addresses_changed(written: Written, undoing: Undoing) -> Outcome:
    outcome = Outcome()
    removal.hold(written.owners)
    present = Address.objects.in_bulk(written.records)
    told = []
    for id, (before, after) in zip(written.records, written.before, strict=True):
        address = present.get(id)
        if address is None:
            continue
        if import_addresses.as_kept(address) != after:
            outcome.keep([address.public_id], EDITED)
            continue
        removal.put_address_back(address, import_addresses.as_stored(before))
        outcome.restored += 1
        told.append(("address.changed", address.customer_id, address.public_id))
    _tell(told, undoing)
    return outcome


def related(written: Written, undoing: Undoing) -> Outcome:
    """Relations that are as they were told go."""
    outcome = Outcome()
    first = dict(zip(written.records, written.before, strict=True))
    found = _relations(written.records)
    going = [one for one in found if import_relations.as_kept(one) == first[one.id]]
    outcome.keep((one.public_id for one in found if one not in going), EDITED)
    outcome.removed = removal.remove_relations(going)
    _tell(_both("relation.removed", going), undoing)
    return outcome


def relations_changed(written: Written, undoing: Undoing) -> Outcome:
    outcome = Outcome()
    present = {one.id: one for one in _relations(written.records)}
    back = []
    for id, (before, after) in zip(written.records, written.before, strict=True):
        relation = present.get(id)
        if relation is None:
            continue
        if import_relations.as_kept(relation) != after:
            outcome.keep([relation.public_id], EDITED)
            continue
        ends_on = before["ends_on"]
        values = {**before, "ends_on": date.fromisoformat(ends_on) if ends_on else None}
        removal.put_relation_back(relation, values)
        back.append(relation)
    outcome.restored = len(back)
    _tell(_both("relation.changed", back), undoing)
    return outcome


def consented(written: Written, undoing: Undoing) -> Outcome:
    """Decisions nobody made are taken back; what waits to leave because of them is stopped."""
    outcome = Outcome()
    removal.hold(written.owners)
    rows = consents.retract(
        written.records, cause=undoing.batch.public_id, actor=undoing.actor, now=undoing.now
    )
    mail.stop_for(sorted({id for row in rows for id in row.speaks_for}), now=undoing.now)
    outcome.removed = len(rows)
    _tell([("consent.retracted", row.customer_id, row.public_id) for row in rows], undoing)
    return outcome


def _relations(found: Sequence[UUID]) -> list[Relation]:
    """Both sides are held while they are looked at."""
    rows = list(Relation.objects.filter(id__in=list(found)))
    removal.hold([id for row in rows for id in (row.customer_id, row.other_customer_id)])
    return list(Relation.objects.filter(id__in=list(found)))


def _both(name: str, relations: Sequence[Relation]) -> list[tuple[str, UUID, str]]:
    return [
        (name, customer, one.public_id)
        for one in relations
        for customer in sorted({one.customer_id, one.other_customer_id})
    ]


def _tell(told: Sequence[tuple[str, UUID, str]], undoing: Undoing) -> None:
    data: dict[str, Any] = {"import": undoing.batch.public_id}
    happenings = [
        Happening(name, undoing.now, owner, subject, data) for name, owner, subject in told
    ]
    events.emit(happenings, actor=undoing.actor, now=undoing.now)
