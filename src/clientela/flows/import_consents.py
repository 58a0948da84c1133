"""Files of consents: what customers agreed to and refused, when and where.

Nobody is said to have agreed without a time and an origin, and no suppression is lifted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers.families import Family
from clientela.flows import imported_people
from clientela.flows.consents import record_imported
from clientela.flows.importing import NEW, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.beside_customers import GIVEN
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import ConsentRow
from clientela.privacy import hashes
from clientela.privacy import queries as privacy
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.models.consents import Consent

UNSAID = "import"  # the origin of a refusal of which the file does not say where it was told
Scope = tuple[UUID, str, str, bytes]  # survivor, purpose, channel, address
Decision = tuple[Scope, bool, datetime]


@dataclass(frozen=True, slots=True)
class _Known:
    """Decisions written down already, and what the latest of each scope came to."""

    decisions: set[Decision]
    latest: dict[Scope, tuple[datetime, bool]]

    def add(self, scope: Scope, is_given: bool, decided_at: datetime) -> None:
        self.decisions.add((scope, is_given, decided_at))
        newest = (decided_at, not is_given)
        self.latest[scope] = max(self.latest.get(scope, newest), newest)

    def is_refused(self, scope: Scope) -> bool:
        return scope in self.latest and self.latest[scope][1]


class Consents:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.effects: list[Effect] = []
        self.purposes = {one.key: one for one in privacy.purposes()}
        self.versions = privacy.wordings_by_version(list(self.purposes))

    def prepare(self, rows: Sequence[ConsentRow]) -> list[ConsentRow]:
        return list(rows)

    def take(self, prepared: Sequence[ConsentRow]) -> list[Taken]:
        """A decision that is written down already changes nothing, whatever came after it."""
        families, taken = imported_people.by_place(prepared, work=self.work)
        known = _known(families)
        new: list[NewConsent] = []
        for place, family in families.items():
            row = prepared[place]
            if refused := self._refused(row):
                taken[place] = refused
                continue
            one = self._new(row, family)
            scope = _scope(family.survivor, one)
            if self._is_known(row, one, scope, known):
                taken[place] = UNCHANGED
            else:
                known.add(scope, one.is_given, one.decided_at)
                new.append(one)
                taken[place] = NEW
        self._write(new)
        return imported_people.in_order(taken, len(prepared))

    def _refused(self, row: ConsentRow) -> Taken | None:
        purpose = self.purposes.get(row.purpose)
        if purpose is None:
            return rejected(row.number, "purpose", "unknown-purpose", row.purpose)
        if row.channel and row.channel not in purpose.channels:
            return rejected(
                row.number, "channel", "channel-not-used", row.channel, purpose=row.purpose
            )
        if row.wording is not None and (row.purpose, row.wording) not in self.versions:
            return rejected(row.number, "wording", "unknown-wording", str(row.wording))
        return None

    def _new(self, row: ConsentRow, family: Family) -> NewConsent:
        told = min(self.work.data_of or self.work.now, self.work.now)
        return NewConsent(
            family=family.ids, purpose=row.purpose, is_given=row.decision == GIVEN,
            source=row.origin or UNSAID, decided_at=row.decided_at or told,
            channel=row.channel or "", identity=row.address, basis=row.basis or "",
            wording_version=row.wording, evidence=row.evidence or "",
        )  # fmt: skip

    @staticmethod
    def _is_known(row: ConsentRow, one: NewConsent, scope: Scope, known: _Known) -> bool:
        """A refusal without its time says no more than that it stands."""
        if row.decided_at is None:
            return known.is_refused(scope)
        return (scope, one.is_given, one.decided_at) in known.decisions

    def _write(self, new: Sequence[NewConsent]) -> None:
        work = self.work
        rows = record_imported(
            new, actor=work.actor, now=work.now, request=work.batch, is_trial=work.is_trial
        )
        self.effects.append(
            Effect(effects.CONSENT, [row.id for row in rows], [row.customer_id for row in rows])
        )


def _scope(survivor: UUID, one: NewConsent) -> Scope:
    address = hashes.of(*one.identity) if one.identity else b""
    return survivor, one.purpose, one.channel, address


def _known(families: Mapping[int, Family]) -> _Known:
    survivors = {id: family.survivor for family in families.values() for id in family.ids}
    found = _Known(set(), {})
    for row in privacy.standing(survivors):
        scope = (survivors[row.customer_id], row.purpose_id, row.channel, bytes(row.address))
        found.add(scope, row.verdict == Consent.Verdict.GIVEN, row.decided_at)
    return found
