"""Units and what they are given: the legal guarantee, free and bundled plans, policies sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.products.rules import number_norm
from clientela.warranty.models.covered import Cover, NumberKey, Policy, Unit
from clientela.warranty.rules import law, opening, serials
from clientela.warranty.rules.law import Guarantee
from clientela.warranty.rules.opening import Followed, Opening, TermsRow
from clientela.warranty.rules.spans import Anchor

UNIT_COLUMNS = (
    "id", "customer_id", "holding_id", "lineage_id", "product_id", "kind", "serial",
    "serial_fold", "sold_on",
    "delivered_on", "in_service_on", "in_service_source", "country", "time_zone", "seller",
    "price_minor", "currency", "replaces_holding_id",
)  # fmt: skip
POLICY_COLUMNS = (
    "id", "customer_id", "holding_id", "terms_id", "term_months", "stack", "sequence", "source",
    "start_rule", "starts_on", "ends_on", "money_from", "money_until", "price_minor", "tax_minor",
    "insured_minor", "currency", "purchase_id", "line_no", "sold_on", "previous_policy_id",
)  # fmt: skip
COVER_COLUMNS = (
    "id", "customer_id", "holding_id", "policy_id", "clause_id", "legal_rule_id", "layer",
    "priority", "component_path", "cost_type", "included", "percent_bp", "starts_on", "ends_on",
    "burden_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewUnit:
    customer_id: UUID
    holding_id: UUID
    product_id: UUID
    kind: str = Unit.Kind.GOOD
    serial: str = ""
    sold_on: date | None = None
    delivered_on: date | None = None
    country: str = ""
    time_zone: str = "UTC"
    seller: str = ""
    price_minor: int | None = None
    currency: str = ""
    lineage_id: UUID | None = None
    replaces_holding_id: UUID | None = None

    @property
    def in_service(self) -> tuple[date | None, str]:
        """The day the clock starts, and which of its dates that is."""
        if self.delivered_on is not None:
            return self.delivered_on, "delivery"
        return self.sold_on, "sale" if self.sold_on else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Terms for a unit, how it came to them, what was paid; `sold_on`: of a later sale."""

    terms: TermsRow
    term_months: int | None = None
    source: str = Policy.Source.GIVEN
    sequence: int = 1
    price_minor: int = 0
    tax_minor: int = 0
    sold_on: date | None = None
    purchase_id: UUID | None = None
    line_no: int | None = None
    previous_policy_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A unit, and the policies it has now; `until`: the last day of any cover of it."""

    place: int
    policies: tuple[tuple[UUID, int, Wanted, Opening], ...]
    until: date | None


@needs_transaction
def register(
    batch: Sequence[tuple[NewUnit, Sequence[Wanted]]], *, laws: Sequence[law.Law], actor: Actor
) -> list[Registered]:
    """Units of holdings that have none, with the law's guarantee, what is given and sold."""
    rows = [_unit_row(new) for new, _ in batch]
    if not rows:
        return []
    written = sql.statement("warranty", "register_units").rows(
        size=len(rows), **sql.columns(rows, UNIT_COLUMNS)
    )
    fresh = {id for (id,) in written}
    places = [place for place, row in enumerate(rows) if row[0] in fresh]
    return _cover(batch, places, laws=laws, actor=actor)


def _unit_row(new: NewUnit) -> tuple[Any, ...]:
    id = ids.uuid7()
    return (
        id, new.customer_id, new.holding_id, new.lineage_id or id, new.product_id, new.kind,
        new.serial, serials.folded(number_norm(new.serial)), new.sold_on, new.delivered_on,
        *new.in_service, new.country, new.time_zone, new.seller, new.price_minor,
        new.currency, new.replaces_holding_id,
    )  # fmt: skip


def _cover(
    batch: Sequence[tuple[NewUnit, Sequence[Wanted]]], places: Sequence[int], *,
    laws: Sequence[law.Law], actor: Actor,
) -> list[Registered]:  # fmt: skip
    policies: list[tuple[Any, ...]] = []
    covers: list[tuple[Any, ...]] = []
    found: list[tuple[int, list[tuple[UUID, Wanted, Opening]], date | None]] = []
    for place in places:
        new, wanted = batch[place]
        by_law = _by_law(new, laws)
        opened = openings(new, wanted, by_law)
        covers += law_rows(new, by_law)
        policies += [policy_row(new, *one) for one in opened]
        covers += [row for id, _, one in opened for row in cover_rows(new, id, one)]
        ends = [one.ends_on for _, _, one in opened] + ([by_law.span.ends_on] if by_law else [])
        found.append((place, opened, max(ends, default=None)))
    numbers = write(policies, covers, actor=actor)
    return [
        Registered(place, tuple((id, numbers[id], want, one) for id, want, one in opened), until)
        for place, opened, until in found
    ]


