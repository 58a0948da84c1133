"""A unit as a check needs it, in one statement: by serial, by holding, by policy number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.customers import queries as customers
from clientela.customers.sight import seen
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere
from clientela.products.rules import number_norm
from clientela.warranty.models.claimed import Claim
from clientela.warranty.models.covered import Cancellation, NumberKey, Policy, Unit
from clientela.warranty.rules import serials
from clientela.warranty.rules.coverage import Cover, Limit, Tried

ALIKE_MAX = 5


class NoSuchPolicy(NotThere):
    code = "no-such-policy"
    title = "There is no such policy"


@dataclass(frozen=True, slots=True)
class PolicyOf:
    """A policy of a unit with what its terms say; `used_minor` is what claims took of it."""

    id: UUID
    customer_id: UUID
    number: int
    plan: str
    names: Mapping[str, str]
    texts: Mapping[str, str]
    layer: str
    priority: int
    payer: str
    stack: str
    sequence: int
    source: str
    version: int
    start_rule: str
    waiting_days: int
    term_months: int | None
    starts_on: date
    ends_on: date
    money_from: date
    money_until: date
    price_minor: int
    insured_minor: int | None
    currency: str
    sold_on: date
    refund_method: str
    refund_fee_minor: int
    free_look_days: int
    cancelled_on: date | None
    limits: tuple[Limit, ...]
    used_minor: int

    @property
    def public_id(self) -> str:
        return ids.public("pol", self.id)

    @property
    def shown(self) -> str:
        return f"P-{self.number:07d}"

    def cap(self, per: str) -> Limit | None:
        return next((one for one in self.limits if one.kind == "cap" and one.per == per), None)

    @property
    def deductible_minor(self) -> int:
        return sum(one.amount_minor for one in self.limits if one.kind == "deductible")


@dataclass(frozen=True, slots=True)
class CoverOf:
    """A row of cover as it is stored; `country` and what follows are of a law's."""

    id: UUID
    policy_id: UUID | None
    layer: str
    priority: int
    component_path: str
    cost_type: str
    included: bool
    percent_bp: int
    starts_on: date
    ends_on: date
    as_sold_ends_on: date
    burden_on: date | None
    cut: str
    country: str | None
    months: int | None
    basis: str | None
    notice_months: int | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A holding with what warranty knows of it. `unit_id` None: nothing yet."""

    holding_id: UUID
    customer_id: UUID
    unit_id: UUID | None
    product_id: UUID
    product: str
    kind: str
    icon: str
    serial: str
    status: str
    sold_on: date | None
    delivered_on: date | None
    in_service_on: date | None
    in_service_source: str | None
    country: str | None
    time_zone: str | None
    seller: str | None
    price_minor: int | None
    currency: str | None
    replaced_on: date | None
    replaces_holding_id: UUID | None
    lineage_id: UUID | None
    unit_kind: str | None
    purchase_id: UUID | None
    policies: tuple[PolicyOf, ...]
    covers: tuple[CoverOf, ...]

    @property
    def public_id(self) -> str:
        return ids.public("hol", self.holding_id)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or "UTC")

    def policy(self, id: UUID | None) -> PolicyOf | None:
        return next((policy for policy in self.policies if policy.id == id), None)

    def tries(self) -> list[Tried]:
        """Every plan and the law, as the rules try them, by the id of the policy or the cover."""
        tried = [_of_law(cover) for cover in self.covers if cover.policy_id is None]
        return tried + [
            one for policy in self.policies if (one := _of_policy(policy, self.covers)) is not None
        ]


def by_serial(serial: str) -> list[Case]:
    """Units with this serial, the one in use first; there may be several makers' or none."""
    norm = number_norm(serial)
    return _cases(serial=norm, holdings=[]) if norm else []


def by_holdings(holdings: Sequence[UUID]) -> list[Case]:
    return _cases(serial="", holdings=list(holdings))


def of_holding(holding_id: UUID) -> Case | None:
    return next(iter(by_holdings([holding_id])), None)


def _cases(**named: Any) -> list[Case]:
    rows = sql.statement("warranty", "case").rows(**named)
    found = [Case(*_with_rows(row)) for row in rows]
    visible = customers.visible(one.customer_id for one in found)
    return [one for one in found if one.customer_id in visible]


