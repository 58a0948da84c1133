"""Points by hand, events, caps and pauses at the terminal."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.loyalty import named
from clientela.cli.surroundings import (
    EVERYWHERE,
    actor,
    answer,
    id_of,
    in_batches,
    now,
    say,
    with_database,
)

ON = "loyalty"
ROWS_AT_ONCE = 1_000


def register(app: typer.Typer) -> None:
    for name, command in COMMANDS.items():
        app.command(name, epilog=EVERYWHERE)(command)


@with_database(switch=ON)
def adjust(
    customer: str,
    points: Annotated[int, typer.Argument(help="How many; with -- before it fewer than 0.")],
    reason: Annotated[str, typer.Option(help="goodwill, compensation, correction, missing …")],
    note: Annotated[str, typer.Option(help="In words.")] = "",
    subject: Annotated[str, typer.Option(help="What it is for, such as iss_….")] = "",
) -> None:
    """Give a customer points by hand, or take them.

    Examples: clientela loyalty adjust +37126124408 200 --reason goodwill --note "Late delivery"
              clientela loyalty adjust --reason correction cus_0190… -- -50
    """
    from clientela.flows.grant_points import Wanted, adjust_points

    who = actor()
    who.needs("loyalty.adjust")
    wanted = Wanted(named(customer), points, reason, note, subject=subject)
    done = adjust_points(wanted, actor=who, now=now())
    made = done.adjustment
    waits = f" {made.public_id} waits for a second person." if made.is_open else ""
    answer(
        {"id": made.public_id, "points": made.points, "balance": done.balance,
         "waiting": made.is_open},
        f"{made.points} points, {done.balance} can be used.{waits}",
    )  # fmt: skip


@with_database(switch=ON)
def adjustments() -> None:
    """What waits for a second person.

    Examples: clientela loyalty adjustments
              clientela loyalty adjustments --json
    """
    from clientela.loyalty.queries import granting
    from clientela.platform import ids

    actor().needs("loyalty.adjust")
    rows = [
        {"id": one.public_id, "customer": ids.public("cus", one.customer_id), "points": one.points,
         "reason": one.reason, "note": one.note, "asked_by": one.asked_by}
        for one in granting.adjustments(is_open=True)
    ]  # fmt: skip
    lines = [f"{row['id']}  {row['points']}  {row['reason']}  {row['note']}" for row in rows]
    answer({"items": rows}, "\n".join(lines) or "Nothing waits.")


@with_database(switch=ON)
def decide(
    adjustment: str,
    verdict: Annotated[str, typer.Argument(help="yes or no")],
    note: str = "",
) -> None:
    """Approve or refuse points that somebody else gives or takes.

    Examples: clientela loyalty decide adj_0190… yes
              clientela loyalty decide adj_0190… no --note "Not ours"
    """
    from clientela.flows.grant_points import decide_adjustment
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs("loyalty.decide_adjustment")
    if verdict not in ("yes", "no"):
        raise InvalidInput("Say yes or no.", field="verdict")
    done = decide_adjustment(
        id_of("adj", adjustment), approved=verdict == "yes", note=note, actor=who, now=now()
    )
    state = "approved" if verdict == "yes" else "refused"
    answer({"id": done.adjustment.public_id, "state": state, "balance": done.balance},
           f"{state.capitalize()}. {done.balance} points can be used.")  # fmt: skip


@with_database(switch=ON)
def event(
    name: str,
    customer: str,
    key: Annotated[str, typer.Option(help="What makes it the only one, such as 2026.")],
    source: str = "cli",
) -> None:
    """Record one event, such as birthday or an own one; the same key again changes nothing.

    Examples: clientela loyalty event survey +37126124408 --key survey-17
              clientela loyalty event referral cus_0190… --key friend-4 --json
    """
    from clientela.flows.record_events import Heard, record_events

    who = actor()
    who.needs("loyalty.record_events")
    moment = now()
    heard = Heard(name, source, key, named(customer), moment)
    (outcome,) = record_events([heard], actor=who, now=moment)
    if outcome.error:
        raise outcome.error
    points = sum(given.points for given in outcome.earned)
    answer({"state": outcome.state, "points": points}, f"{outcome.state}: {points} points")


@with_database(switch=ON)
def events(file: Path, source: str = "file") -> None:
    """Record events of a CSV file: event, customer, key, occurred_at. Run again it changes nothing.

    Examples: clientela loyalty events surveys.csv --source survey-tool
              clientela loyalty events reviews.csv --json
    """
    from clientela.flows.record_events import record_events
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs("loyalty.record_events")
    moment = now()
    counted = dict.fromkeys(("new", "known", "conflict", "refused"), 0)
    refused: list[dict[str, Any]] = []
    points = row = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for batch in in_batches(csv.DictReader(lines), ROWS_AT_ONCE):
                heard = [_heard(one, source, moment) for one in batch]
                for outcome in record_events(heard, actor=who, now=moment):
                    row += 1
                    counted[outcome.state] += 1
                    points += sum(
                        given.points for given in outcome.earned if outcome.state == "new"
                    )
                    if outcome.error:
                        refused.append({"row": row + 1, "key": outcome.key,
                                        **outcome.error.as_dict()})  # fmt: skip
                say(f"{row} rows")
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidInput(f"{file} cannot be read: {fault}", field="file") from None
    words = [f"{number} {state}" for state, number in counted.items()]
    answer({**counted, "points": points, "problems": refused},
           "\n".join([*(f"row {one['row']}: {one['detail']}" for one in refused[:20]),
                      f"{', '.join(words)}; {points} points."]))  # fmt: skip
    if refused:
        raise typer.Exit(1)


def _heard(row: dict[str, str], source: str, moment: Any) -> Any:
    from clientela.customers.queries import Reference
    from clientela.flows.record_events import Heard
    from clientela.platform import periods
    from clientela.platform.errors import InvalidInput

    customer, fault, occurred_at = Reference("unreadable", ""), None, moment
    try:
        customer = named(row.get("customer") or "")
        if row.get("occurred_at"):
            occurred_at = periods.parse_instant(row["occurred_at"])
    except InvalidInput as problem:
        fault = problem
    except periods.BadDate as bad:
        fault = InvalidInput(f"{row['occurred_at']} is no instant: {bad}.", field="occurred_at")
    return Heard(row.get("event") or "", source, row.get("key") or "", customer, occurred_at,
                 row.get("subject") or "", fault=fault)  # fmt: skip


@with_database(switch=ON)
def refer(friend: str, referrer: str) -> None:
    """Say who brought a friend; both earn by the programme's rules.

    Examples: clientela loyalty refer +37126124409 +37126124408
              clientela loyalty refer cus_0190… cus_0191… --json
    """
    from clientela.flows.refer_friends import refer_friend

    who = actor()
    who.needs("loyalty.record_events")
    made, is_new = refer_friend(
        friend=named(friend), referrer=named(referrer), actor=who, now=now()
    )
    state = "new" if is_new else "known"
    answer({"id": made.public_id, "state": state}, f"{made.public_id}: {state}")


@with_database(switch=ON)
def pause(
    customer: str,
    cause: Annotated[str, typer.Option(help="Why, in words.")],
    mode: Annotated[str, typer.Option(help="withhold or drop")] = "withhold",
) -> None:
    """Pause earning for one customer: points are withheld until it goes on, or dropped.

    Examples: clientela loyalty pause +37126124408 --cause "Invoice 114 is overdue"
              clientela loyalty pause cus_0190… --cause "Fraud check" --mode drop
    """
    from clientela.cli.loyalty import family
    from clientela.flows.pause_earning import pause_earning

    who = actor()
    who.needs("loyalty.adjust")
    made = pause_earning(family(customer), mode=mode, cause=cause, actor=who, now=now())
    answer({"id": made.public_id, "mode": made.mode}, f"{made.public_id}: paused, {made.mode}.")


@with_database(switch=ON)
def resume(pause: str) -> None:
    """Let earning go on; what was withheld can be used from now on.

    Examples: clientela loyalty resume pse_0190…
              clientela loyalty resume pse_0190… --json
    """
    from clientela.flows.pause_earning import resume_earning

    who = actor()
    who.needs("loyalty.adjust")
    ended, begun = resume_earning(id_of("pse", pause), actor=who, now=now())
    answer({"id": ended.public_id, "begun": begun}, f"Earning goes on; {begun} points begin.")


@with_database(switch=ON)
def caps(ended: Annotated[bool, typer.Option(help="Those that ended too.")] = False) -> None:
    """The most that is earned, by period and rule.

    Examples: clientela loyalty caps
              clientela loyalty caps --ended --json
    """
    from clientela.loyalty.queries import limits

    actor().needs("loyalty.view")
    rows = [_cap(one) for one in limits.listed_caps(ended=ended)]
    answer({"items": rows}, "\n".join(map(_cap_line, rows)) or "There are no caps.")


@with_database(switch=ON)
def cap(  # noqa: PLR0917 - a command's options
    period: Annotated[str, typer.Argument(help="purchase, day, week, month, year, ever, balance")],
    most: int,
    rule: Annotated[str, typer.Option(help="Of one rule; without it of all.")] = "",
    unit: Annotated[str, typer.Option(help="points or times")] = "points",
    mode: Annotated[str, typer.Option(help="trim or reject")] = "trim",
    currency: Annotated[str, typer.Option(help="Where there are several kinds of points.")] = "",
) -> None:
    """Set a cap on what customers earn, from now on.

    Examples: clientela loyalty cap day 500
              clientela loyalty cap year 1 --unit times --rule review --mode reject
    """
    from clientela.flows import bound_earning

    who = actor()
    who.needs("loyalty.configure")
    made = bound_earning.set_cap(
        bound_earning.Wanted(currency, rule, period, most, unit, mode), actor=who, now=now()
    )
    answer(_cap(made), _cap_line(_cap(made)))


@with_database(switch=ON)
def end_cap(number: int) -> None:
    """End a cap; nothing is cut by it any more.

    Examples: clientela loyalty end-cap 3
              clientela loyalty end-cap 3 --json
    """
    from clientela.flows import bound_earning

    who = actor()
    who.needs("loyalty.configure")
    ended = bound_earning.end_cap(number, actor=who, now=now())
    answer(_cap(ended), f"Cap {number} ended.")


def _cap(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "currency": one.currency.code, "rule": one.rule.key if one.rule else None,
        "period": one.period, "most": one.most, "unit": one.unit, "mode": one.mode,
        "ended": one.ended_at is not None,
    }  # fmt: skip


def _cap_line(row: dict[str, Any]) -> str:
    of = f" by {row['rule']}" if row["rule"] else ""
    ended = ", ended" if row["ended"] else ""
    return f"{row['id']}: {row['most']} {row['unit']} per {row['period']}{of}, {row['mode']}{ended}"


COMMANDS: Mapping[str, Callable[..., None]] = {
    "adjust": adjust, "adjustments": adjustments, "decide": decide, "event": event,
    "events": events, "refer": refer, "pause": pause, "resume": resume, "caps": caps, "cap": cap,
    "end-cap": end_cap,
}  # fmt: skip
