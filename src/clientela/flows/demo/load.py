"""Load the demo company through the house's own flows and actions, some hundred customers at once.

Whatever is there already is left as it is, so a load that was broken off goes on where it stood.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from clientela.flows.demo import (
    books,
    calls,
    generator,
    grants,
    habits,
    issues,
    lists,
    loyalty,
    mark,
    matching,
    papers,
    privacy,
    record,
    retention,
    stage,
    traits,
)
from clientela.flows.demo import branches as parted
from clientela.flows.demo import warranty as promised
from clientela.flows.demo.cast import Cast
from clientela.flows.demo.mark import Mark
from clientela.flows.demo.stage import LOGINS, Login
from clientela.flows.demo.story import Household, Plan
from clientela.flows.demo.trade import play
from clientela.platform import memory, sql, transactions
from clientela.platform.errors import Problem
from clientela.staff import company as companies

CUSTOMERS_AT_ONCE = 500


class DemoIsThere(Problem):
    code = "demo-is-there"
    status = 409
    title = "Another demo company is loaded already"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much of the demo is there now. `key` is told once: by the load that made it."""

    customers: int
    holdings: int
    purchases: int
    returns: int
    logins: tuple[Login, ...]
    key: str | None


def load(
    customers: int = 2000, seed: int = 1, *, now: datetime,
    told: Callable[[int], object] | None = None,
) -> Loaded:  # fmt: skip
    """Load the demo company of this size and seed; a second time it changes nothing.

    Its two years end on the day of the first load. `told` hears how many customers are in after
    each step. DemoIsThere when one of another size or seed is loaded.
    """
    begun, key = _begin(customers, seed, now=now)
    if not begun.is_finished:
        _tell(begun, now=now, told=told)
        issues.complain(begun.plan, now=now)
        loyalty.play(now=now)
        grants.play(now=now)
        calls.ring(now=now)
        promised.tell(now=now)
        privacy.decide(seed=seed, now=now)
        matching.write_down_twice(now=now)
        papers.bring(now=now)
        record.look_back(now=now)
        habits.fold(now=now)
        books.close(now=now)
        lists.save(now=now)
        with transactions.open():
            parted.part(now=now)
            mark.write(replace(begun, is_finished=True), now=now)
    return Loaded(*_figures(), logins=LOGINS, key=key)


def loaded() -> Mark | None:
    """The demo company of this installation; None when there is none."""
    return mark.read()


def _begin(customers: int, seed: int, *, now: datetime) -> tuple[Mark, str | None]:
    """The company's frame, made once even when two begin together."""
    with transactions.open():
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('clientela demo'))")
        known = mark.read()
        if known is None:
            return _framed(customers, seed, now=now)
    if (known.customers, known.seed) != (customers, seed):
        raise DemoIsThere(
            f"The demo company here has {known.customers} customers and seed {known.seed}; "
            "remove it first.",
            customers=known.customers, seed=known.seed,
        )  # fmt: skip
    return known, None


def _framed(customers: int, seed: int, *, now: datetime) -> tuple[Mark, str | None]:
    stage.set_up_company(now=now)
    stage.let_people_in(now=now)
    kinds, categories = stage.fill_shelves(now=now)
    promised.promise(now=now)
    loyalty.set_up(now=now)
    plan = Plan(customers, seed, companies.read().today(now))
    fields = traits.set_up(now=now)
    begun = Mark(plan.customers, plan.seed, plan.today.isoformat(), kinds, categories, fields)
    mark.write(begun, now=now)
    retention.publish(plan.today, now=now)
    record.set_up(now=now)
    return begun, stage.hand_out_key(now=now)


def _tell(begun: Mark, *, now: datetime, told: Callable[[int], object] | None) -> None:
    companies.forget()
    plan = begun.plan
    cast = Cast(plan, begun.fields, now=now)
    counted = 0
    with memory.without_collecting():
        for batch in _batches(generator.households(plan)):
            ids = cast.enter(batch)
            play(batch, ids, now=now)
            retention.tell(plan, ids, now=now)
            record.tell(batch, ids, plan, now=now)
            if 1 in ids and not counted:
                record.file_papers(ids, plan.today, now=now)
            counted += len(ids)
            gc.collect()
            if told is not None:
                told(counted)


def _batches(households: Iterable[Household]) -> Iterator[list[Household]]:
    batch: list[Household] = []
    counted = 0
    for household in households:
        batch.append(household)
        counted += len(household.parties)
        if counted >= CUSTOMERS_AT_ONCE:
            yield batch
            batch, counted = [], 0
    if batch:
        yield batch


def _figures() -> tuple[int, int, int, int]:
    row = sql.statement("flows", "demo_figures").row()
    assert row is not None
    return row
