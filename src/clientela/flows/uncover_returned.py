"""What came back is no longer covered: covers bought by the lines, and cover of the things."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from clientela.flows import value_policy
from clientela.platform.http.actors import Actor
from clientela.products import queries as products
from clientela.purchases import queries as purchases
from clientela.purchases.actions import GivenBack
from clientela.purchases.models import Line
from clientela.staff import company as companies
from clientela.warranty.actions import policies
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import cases

REASON = "returned"


def uncover_returned(given: GivenBack, *, actor: Actor, now: datetime, request: str = "") -> None:
    """End the covers of lines that came back whole, from the day of the return."""
    company = companies.current()
    if not company.is_on("warranty"):
        return
    day = company.today(given.returned_at)
    lines = _whole_lines(given)
    holdings = _holdings(given, lines)
    customer = given.purchase.customer_id
    bought = Policy.objects.filter(customer_id=customer).filter(
        Q(purchase_id=given.purchase.id, line_no__in=[line.line_no for line in lines])
        | Q(holding_id__in=holdings)
    ) if lines else ()  # fmt: skip
    for policy in bought:
        case = cases.of_holding(policy.holding_id)
        if case is not None and policy.ends_on > day:
            value_policy.end(case, policy, on=max(day, policy.sold_on), reason=REASON,
                             by_us=False, actor=actor, now=now, request=request)  # fmt: skip
    for holding in holdings:
        policies.cut(customer, on=day, why="cancelled", holding_id=holding)


def _whole_lines(given: GivenBack) -> list[Line]:
    """Lines of which nothing is left, or all where the whole sum was given back."""
    purchase = given.purchase
    is_all = purchase.total_minor > 0 and purchase.returned_minor >= purchase.total_minor
    return [
        line for line in purchases.lines_of([purchase])
        if is_all or line.quantity_returned_milli >= line.quantity_milli
    ]  # fmt: skip


def _holdings(given: GivenBack, lines: Sequence[Line]) -> list[UUID]:
    purchase = given.purchase
    names = [
        ("reference", purchase.source, f"{purchase.external_ref}/{line.line_no}") for line in lines
    ]
    return [named.holding.id for named in products.holdings_named(names).values()]