def _with_rows(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *values, policies, covers = row
    return (*values, tuple(map(_policy, json.loads(policies))),
            tuple(map(_cover, json.loads(covers))))  # fmt: skip


_DAYS = frozenset(
    ("starts_on", "ends_on", "money_from", "money_until", "sold_on", "cancelled_on",
     "as_sold_ends_on", "burden_on")
)  # fmt: skip
_IDS = frozenset(("id", "customer_id", "policy_id"))


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return UUID(value) if name in _IDS else value


def _policy(row: Mapping[str, Any]) -> PolicyOf:
    used = int(row["used_minor"])
    limits = tuple(
        Limit(UUID(one["id"]), one["kind"], one["per"], one["amount_minor"],
              used if (one["kind"], one["per"]) == ("cap", "lifetime") else 0)
        for one in row["limits"]
    )  # fmt: skip
    return PolicyOf(**{**_typed(row), "limits": limits, "used_minor": used})


def _cover(row: Mapping[str, Any]) -> CoverOf:
    return CoverOf(**_typed(row))


def _of_law(cover: CoverOf) -> Tried:
    return Tried(
        key=cover.id, layer=cover.layer, covers=(_row(cover),), burden_on=cover.burden_on,
        claim_within=cover.basis == "claim_within", notice_months=cover.notice_months,
        cut=cover.cut, cut_on=cover.ends_on if cover.cut else None,
    )  # fmt: skip


def _of_policy(policy: PolicyOf, covers: Sequence[CoverOf]) -> Tried | None:
    own = [cover for cover in covers if cover.policy_id == policy.id]
    if not own:
        return None
    cut = next((cover.cut for cover in own if cover.cut), "")
    return Tried(
        key=policy.id, layer=policy.layer, covers=tuple(map(_row, own)), priority=policy.priority,
        waiting_days=policy.waiting_days, limits=policy.limits, cut=cut,
        cut_on=policy.cancelled_on or (max(one.ends_on for one in own) if cut else None),
    )  # fmt: skip


def _row(cover: CoverOf) -> Cover:
    return Cover(
        cover.id, cover.starts_on, cover.as_sold_ends_on if cover.cut else cover.ends_on,
        cover.component_path, cover.cost_type, cover.included, cover.percent_bp,
    )  # fmt: skip


def lookalike(serial: str) -> str | None:
    """A known serial that this one may be a mistyping of."""
    norm = number_norm(serial)
    found = Unit.objects.filter(serial_fold=serials.folded(norm)) if norm else Unit.objects.none()
    for known in found.values_list("serial", flat=True)[:ALIKE_MAX]:
        if number_norm(known) != norm:
            return str(known)
    return None


def row_of(kind: str, number: str) -> tuple[UUID, UUID] | None:
    """(customer, row) of a policy's or claim's number, as people write it or as its public id."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if not digits or len(digits) > 15:
        return None
    key = NumberKey.objects.filter(kind=kind, number=int(digits)).first()
    return (key.customer_id, key.row_id) if key else None


def policy(number: str) -> Policy:
    """A policy by its number, P-0009183, or by its public id."""
    found = None
    if number.startswith("pol_"):
        try:
            found = seen(Policy.objects.filter(id=ids.parse("pol", number))).first()
        except ValueError:
            found = None
    elif (row := row_of("policy", number)) is not None:
        found = seen(Policy.objects.filter(customer_id=row[0], id=row[1])).first()
    if found is None:
        raise NoSuchPolicy(f"There is no policy {number}.")
    return found


def cancellation_of(policy: Policy) -> Cancellation | None:
    return Cancellation.objects.filter(customer_id=policy.customer_id, policy_id=policy.id).first()


def policies_on(holdings: Sequence[UUID]) -> list[Policy]:
    return list(Policy.objects.filter(holding_id__in=list(holdings)))


def policies_bought(purchases: Sequence[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """(customer, purchase) -> the policies that came with it, by purchase."""
    found: dict[UUID, list[UUID]] = {}
    bought = Policy.objects.filter(
        customer_id__in={customer for customer, _ in purchases},
        purchase_id__in=[purchase for _, purchase in purchases],
    )
    for policy_id, purchase_id in bought.order_by("id").values_list("id", "purchase_id"):
        found.setdefault(purchase_id or policy_id, []).append(policy_id)
    return found


def claims_on(policy: Policy) -> list[Claim]:
    """The claims of the unit a policy is on, newest first."""
    claims = Claim.objects.filter(customer_id=policy.customer_id, holding_id=policy.holding_id)
    return list(claims.order_by("-opened_at")[:50])