@needs_transaction
def write(
    policies: Sequence[tuple[Any, ...]], covers: Sequence[tuple[Any, ...]], *, actor: Actor
) -> dict[UUID, int]:
    """Rows of policies and covers; the number each policy got."""
    numbers: dict[UUID, int] = {}
    if policies:
        numbers = dict(sql.statement("warranty", "open_policies").rows(
            size=len(policies), actor=actor.id, **sql.columns(policies, POLICY_COLUMNS)
        ))  # fmt: skip
    if covers:
        rows = [(id, *row) for id, row in zip(ids.uuid7s(len(covers)), covers, strict=True)]
        sql.statement("warranty", "add_covers").run(
            size=len(rows), **sql.columns(rows, COVER_COLUMNS)
        )
    return numbers


@needs_transaction
def unregister(holding_ids: Sequence[UUID]) -> None:
    """Units of holdings that are gone as if they had never been, with the cover that came with
    them: nobody has sold, claimed or ended any of it.
    """
    gone = list(holding_ids)
    given = Policy.objects.filter(holding_id__in=gone)
    numbers = list(given.values_list("number", flat=True))
    NumberKey.objects.filter(kind="policy", number__in=numbers).delete()
    for rows in (Cover, Policy, Unit):
        rows._default_manager.filter(holding_id__in=gone).delete()


def _by_law(new: NewUnit, laws: Sequence[law.Law]) -> Guarantee | None:
    day = new.in_service[0]
    if new.kind != Unit.Kind.GOOD or day is None:
        return None
    return law.guarantee(laws, country=new.country, goods_type="new", delivered_on=day)


def openings(
    new: NewUnit, wanted: Sequence[Wanted], by_law: Guarantee | None, bases: Sequence[Followed] = ()
) -> list[tuple[UUID, Wanted, Opening]]:
    """What is wanted as it will be written: given plans first, then what follows them."""
    day = new.in_service[0]
    if day is None:
        return []
    before = list(bases)
    if by_law is not None:
        months = by_law.law.months
        before.append(Followed(Anchor(by_law.span.starts_on, months or 0), by_law.span.ends_on))
    opened = []
    for want in sorted(wanted, key=lambda one: one.terms.start_rule == opening.AFTER_BASE):
        one = opening.opening(
            want.terms, sold_on=want.sold_on or new.sold_on or day, in_service_on=day,
            bases=before, term_months=want.term_months,
        )  # fmt: skip
        if one is not None:
            before += one.bases
            opened.append((ids.uuid7(), want, one))
    return opened


def policy_row(new: NewUnit, id: UUID, want: Wanted, one: Opening) -> tuple[Any, ...]:
    return (
        id, new.customer_id, new.holding_id, want.terms.id, one.term_months, want.terms.stack,
        want.sequence, str(want.source), want.terms.start_rule, one.starts_on, one.ends_on,
        one.money_from, one.money_until, want.price_minor, want.tax_minor, new.price_minor,
        want.terms.currency, want.purchase_id, want.line_no,
        want.sold_on or new.sold_on or one.starts_on, want.previous_policy_id,
    )  # fmt: skip


def cover_rows(new: NewUnit, policy_id: UUID, one: Opening) -> list[tuple[Any, ...]]:
    terms = one.terms
    return [
        (new.customer_id, new.holding_id, policy_id, row.clause_id, None, terms.layer,
         terms.priority, *astuple(row)[1:], None)
        for row in one.covers
    ]  # fmt: skip


def law_rows(new: NewUnit, by_law: Guarantee | None) -> list[tuple[Any, ...]]:
    if by_law is None:
        return []
    span = by_law.span
    return [
        (new.customer_id, new.holding_id, None, None, by_law.law.id, "legal", 0, "", "all", True,
         10_000, span.starts_on, span.ends_on, by_law.burden_on)
    ]  # fmt: skip
