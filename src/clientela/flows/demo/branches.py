"""The demo company's branches, whose customers are whose, and what the roles do not see."""

from __future__ import annotations

from datetime import datetime

from clientela.customers.deciding import Decision, decide
from clientela.flows.demo.mark import DEMO
from clientela.platform import sql
from clientela.platform.transactions import needs_transaction
from clientela.staff import branches
from clientela.staff import queries as staff

BRANCHES = {"cesis": "Cēsis", "valmiera": "Valmiera"}
EVERY = 25  # one customer in so many is of a branch, and one in twice as many somebody's own
HIDDEN = (Decision("marketer", "see", data_class="financial"),)


@needs_transaction
def part(*, now: datetime) -> None:
    """Some customers are of a branch, some are somebody's to look after; the rest the company's."""
    for key, name in BRANCHES.items():
        branches.define(key=key, name=name, is_demo=True)
    person = staff.person_by_email("agent@demo.example")
    sql.statement("flows", "demo_branches").run(
        branches=list(BRANCHES), every=EVERY, owner=person.id if person else None
    )
    decide(HIDDEN, actor=DEMO, now=now)
