"""Files of identities: any number for a customer; one that is known is marked as the row says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers.actions import IdentityValue
from clientela.customers.families import Family
from clientela.customers.identities import actions
from clientela.customers.identities.rules import EXCLUSIVE
from clientela.customers.models import Identity, IdentityKey
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import customer_identities, imported_people
from clientela.flows.customer_identities import BadIdentityValue, IdentityTaken
from clientela.flows.importing import CHANGED, NEW, OVERRIDDEN, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import IdentityRow
from clientela.platform import ids, transactions
from clientela.privacy import queries as privacy

TRIES_MAX = 4

Key = tuple[UUID, str, str]  # survivor, kind, normal form


@dataclass(slots=True)
class _Round:
    """What is known when the rows are judged, and what becomes of them."""

    rows: Sequence[IdentityRow]
    families: Mapping[int, Family]
    taken: dict[int, Taken]
    values: dict[int, IdentityValue] = field(default_factory=dict)
    known: dict[Key, Identity] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)

    def key(self, place: int) -> Key:
        value = self.values[place]
        return self.families[place].survivor, value.kind, value.norm

    def open_places(self) -> list[int]:
        return [place for place in range(len(self.rows)) if place not in self.taken]


class Identities:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.effects: list[Effect] = []

    def prepare(self, rows: Sequence[IdentityRow]) -> list[IdentityRow]:
        return list(rows)

    def take(self, prepared: Sequence[IdentityRow]) -> list[Taken]:
        """The last row of an identity in a batch wins, the ones before it are overridden."""
        families, taken = imported_people.by_place(prepared, work=self.work)
        round_ = _Round(prepared, families, taken)
        self._normalise(round_)
        self._override(round_)
        round_.known = _known(round_)
        self._refuse(round_)
        added = self._add(round_)
        marked = self._mark(round_, added)
        for place in round_.open_places():
            if place in added:
                taken[place] = NEW
            else:
                taken[place] = CHANGED if place in marked else UNCHANGED
        events.emit(round_.told, actor=self.work.actor, now=self.work.now)
        return imported_people.in_order(taken, len(prepared))

    def _normalise(self, round_: _Round) -> None:
        for place in round_.open_places():
            row = round_.rows[place]
            country = row.country or round_.families[place].country
            try:
                round_.values[place] = customer_identities.normal(
                    row.kind, row.value, country=country
                )
            except BadIdentityValue as bad:
                reason = str(bad.as_dict().get("reason", ""))
                round_.taken[place] = rejected(
                    row.number, "value", "bad-identity", row.value, reason=reason
                )

    @staticmethod
    def _override(round_: _Round) -> None:
        last = {round_.key(place): place for place in round_.open_places()}
        for place in round_.open_places():
            if last[round_.key(place)] != place:
                round_.taken[place] = OVERRIDDEN

    def _refuse(self, round_: _Round) -> None:
        """What is another's, and what nobody may be found by. What a person ended stays ended."""
        owners = _owners(round_)
        erased = self._erased(round_)
        for place in round_.open_places():
            row, (survivor, kind, norm) = round_.rows[place], round_.key(place)
            identity = round_.known.get((survivor, kind, norm))
            if kind in EXCLUSIVE and not owners[kind, norm] <= set(round_.families[place].ids):
                round_.taken[place] = rejected(row.number, "value", "identity-taken", row.value)
            elif (kind, norm) in erased:
                round_.taken[place] = rejected(row.number, "value", "erased-before", row.value)
            elif identity is not None and self._is_over(identity):
                round_.taken[place] = UNCHANGED
            elif kind in EXCLUSIVE:
                owners[kind, norm] = {survivor}

    def _is_over(self, identity: Identity) -> bool:
        """Somebody ended it, and the file is not known to tell of a later time."""
        ended, told = identity.ended_at, self.work.data_of
        return ended is not None and (told is None or told <= ended)

    @staticmethod
    def _erased(round_: _Round) -> set[tuple[str, str]]:
        if not privacy.anybody_was_erased():
            return set()
        named = sorted({round_.key(place)[1:] for place in round_.open_places()})
        gone = privacy.erased_before(named)
        return {one for one, is_gone in zip(named, gone, strict=True) if is_gone}

    def _add(self, round_: _Round) -> dict[int, Key]:
        """What the customer does not have yet, or has again. Somebody else may get it first."""
        for _ in range(TRIES_MAX):
            try:
                with (
                    transactions.refusing(an_exclusive_identity_has_one_customer=IdentityTaken),
                    transactions.open(),
                ):
                    return self._added(round_)
            except IdentityTaken:
                self._refuse(round_)
        raise IdentityTaken

    def _added(self, round_: _Round) -> dict[int, Key]:
        new: dict[int, Key] = {}
        pairs = []
        for place in round_.open_places():
            identity = round_.known.get(round_.key(place))
            if identity is None or identity.ended_at is not None:
                owner = identity.customer_id if identity else round_.families[place].survivor
                new[place] = round_.key(place)
                pairs.append((owner, round_.values[place]))
        customers.identify(pairs, now=self.work.now)
        round_.known |= _known(round_, new) if new else {}
        for key in new.values():
            round_.told.append(_happening("identity.added", key[0], round_.known[key], self.work))
        return new

    def _mark(self, round_: _Round, added: Mapping[int, Key]) -> set[int]:
        """Primary, shared and bouncing as the rows say; what stood there before is noted."""
        before: dict[UUID, dict[str, Any]] = {}
        marked: dict[int, list[Identity]] = {}
        for place in round_.open_places():
            touched = self._marked(round_, place, before)
            if touched:
                marked[place] = touched
        fresh = [round_.known[key] for key in added.values()]
        there = {one.id for one in fresh}
        old = {one.id: one for touched in marked.values() for one in touched if one.id not in there}
        stands = Identity.objects.in_bulk([*old, *there])
        self.effects += [
            Effect(
                effects.IDENTITY_MARKS, list(old), [one.customer_id for one in old.values()],
                [[before[id], as_marked(stands[id])] for id in old],
            ),
            Effect(
                effects.FURTHER_IDENTITY, [one.id for one in fresh],
                [one.customer_id for one in fresh], [as_marked(stands[one.id]) for one in fresh],
            ),
        ]  # fmt: skip
        return set(marked)

    def _marked(
        self, round_: _Round, place: int, before: dict[UUID, dict[str, Any]]
    ) -> list[Identity]:
        """The identities that this row changed: its own, and the one that was primary before."""
        row, key = round_.rows[place], round_.key(place)
        identity, now = round_.known[key], self.work.now
        was = as_marked(identity)
        names: list[str] = []
        touched: list[Identity] = []
        if row.primary and identity.primary_since is None:
            touched += _primary_before(identity, before)
            actions.make_primary(identity, now=now)
            names.append("identity.preferred")
        if row.shared is not None and actions.share(identity, shared=row.shared):
            names.append("identity.shared" if row.shared else "identity.unshared")
        if row.bouncing is not None and actions.bounce(identity, bounced=row.bouncing, now=now):
            names.append("identity.bounced" if row.bouncing else "identity.recovered")
        if names:
            before.setdefault(identity.id, was)
            touched.append(identity)
        round_.told += [_happening(name, key[0], identity, self.work) for name in names]
        return touched


