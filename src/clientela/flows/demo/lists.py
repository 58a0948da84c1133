"""Lists the demo's people saved, a change of a whole list, and how good the records are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clientela.customers.bulk.models import BulkChange
from clientela.customers.quality.models import Flaw, QualityFigure
from clientela.customers.searching import counts
from clientela.customers.searching.models import WordCount
from clientela.flows.demo.mark import DEMO
from clientela.flows.lists import bulk, quality
from clientela.flows.lists.state import ListState
from clientela.flows.lists.views import CUSTOMERS
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.staff import queries as staff
from clientela.ui import actions
from clientela.ui.models import View

RIGA = {"fact": "customer.city", "op": "eq", "value": "riga"}
MORTGAGE = {
    "related": "holdings",
    "quantifier": "any",
    "where": {
        "all": [
            {"fact": "holding.kind", "op": "eq", "value": "mortgage"},
            {
                "fact": "holding.fixed_until_on",
                "op": "within",
                "value": {"next": 180, "unit": "day"},
            },
        ]
    },
}
EMPLOYED = {"fact": "customer.employment", "op": "eq", "value": "employed"}
NO_SAVINGS = {
    "related": "holdings",
    "quantifier": "none",
    "where": {"fact": "holding.kind", "op": "eq", "value": "savings-account"},
}
# Name, what it shows, and the role that sees it: none is everyone.
VIEWS: tuple[tuple[str, ListState, str], ...] = (
    (
        "Rīga, by name",
        ListState(kind="person", filter={"all": [RIGA]}, sort="customer.name",
                  columns=("customer.phone", "customer.language", "customer.age",
                           "holdings.count")),
        "",
    ),
    (
        "Fixed rate ends within half a year",
        ListState(filter={"all": [MORTGAGE]},
                  columns=("customer.phone", "customer.language", "holdings.count",
                           "customer.last_activity")),
        "marketer",
    ),
    (
        "Many points, open complaint",
        ListState(filter={"all": [{"fact": "points.available", "op": "ge", "value": 500},
                                  {"fact": "issues.open", "op": "ge", "value": 1}]},
                  columns=("points.available", "issues.open", "customer.phone")),
        "",
    ),
    (
        "Employed, without savings",
        ListState(kind="person", filter={"all": [EMPLOYED, NO_SAVINGS]}, sort="customer.name",
                  columns=("customer.employer", "customer.monthly_income",
                           "calculated.customer_years", "customer.phone")),
        "",
    ),
    ("Counted by language", ListState(group="customer.language"), ""),
    ("Board by sex", ListState(kind="person", board="customer.sex",
                               columns=("customer.city", "customer.last_activity")), "manager"),
)  # fmt: skip


def save(*, now: datetime) -> None:
    """Views, a finished change, figures; once."""
    with transactions.open():
        for name, state, role in VIEWS:
            shared: dict[str, Any] = {"sharing": "team", "role": role} if role else {
                "sharing": "everyone"}  # fmt: skip
            actions.save_view(
                on=CUSTOMERS, name=name, state=state.as_json(), owner=DEMO.id, now=now,
                is_demo=True, **shared,
            )  # fmt: skip
    _change(now=now)
    with transactions.open():
        counts.count()
    quality.count_all(now=now)


def _change(*, now: datetime) -> None:
    """Somebody set a field of a whole list: those of Sigulda who said nothing of their risks."""
    person = staff.person_by_email("manager@demo.example")
    actor = person.as_actor() if person else DEMO
    field = {"fact": "customer.risk_profile", "op": "is_not_set"}
    town = {"fact": "customer.city", "op": "eq", "value": "Sigulda"}
    state = ListState(kind="person", filter={"all": [town, field]})
    try:
        change = bulk.ask(state, target="risk_profile", value="cautious", actor=actor, now=now)
    except Problem:  # the company has another field of this name, or none
        return
    BulkChange.objects.filter(id=change.id).update(is_demo=True)
    bulk.check(change.id, actor=actor, now=now)
    bulk.run(change.id, actor=actor, now=now)


def take_down() -> int:
    """Whatever `save` left; what belongs to customers goes with them."""
    gone, _by_model = View.objects.filter(is_demo=True).delete()
    changes, _by_model = BulkChange.objects.filter(is_demo=True).delete()
    figures, _by_model = QualityFigure.objects.all().delete()
    flaws, _by_model = Flaw.objects.all().delete()
    words, _by_model = WordCount.objects.all().delete()
    return gone + changes + figures + flaws + words
