"""Calculated fields of customers: from the record, and from what is held where a formula asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from clientela.customers import queries as customers
from clientela.customers import rules, sight
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Customer
from clientela.customers.rules import calculated
from clientela.customers.rules.calculated import Calculated, Known
from clientela.flows import held as holdings_held
from clientela.platform.http import actors
from clientela.staff import company as companies


def of_customer(customer: Customer, *, now: datetime) -> dict[str, int]:
    """What can be told of one customer to whoever acts, by key: nothing that is counted from a
    field they are not shown. Holdings are asked for only where they count.
    """
    actor, seeing = actors.present(), sight.present()
    listed = [
        one for one in definitions.calculated_of(customer.profile_type)
        if (not one.of or seeing.shows(customer.profile_type.key, one.of))
        and (actor.may("products.view") or not calculated.asks_products([one]))
    ]  # fmt: skip
    if not listed:
        return {}
    held: list[dict[str, Any]] | None = None
    if calculated.asks_products(listed):
        held = holdings_held.holdings_of(customers.family_of(customer.id), now=now)
    return _values(listed, customer.attributes, customer.known_since, held, now=now)


def of_block(
    listed: Iterable[Calculated], block: Mapping[str, Any],
    holdings: Sequence[Mapping[str, Any]] | None, *, now: datetime,
) -> dict[str, int]:  # fmt: skip
    """The same from the blocks of a profile, which has read everything already; `holdings` None:
    they are not to be seen, so nothing is told of them.
    """
    attributes, since = block.get("attributes") or {}, _day(block.get("since"))
    return _values(list(listed), attributes, since, holdings, now=now)


def _values(
    listed: Sequence[Calculated], attributes: Mapping[str, Any], since: date | None,
    holdings: Sequence[Mapping[str, Any]] | None, *, now: datetime,
) -> dict[str, int]:  # fmt: skip
    today = companies.current().today(now)
    held = [one for one in holdings or () if _is_held(one, today)]
    days = (_day(one.get("matures_on")) for one in held)
    known = Known(
        attributes, since, today, None if holdings is None else len(held),
        tuple(day for day in days if day is not None),
    )  # fmt: skip
    return calculated.values(listed, known)


def _is_held(one: Mapping[str, Any], today: date) -> bool:
    """Whether it counts: by role and status, and for today."""
    if one.get("role") not in rules.HELD_ROLES or one.get("status") not in rules.HELD_STATUSES:
        return False
    opened = _day(one.get("opened_on"))
    return holdings_held.is_open(one) and (opened is None or opened <= today)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