def as_marked(identity: Identity) -> dict[str, Any]:
    """The marks of an identity as the undo compares them."""
    times = {name: getattr(identity, name) for name in ("primary_since", "bounced_at", "ended_at")}
    kept = {name: at.isoformat() if at else None for name, at in times.items()}
    return {"shared": identity.shared, **kept}


def _primary_before(identity: Identity, before: dict[UUID, dict[str, Any]]) -> list[Identity]:
    rows = Identity.objects.filter(
        customer_id=identity.customer_id, kind=identity.kind, primary_since__isnull=False
    )
    found = list(rows)
    for one in found:
        before.setdefault(one.id, as_marked(one))
    return found


def _known(round_: _Round, places: Iterable[int] | None = None) -> dict[Key, Identity]:
    """What the customers have or had already; of several records of one customer what stands."""
    wanted = [round_.key(place) for place in (round_.open_places() if places is None else places)]
    survivors = {id: family.survivor for family in round_.families.values() for id in family.ids}
    rows = Identity.objects.filter(
        customer_id__in=list(survivors), kind__in={kind for _, kind, _ in wanted},
        value_norm__in={norm for _, _, norm in wanted},
    ).order_by("-ended_at", "id")  # fmt: skip
    found: dict[Key, Identity] = {}
    for row in rows:
        key = (survivors[row.customer_id], row.kind, row.value_norm)
        if key not in found or found[key].ended_at is not None:
            found[key] = row
    return found


def _owners(round_: _Round) -> dict[tuple[str, str], set[UUID]]:
    """Who is known by each of these already, among the kinds that belong to one customer only."""
    wanted = {round_.key(place)[1:] for place in round_.open_places()}
    rows = IdentityKey.objects.filter(
        kind__in=EXCLUSIVE, value_norm__in={norm for kind, norm in wanted if kind in EXCLUSIVE}
    )
    found: dict[tuple[str, str], set[UUID]] = {key: set() for key in wanted}
    for kind, norm, customer in rows.values_list("kind", "value_norm", "customer_id"):
        found.setdefault((kind, norm), set()).add(customer)
    return found


def _happening(name: str, survivor: UUID, identity: Identity, work: Work) -> Happening:
    data = {"kind": identity.kind, "identity": identity.public_id}
    return Happening(name, work.now, survivor, ids.public("cus", survivor), data)
