"""Everything that happens to customers, in any order: after each step the record is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.flows import erase_customer, import_file, undo_import
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.matching.models import Merge
from clientela.platform import sql
from clientela.platform.declare import house
from clientela.platform.errors import Problem
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase

PEOPLE = 6
people = st.integers(0, PEOPLE - 1)
names = st.sampled_from(["Anna Kalniņa", "Anna Kalnina", "A. Kalniņa", "Jānis Bērziņš"])
cents = st.integers(0, 30_000)
# Where a row may speak of somebody who is no longer there: what was read and told of them.
TELLS_OF_THE_PAST = {"events_event", "customers_access", "privacy_erasure", "events_delivery"}


class Company(RuleBasedStateMachine):
    """Six people in two sources; whatever is refused changes nothing."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.steps = 0
        self.batches: list[UUID] = []
        self.refused: Counter[str] = Counter()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(who=people, name=names)
    def register(self, who: int, name: str) -> None:
        details = Details(name=name, phones=[phone(who)], source="crm", external_id=str(who))
        self.done(lambda now: register_customer(details, actor=SYSTEM, now=now))

    @rule(who=people, name=names, language=st.sampled_from(["", "lv", "es"]))
    def change(self, who: int, name: str, language: str) -> None:
        if (id := known(who)) is not None:
            details = Details(name=name, language=language)
            self.done(lambda now: change_customer(id, details, version=None, actor=SYSTEM, now=now))

    @rule(who=people, minor=cents, till=st.integers(1, 9))
    def purchase(self, who: int, minor: int, till: int) -> None:
        bought = Bought("till", f"R-{till}", of_source(who), NOW, minor, "EUR")
        self.done(lambda now: record_purchases([bought], actor=SYSTEM, now=now))

    @rule(till=st.integers(1, 9), share=st.integers(1, 4))
    def give_back(self, till: int, share: int) -> None:
        row = Purchase.objects.filter(external_ref=f"R-{till}").first()
        if row is None:
            return
        left = row.total_minor - row.returned_minor
        new = NewReturn("till", f"B-{till}-{share}", NOW, amount_minor=max(left // share, 1))
        self.done(lambda now: return_purchase(new, purchase_id=row.id, actor=SYSTEM, now=now))

    @rule(survivor=people, others=st.lists(people, min_size=1, max_size=3), way=st.sampled_from(
        ["", "newest", "longest"]))  # fmt: skip
    def merge(self, survivor: int, others: list[int], way: str) -> None:
        found = [known(one) for one in (survivor, *others)]
        if None in found:
            return
        first, *rest = (id for id in found if id is not None)
        wish = Wish(first, tuple(rest), {"name": way} if way else {})
        self.done(lambda now: merge_customers(wish, actor=SYSTEM, now=now))

    @rule(turn=st.integers(0, 3), keep=st.sampled_from(["keep", "before"]))
    def unmerge(self, turn: int, keep: str) -> None:
        rows = list(Merge.objects.filter(reversal=None).order_by("-id")[: turn + 1])
        if rows:
            wish = Parting(rows[-1].id, all_as=keep)
            self.done(lambda now: unmerge_customers(wish, actor=SYSTEM, now=now))

    @rule(rows=st.lists(st.tuples(people, names), min_size=1, max_size=4))
    def import_customers(self, rows: list[tuple[int, str]]) -> None:
        lines = [f"{who},{name},{phone(who)}" for who, name in rows]
        self.load("customers", "\n".join(["customer,name,phone", *lines]))

    @rule(rows=st.lists(st.tuples(people, cents, st.integers(1, 9)), min_size=1, max_size=4))
    def import_purchases(self, rows: list[tuple[int, int, int]]) -> None:
        lines = [f"{who},2026-11-19,{minor / 100:.2f},EUR,F-{till}" for who, minor, till in rows]
        self.load("purchases", "\n".join(["customer,date,amount,currency,reference", *lines]))

    @rule(turn=st.integers(0, 2))
    def undo(self, turn: int) -> None:
        if self.batches:
            batch = self.batches[-1 - turn % len(self.batches)]
            self.done(lambda now: undo_import.undo(batch, actor=SYSTEM, now=now))

    @rule(who=people)
    def erase(self, who: int) -> None:
        if (id := known(who)) is not None:
            self.done(lambda now: erase_customer.erase_customer(id, actor=SYSTEM, now=now))

    def load(self, kind: str, content: str) -> None:
        path = self.folder / f"{kind}.csv"
        path.write_text(content + "\n", encoding="utf-8")

        def run(now: Any) -> None:
            batch = import_file.receive(
                path, kind=kind, mapping_text="", source="crm", actor=SYSTEM, now=now
            )
            self.batches.append(batch.id)
            import_file.run(batch.id, actor=SYSTEM, now=now)

        self.done(run)

    def done(self, work: Callable[[Any], object]) -> None:
        """Do it, a minute after the step before; what is refused is counted."""
        self.steps += 1
        try:
            with transaction.atomic():
                work(NOW + timedelta(minutes=self.steps))
        except Problem as refusal:
            self.refused[refusal.code] += 1

    @invariant()
    def everything_verifies(self) -> None:
        assert [(one.name, one.examples) for one in verify() if one.wrong] == []

    @invariant()
    def aliases_are_flat(self) -> None:
        survivors = Customer.objects.exclude(merged_into=None).values("merged_into")
        assert not Customer.objects.filter(id__in=survivors).exclude(merged_into=None).exists()

    @invariant()
    def every_row_has_its_customer(self) -> None:
        tables = {name for app in house() for name in app.family} - TELLS_OF_THE_PAST
        each = (
            f"SELECT '{table}' FROM {table} AS row LEFT JOIN customers_customer AS known"
            " ON known.id = row.customer_id WHERE known.id IS NULL"
            for table in sorted(tables - {"customers_customer"})
        )
        assert rows(" UNION ALL ".join(each)) == []

    @invariant()
    def points_are_what_purchases_earned(self) -> None:
        """One for each whole euro that was not given back; all of a family together."""
        wrong = rows(
            "SELECT whose.id, whose.earned, coalesce(sum(account.posted - account.debt), 0)"
            " FROM (SELECT coalesce(customer.merged_into, customer.id) AS id,"
            "   sum((bought.total_minor - bought.returned_minor) / 100)::bigint AS earned"
            "   FROM purchases_purchase AS bought"
            "   JOIN customers_customer AS customer ON customer.id = bought.customer_id"
            "   GROUP BY 1) AS whose"
            " JOIN customers_customer AS member"
            "   ON coalesce(member.merged_into, member.id) = whose.id"
            " LEFT JOIN loyalty_account AS account ON account.customer_id = member.id"
            " WHERE NOT EXISTS (SELECT FROM privacy_erasure AS gone WHERE gone.customer_id ="
            "   whose.id) GROUP BY 1, 2"
            " HAVING coalesce(sum(account.posted - account.debt), 0) <> whose.earned"
        )
        assert wrong == []

    @invariant()
    def what_is_there_was_told(self) -> None:
        """A purchase and a customer by themselves, a return on its purchase."""
        for table, prefix, said in (
            ("purchases_purchase", "pur_", "told.subject"),
            ("purchases_return", "ret_", "told.data ->> 'return'"),
            ("customers_customer", "cus_", "told.subject"),
        ):
            untold = rows(
                f"SELECT row.id FROM {table} AS row WHERE NOT EXISTS (SELECT FROM events_event"
                " AS told WHERE told.customer_id IS NOT NULL"
                f" AND {said} = %s || replace(row.id::text, '-', ''))",
                [prefix],
            )
            assert untold == [], table


def rows(text: str, values: Any = None) -> list[tuple[Any, ...]]:
    return sql.raw().execute(text, values).fetchall()


def phone(who: int) -> str:
    return f"+3712612340{who}"


def of_source(who: int) -> Reference:
    return Reference("external", str(who), "crm")


def known(who: int) -> UUID | None:
    """The record of this source, merged or not."""
    found = rows("SELECT customer_id FROM customers_externalid WHERE source = 'crm'"
                 " AND external_id = %s", [str(who)])  # fmt: skip
    return found[0][0] if found else None


@pytest.fixture
def folder(latvian_company: None, tmp_path: Path, settings: Any) -> Path:
    settings.HOME = Home(tmp_path / "home").prepare()
    return tmp_path


def played(folder: Path, *, games: int, steps: int) -> None:
    Company.folder = folder
    run_state_machine_as_test(
        Company,
        settings=settings(
            max_examples=games, stateful_step_count=steps, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_in_a_few_short_lives_the_record_stays_whole(folder: Path) -> None:
    played(folder, games=4, steps=12)


@pytest.mark.long
def test_in_long_lives_the_record_stays_whole(folder: Path) -> None:
    played(folder, games=12, steps=30)
