"""Tiers at the terminal: the ladders, where a customer stands, and reviews."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from clientela.cli.loyalty import ON, named
from clientela.cli.loyalty import app as points
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database


@points.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def tiers() -> None:
    """The ladders: what they measure, their tiers, and how many customers stand on each.

    Examples: clientela loyalty tiers
              clientela loyalty tiers --json
    """
    from clientela.flows import keep_ladders
    from clientela.loyalty.queries import tiers as queries

    actor().needs("loyalty.view")
    found, lines = [], []
    for ladder in queries.ladders():
        steps = [
            {"key": one.key, "threshold": one.threshold, "factor": str(queries.factor_of(one)),
             "members": one.members}  # type: ignore[attr-defined]
            for one in queries.steps_of(ladder, now=now())
        ]  # fmt: skip
        warned = list(keep_ladders.warnings(ladder))
        review = queries.next_review(ladder)
        found.append({
            "key": ladder.key, "measure": ladder.measure, "window": ladder.time_window,
            "tiers": steps, "next_review": review.isoformat() if review else None,
            "warnings": warned,
        })  # fmt: skip
        lines.append(f"{ladder.key}: {ladder.measure}, {ladder.time_window}")
        lines += [f"  {one['threshold']:>12}  {one['key']}  {one['members']} customers"
                  for one in steps]  # fmt: skip
        lines += [f"  Mind: {code}" for code in warned]
    answer({"items": found}, "\n".join(lines) or "No tiers yet.")


@points.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def standings(customer: str) -> None:
    """Where a customer stands and stood, newest first; by id (cus_…) or phone number.

    Examples: clientela loyalty standings +37126124408
              clientela loyalty standings cus_0190… --json
    """
    from clientela.customers import queries as customers
    from clientela.loyalty.queries import tiers as queries

    actor().needs("loyalty.view")
    family = customers.family_of(customers.the_one(named(customer)).survivor)
    rows = [
        {"id": str(one), "ladder": one.tier_set_id, "tier": one.tier.key,
         "starts_at": one.starts_at.isoformat(),
         "ends_at": one.ends_at.isoformat() if one.ends_at else None,
         "kept_until": one.kept_until.isoformat() if one.kept_until else None,
         "measured": one.measured}
        for one in queries.history_of(family)
    ]  # fmt: skip
    lines = [f"{row['starts_at']}  {row['ladder']}  {row['tier']}  {row['ends_at'] or 'now'}"
             for row in rows]  # fmt: skip
    answer({"items": rows}, "\n".join(lines) or "Never stood on a tier.")


@points.command("review-tiers", epilog=EVERYWHERE)
@with_database(switch=ON)
def review_tiers(
    trial: Annotated[bool, typer.Option(help="Only say who would move.")] = False,
    on: Annotated[str, typer.Option(help="With --trial: as on that day, 2027-01-01.")] = "",
) -> None:
    """Decide the standings whose time is over, and raise whoever reaches more.

    Examples: clientela loyalty review-tiers --trial
              clientela loyalty review-tiers --trial --on 2027-01-01
              clientela loyalty review-tiers --json
    """
    from clientela.flows import review_tiers as reviewing
    from clientela.platform import ids, periods

    who = actor()
    who.needs("loyalty.configure")
    moment, day = now(), periods.parse_date(on, "ymd") if on else None
    decided = reviewing.review_tiers(actor=who, now=moment, is_trial=trial, on=day)
    raised = 0 if trial else reviewing.raise_all(actor=who, now=moment)
    rows: list[dict[str, Any]] = [
        {**asdict(one), "customer_id": ids.public("cus", one.customer_id)} for one in decided
    ]
    lines = [
        f"{row['customer_id']}  {row['way']:5}  {row['before']} -> {row['after'] or 'none'}"
        f"  {row['measured']}"
        for row in rows
    ]
    answer({"decided": rows, "raised": raised, "trial": trial},
           "\n".join([*lines, f"{len(rows)} decided, {raised} raised."]))  # fmt: skip
