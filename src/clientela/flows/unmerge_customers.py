"""A merge is taken back: each record stands again with its own values and its own rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import queries as records
from clientela.customers.actions import CustomerChange
from clientela.customers.joining import Joined
from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events import queries as log
from clientela.events.actions import Happening
from clientela.flows import carrying
from clientela.flows.merged_values import PLAIN, now_of
from clientela.matching.actions import merging, pairs
from clientela.matching.actions.merging import AlreadyParted, NotTheLatestMerge, ValuesChangedSince
from clientela.matching.models import Merge, Reversal
from clientela.matching.queries import merges
from clientela.matching.rules.merging import changed_since
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

KEEP, BEFORE = "keep", "before"
UNASKED = ("last_activity_at",)  # nobody chooses it: it goes back where nothing happened since


@dataclass(frozen=True, slots=True)
class Parting:
    """`chosen`: for each field that somebody changed since the merge, keep or before; `all_as`
    says it for all of them.
    """

    merge_id: UUID
    chosen: Mapping[str, str] = field(default_factory=dict)
    all_as: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field changed since the merge: what stood before it, and what stands now."""

    field: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Parted:
    """What the reversal does, or did. `since`: what was written on the survivor after the merge and
    stays there (event names and subjects, newest first, at most 200).
    """

    merge: Merge
    records: tuple[UUID, ...]
    changed: tuple[Changed, ...]
    since: tuple[tuple[datetime, str, str], ...]
    reversal: Reversal | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)


def try_parting(merge_id: UUID, *, actor: Actor) -> Parted:
    """The dry run: which records stand again, which values must be chosen, what stays."""
    with transactions.open():
        merge = _latest(merge_id, actor=actor)
        rows = merging.lock([merge.customer_id])
        return _seen(merge, rows[merge.customer_id])


@transactions.retried
def unmerge_customers(wish: Parting, *, actor: Actor, now: datetime, request: str = "") -> Parted:
    """Take a merge back, exactly; the newest of its records first (NotTheLatestMerge).

    ValuesChangedSince when a value was changed since and nobody said which one stays.
    """
    with transactions.open():
        merging.lock(_everybody(merges.get(wish.merge_id)))
        merge = _latest(wish.merge_id, actor=actor)
        rows = merging.lock([merge.customer_id])
        survivor = rows[merge.customer_id]
        seen = _seen(merge, survivor)
        chosen = _chosen(wish, seen)
        reversal = merging.cut(merge, chosen=chosen, reason=wish.reason, actor=actor, now=now)
        _restore(merge, survivor, seen, chosen, actor=actor, now=now)
        joined = Joined(merge.id, survivor.id, _moved(merge), actor, now)
        carried, told = carrying.give_back(joined, merge.carried)
        merging.keep_given_back(reversal, carried)
        pairs.tell_apart(
            [(survivor.id, one) for one in seen.records], reason=wish.reason, actor=actor, now=now
        )
        events.emit([*_happenings(merge, seen, now), *told], actor=actor, now=now, request=request)
    return Parted(merge, seen.records, seen.changed, seen.since, reversal, carried)


def _latest(merge_id: UUID, *, actor: Actor) -> Merge:
    for right in ("customers.merge", "customers.edit"):
        actor.needs(right)
    merge = merges.get(merge_id)
    if not records.is_seen(merge.customer_id):
        raise merges.NoSuchMerge
    if hasattr(merge, "reversal"):
        raise AlreadyParted(reversed_at=merge.reversal.reversed_at.isoformat())
    carrying.refuse_held(records.family_of(merge.customer_id))
    if (later := merges.later_than(merge)) is not None:
        raise NotTheLatestMerge(f"Take {later.public_id} back first.", merge=later.public_id)
    return merge


def _everybody(merge: Merge) -> list[UUID]:
    return [merge.customer_id, *_moved(merge)]


def _moved(merge: Merge) -> tuple[UUID, ...]:
    return tuple(merge.records.order_by("id").values_list("customer_id", flat=True))


