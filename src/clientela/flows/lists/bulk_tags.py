"""A tag put on everybody in a list, or taken off them: judged, done and undone by the batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers.bulk import queries as customers
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.notes import actions, queries, rules
from clientela.platform import cards, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

PUT, TAKE = "tags.put", "tags.take"  # no key of a field has a point
TARGETS = (PUT, TAKE)
RIGHT = "notes.write"
Outcome = BulkRow.Outcome


def name_of(given: Any, *, actor: Actor) -> str:
    """What the tag is called; InvalidInput where there can be none of this name."""
    actor.needs(RIGHT)
    name = cards.masked(text.clean(given)) if isinstance(given, str) else ""
    if not rules.tag_key(name) or len(name) > rules.TAG_LENGTH_MAX:
        raise InvalidInput(f"A tag has 1 to {rules.TAG_LENGTH_MAX} signs.", field="value")
    return name


def judge(rows: Iterable[BulkRow], found: Mapping[UUID, Customer], change: BulkChange) -> None:
    """What would become of each row."""
    carried = _carried(found)
    for row in rows:
        row.outcome, row.code = _outcome(row, found, carried, change)


def write(
    rows: Sequence[BulkRow], found: Mapping[UUID, Customer], change: BulkChange, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Put or take it where that changes something."""
    judge(rows, found, change)
    ready = [row for row in rows if row.outcome == Outcome.READY]
    _carry_out(ready, found, change, is_put=change.target == PUT, actor=actor, now=now)
    for row in ready:
        row.outcome = Outcome.CHANGED


def undo(
    rows: Sequence[BulkRow], found: Mapping[UUID, Customer], change: BulkChange, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The other way round, where it still is as the change left it."""
    key, carried, was_put = rules.tag_key(str(change.value)), _carried(found), change.target == PUT
    for row in rows:
        is_left = row.customer_id in found and (key in carried[row.customer_id]) is was_put
        row.outcome = Outcome.UNDONE if is_left else Outcome.KEPT
    left = [row for row in rows if row.outcome == Outcome.UNDONE]
    _carry_out(left, found, change, is_put=not was_put, actor=actor, now=now)


def _outcome(
    row: BulkRow, found: Mapping[UUID, Customer], carried: Mapping[UUID, set[str]],
    change: BulkChange,
) -> tuple[Outcome, str]:  # fmt: skip
    customer = found.get(row.customer_id)
    if customer is None:
        return Outcome.REFUSED, "merged-meanwhile"
    if customer.hidden_since is not None:
        return Outcome.REFUSED, "restricted"
    tags, is_put = carried[customer.id], change.target == PUT
    if (rules.tag_key(str(change.value)) in tags) is is_put:
        return Outcome.UNCHANGED, ""
    if is_put and len(tags) >= rules.TAGS_MAX:
        return Outcome.REFUSED, "too-many-tags"
    return Outcome.READY, ""


def _carried(found: Mapping[UUID, Customer]) -> dict[UUID, set[str]]:
    """The tags of each, also those that lie at records merged into it."""
    survivor = customers.survivors_by_record(found)
    carried: dict[UUID, set[str]] = {id: set() for id in found}
    for record, key in queries.tags_on(survivor):
        carried[survivor[record]].add(key)
    return carried


def _carry_out(
    rows: Sequence[BulkRow], found: Mapping[UUID, Customer], change: BulkChange, *, is_put: bool,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    chosen = [row.customer_id for row in rows]
    if not chosen:
        return
    [tag] = actions.define_tags([str(change.value)])
    if is_put:
        actions.put_tags([(id, tag.key) for id in chosen], by=actor.id, now=now)
    else:
        actions.take_tag(list(customers.survivors_by_record(chosen)), tag.key)
    name = "tag.put" if is_put else "tag.taken"
    told = [Happening(name, now, id, found[id].public_id,
                      {"tag": tag.name, "bulk": change.public_id}) for id in chosen]  # fmt: skip
    events.emit(told, actor=actor, now=now)
