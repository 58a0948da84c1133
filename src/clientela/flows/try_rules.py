"""Draft rules tried on past months: at once where purchases are few, else in the background, slice
by slice, so that no statement reads the whole history; the figures are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from clientela.flows import what_if
from clientela.flows.lists import reading, views
from clientela.flows.rules_of_points import Draft
from clientela.flows.what_if import Asked, Sum, WhatIf
from clientela.loyalty.actions import trials
from clientela.loyalty.models.trials import Trial
from clientela.loyalty.queries import trials as reads
from clientela.platform import sql, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.staff import queries as staff

AT_ONCE_MAX = 1_000_000  # purchases that are tried while somebody waits
SLICE = 200_000
LISTED_MAX = 100_000


class _Cancelled(Exception):
    """Somebody stopped the trial between two slices."""


def try_rules(
    drafts: Sequence[Draft], *, months: int, view_id: UUID | None = None, actor: Actor,
    now: datetime,
) -> WhatIf | Trial:  # fmt: skip
    """What the drafts would have given; of very many purchases a trial that is queued."""
    wish = what_if.asked(drafts, months=months, now=now)
    if are_more_than(AT_ONCE_MAX, wish):
        return ask(drafts, months=months, view_id=view_id, actor=actor, now=now)
    only = None if view_id is None else customers_of(view_id, actor=actor, now=now)
    return what_if.found_of(wish, only=only)


def are_more_than(most: int, wish: Asked) -> bool:
    """Whether more purchases than that were made in those months."""
    row = sql.execute(
        "SELECT count(*) FROM (SELECT FROM purchases_purchase WHERE purchased_at >= %s"
        " AND purchased_at < %s LIMIT %s) AS bought",
        [*wish.span, most + 1],
    ).fetchone()
    return row is not None and row[0] > most


def purchases_of_all() -> int:
    """How many there are, whenever they were made: a trial goes through them in slices."""
    row = sql.execute("SELECT count(*) FROM purchases_purchase").fetchone()
    return row[0] if row else 0


def ask(
    drafts: Sequence[Draft], *, months: int, view_id: UUID | None, actor: Actor, now: datetime
) -> Trial:  # fmt: skip
    """Note a trial and queue it with the transaction it is in."""
    from clientela.flows.jobs import try_rules_on_past  # the job runs this module

    points = what_if.asked(drafts, months=months, now=now).points
    if view_id is not None:
        customers_of(view_id, actor=actor, now=now)
    written = [
        {"currency": one.currency, "key": one.key, "labels": dict(one.labels),
         "body": dict(one.body), "priority": one.priority}
        for one in drafts
    ]  # fmt: skip
    with transactions.open():
        trial = trials.ask(written, currency=points, months=months, view_id=view_id,
                           asked_by=actor.id, now=now)  # fmt: skip
        try_rules_on_past.defer(trial=str(trial.id))
    return trial


def run(trial_id: UUID, *, now: datetime, slice_rows: int = SLICE) -> None:
    """Carry a trial out from its start, one statement for each slice; broken off by a kill it
    begins anew. What is over stays as it is.
    """
    whole = purchases_of_all()
    with transactions.open():
        trial = trials.begin(trial_id, whole=whole, now=now)
    if trial is None:
        return

    def told(done: int) -> None:
        with transactions.open():
            goes_on = trials.go_on(trial_id, done=min(done, whole))
        if not goes_on:
            raise _Cancelled

    try:
        found = _found(trial, slice_rows=slice_rows, told=told)
    except _Cancelled:
        return
    except Problem as refusal:
        if refusal.status >= 500:
            raise  # the job is run again where the database was away
        fail(trial_id, fault=refusal.code, now=now)
        return
    with transactions.open():
        trials.end(trial_id, now=now, found=_kept(found))


def _found(trial: Trial, *, slice_rows: int, told: what_if.Told) -> WhatIf:
    only = None
    if trial.view_id is not None:
        actor = staff.actor_with_rights(trial.asked_by)
        only = customers_of(trial.view_id, actor=actor, now=trial.asked_at)
    wish = what_if.asked(drafts_of(trial), months=trial.months, now=trial.asked_at)
    return what_if.found_of(wish, only=only, slice_rows=slice_rows, told=told)


def fail(trial_id: UUID, *, fault: str, now: datetime) -> None:
    with transactions.open():
        trials.end(trial_id, now=now, fault=fault)


def cancel(trial_id: UUID, *, actor: Actor, now: datetime) -> Trial:
    """Stop it before its next slice."""
    reads.trial(trial_id)
    with transactions.open():
        trials.cancel(trial_id, by=actor.id, now=now)
    return reads.trial(trial_id)


def customers_of(view_id: UUID, *, actor: Actor, now: datetime) -> list[UUID]:
    """Who is in a saved list that this person can see; InvalidInput where they are very many."""
    state = views.state_of(views.view_for(actor, view_id))
    read = reading.reading(state, actor=actor, company=companies.current(), now=now)
    found = read.run(f"{read.every()} LIMIT {LISTED_MAX + 1}", read.values)
    if len(found) > LISTED_MAX:
        raise InvalidInput(f"Choose a list of at most {LISTED_MAX} customers.", field="list")
    return [id for (id,) in found]


def drafts_of(trial: Trial) -> list[Draft]:
    return [Draft(**one) for one in trial.drafts]


def found_of(trial: Trial) -> WhatIf | None:
    """What it came to; None while it is not finished."""
    return None if trial.found is None else _read(trial.found)


def told_trial(trial: Trial) -> dict[str, Any]:
    """As other systems read it, without what it found."""
    return {
        "id": trial.public_id, "state": trial.state, "currency": trial.currency.code,
        "months": trial.months, "purchases_done": trial.done, "purchases": trial.whole,
        "asked_by": trial.asked_by, "asked_at": trial.asked_at.isoformat(),
        "ended_at": None if trial.ended_at is None else trial.ended_at.isoformat(),
        "fault": trial.fault,
    }  # fmt: skip


def _kept(found: WhatIf) -> dict[str, Any]:
    price = found.point_minor
    return {
        "currency": found.currency, "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(), "every": found.every, "is_given": found.is_given,
        "price": None if price is None else [price.numerator, price.denominator],
        "money_code": found.money_code, "whole": _kept_sum(found.whole),
        **{name: {key: _kept_sum(one) for key, one in getattr(found, name).items()}
           for name in ("by_month", "by_tier", "by_segment")},
    }  # fmt: skip


def _kept_sum(one: Sum) -> list[Any]:
    return [one.purchases, dict(one.minor), one.points_now, one.points_draft, one.points_given]


def _read(kept: Mapping[str, Any]) -> WhatIf:
    return WhatIf(
        currency=kept["currency"], first_on=date.fromisoformat(kept["first_on"]),
        last_on=date.fromisoformat(kept["last_on"]), every=kept["every"],
        is_given=kept["is_given"], whole=Sum.of(kept["whole"]),
        by_month={key: Sum.of(one) for key, one in sorted(kept["by_month"].items())},
        by_tier={key: Sum.of(one) for key, one in kept["by_tier"].items()},
        by_segment={key: Sum.of(one) for key, one in kept["by_segment"].items()},
        point_minor=None if kept["price"] is None else Fraction(*kept["price"]),
        money_code=kept["money_code"],
    )  # fmt: skip