def _seen(merge: Merge, survivor: Customer) -> Parted:
    now = now_of(survivor)
    changed = [name for name in changed_since(after=merge.after, now=now) if name not in UNASKED]
    standing = merge.records.filter(survivor_before=None).order_by("id")
    return Parted(
        merge, tuple(standing.values_list("customer_id", flat=True)),
        tuple(Changed(name, merge.before[name], now.get(name)) for name in changed),
        tuple(log.written_since(survivor.id, merge.made_at)),
    )  # fmt: skip


def _chosen(wish: Parting, seen: Parted) -> dict[str, str]:
    wanted = {one.field for one in seen.changed}
    if unknown := sorted(set(wish.chosen) - wanted):
        raise InvalidInput("Nobody changed this since the merge.", field=f"values.{unknown[0]}")
    chosen = {name: wish.chosen.get(name, wish.all_as) for name in sorted(wanted)}
    for name, what in chosen.items():
        if what == "":
            raise ValuesChangedSince(
                "Say for each of these whether to keep the value of now or take the one of before.",
                field=f"values.{name}", fields=sorted(wanted),
            )  # fmt: skip
        if what not in (KEEP, BEFORE):
            raise InvalidInput("Say keep or before.", field=f"values.{name}")
    return chosen


def _restore(
    merge: Merge, survivor: Customer, seen: Parted, chosen: Mapping[str, str], *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The survivor's values of before, except those that were changed since and are kept."""
    stays = {name for name, what in chosen.items() if what == KEEP} | set(UNASKED)
    back = {name: value for name, value in merge.before.items() if name not in stays}
    before = CustomerChange(
        id=survivor.id, version=survivor.version, name=survivor.display_name,
        language=survivor.language, country=survivor.country, attributes=survivor.attributes,
    )  # fmt: skip
    after = CustomerChange(
        id=survivor.id, version=survivor.version, name=back.get("name", survivor.display_name),
        language=_text(back, "language", survivor.language),
        country=_text(back, "country", survivor.country),
        attributes=_attributes(survivor, back),
    )  # fmt: skip
    customers.change(
        [after], before={survivor.id: before}, actor=actor, now=now,
        cause=f"un-merge {merge.public_id}",
    )  # fmt: skip
    plain = {name: back[name] for name in PLAINLY if name in back}
    if "time_zone" in plain:
        plain["time_zone"] = plain["time_zone"] or ""
    merging.set_plain(survivor.id, {**plain, "last_activity_at": _activity(merge, survivor)})


def _activity(merge: Merge, survivor: Customer) -> datetime:
    """Its own of before, unless something happened since."""
    if survivor.last_activity_at.isoformat() != merge.after["last_activity_at"]:
        return survivor.last_activity_at
    return datetime.fromisoformat(merge.before["last_activity_at"])


PLAINLY = ("known_since", "status", "time_zone", "branch", "owner_id", "hidden_since")


def _text(back: Mapping[str, Any], name: str, now: str) -> str:
    return (back[name] or "") if name in back else now


def _attributes(survivor: Customer, back: Mapping[str, Any]) -> dict[str, Any]:
    mine = {name: value for name, value in back.items() if name not in (*PLAIN, *PLAINLY, *UNASKED)}
    whole = {**survivor.attributes, **mine}
    return {name: value for name, value in whole.items() if value is not None}


def _happenings(merge: Merge, seen: Parted, now: datetime) -> list[Happening]:
    survivor = ids.public("cus", merge.customer_id)
    others = [ids.public("cus", one) for one in seen.records]
    told = [Happening("customer.unmerged", now, merge.customer_id, survivor,
                      {"merge": merge.public_id, "others": others})]  # fmt: skip
    told += [
        Happening("customer.unmerged", now, one, ids.public("cus", one),
                  {"merge": merge.public_id, "from": survivor})
        for one in seen.records
    ]  # fmt: skip
    return told
