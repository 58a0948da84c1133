"""Privacy at the terminal: what is due, the record of processing, periods, a restore's erasures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clientela.cli.customers import app as customers
from clientela.cli.surroundings import (
    EVERYWHERE,
    FLAGS,
    actor,
    answer,
    confirmed,
    id_of,
    now,
    with_database,
)

if TYPE_CHECKING:
    from clientela.flows import erase_customer

app = typer.Typer(
    help="Requests, periods, the record of processing.", epilog=EVERYWHERE, no_args_is_help=True
)
Trial = typer.Option(False, "--trial", help="Only count.")
Out = typer.Option(None, "--out", help="Where to write it; else it is printed.")


@app.command(epilog=EVERYWHERE)
@with_database()
def requests() -> None:
    """What customers asked for by right and nobody has answered, the most urgent first.

    Examples: clientela privacy requests
              clientela privacy requests --json
    """
    from clientela.privacy import queries as privacy

    actor().needs("privacy.view")
    rows = [
        {"id": one.public_id, "customer": f"cus_{one.customer_id.hex}", "kind": one.kind,
         "received_at": one.received_at.isoformat(), "due_on": one.due_on.isoformat()}
        for one in privacy.open_requests()
    ]  # fmt: skip
    words = [f"{row['due_on']}  {row['kind']:<14} {row['customer']}" for row in rows]
    answer(rows, "\n".join(words) or "Nobody waits for an answer.")


@app.command(epilog=EVERYWHERE)
@with_database()
def periods(trial: bool = Trial) -> None:
    """Delete or empty what is older than its period, as each night; `--trial` only counts.

    Examples: clientela privacy periods --trial
              clientela privacy periods --json
    """
    from clientela.flows import keep_periods

    who = actor()
    who.needs("privacy.configure")
    if trial:
        due = keep_periods.due(now=now())
        rows = [
            {"class": one.data_class, "table": one.table, "how": str(one.how), "rows": one.rows,
             "before": one.before.isoformat()}
            for one in due
        ]  # fmt: skip
        words = [f"{row['rows']:>8}  {row['table']}  {row['how']}" for row in rows]
        answer(rows, "\n".join(words) or "Nothing is older than its period.")
        return
    run = keep_periods.run(now=now())
    told = "\n".join(f"{rows:>8}  {table}" for table, rows in run.reached.items())
    answer({"reached": run.reached}, told or "Nothing was older than its period.")


@app.command(epilog=EVERYWHERE)
@with_database()
def register(language: str = "", out: Path | None = Out) -> None:
    """The record of processing, as a document to print.

    Examples: clientela privacy register --out register.html
              clientela privacy register --json
    """
    from clientela.flows import processing_register
    from clientela.staff import company

    actor().needs("privacy.view")
    found = processing_register.register(language=language or company.current().language, now=now())
    html = processing_register.page(found)
    if out is not None:
        out.write_text(html, encoding="utf-8")
        answer({"written": str(out)}, f"Written to {out}.")
    else:
        answer(found, html)


@app.command(epilog=EVERYWHERE)
@with_database(owner=True)
def replay(path: Path) -> None:
    """Erase again whoever the list of erasures names; a restore does it by itself.

    Examples: clientela privacy replay .home/backups/erasures.jsonl
    """
    from clientela.flows import erase_customer
    from clientela.flows.erasing import listed

    actor().needs("privacy.decide")
    when = now()
    again = sum(erase_customer.erase_again(line, now=when) for line in listed.read(path))
    answer({"erased": again}, f"{again} customers were erased again.")


@customers.command("access-package", epilog=EVERYWHERE)
@with_database()
def access_package(customer: str, out: Path | None = None, language: str = "") -> None:
    """Everything held about a customer: a ZIP with data and a readable page, or JSON.

    Examples: clientela customers access-package cus_0190… --out anna.zip
              clientela customers access-package cus_0190… --language lv --json
    """
    from clientela.flows import access_package as packing

    who = actor()
    who.needs("privacy.decide")
    package = packing.access_package(
        id_of("cus", customer), language=language, actor=who, now=now(), channel="cli"
    )
    if out is None and not FLAGS.json:
        out = Path(f"{package.name}.zip")
    if out is not None:
        out.write_bytes(package.packed())
        answer({"written": str(out)}, f"Written to {out}.")
    else:
        answer(package.data, "")


@customers.command(epilog=EVERYWHERE)
@with_database()
def erase(customer: str, only: str = "", trial: bool = False) -> None:
    """Erase a customer, whole or only some classes of data; `--trial` lists what it would reach.

    Examples: clientela customers erase cus_0190… --trial
              clientela customers erase cus_0190… --only contact,behaviour --yes
    """
    from clientela.flows import erase_customer

    who, classes = actor(), tuple(filter(None, only.split(",")))
    who.needs("privacy.decide")
    plan = erase_customer.tried(id_of("cus", customer), classes, now=now())
    if trial:
        answer(_reached(plan), _planned(plan))
        return
    if not confirmed(f"{_planned(plan)}\nThis cannot be undone. Go on?"):
        raise typer.Exit(3)
    outcome = erase_customer.erase_customer(plan.family[0], classes=classes, actor=who, now=now())
    done = outcome.erasure.reached if outcome.erasure else {}
    until = outcome.restriction.until_on if outcome.restriction else None
    answer({"state": outcome.state, "reached": done, "until": until}, outcome.state.capitalize())


@customers.command(epilog=EVERYWHERE)
@with_database()
def choices(customer: str, send: bool = False) -> None:
    """The link to the customer's own page of choices; `--send` writes it to them.

    Examples: clientela customers choices cus_0190…
              clientela customers choices cus_0190… --send
    """
    from clientela.flows import choices as choosing

    who = actor()
    who.needs("privacy.record")
    id = id_of("cus", customer)
    link = choosing.link_for(id, now=now())
    if send:
        letter = choosing.send_link(id, actor=who, now=now())
        answer({"link": link, "letter": letter.public_id}, f"Sent to {letter.recipient}.")
    else:
        answer({"link": link}, link)


def _reached(plan: erase_customer.Plan) -> dict[str, object]:
    return {
        "reached": [
            {"table": one.table, "class": one.data_class, "how": str(one.how), "rows": one.rows}
            for one in plan.reached
        ],
        "fields": list(plan.fields),
        "kept": [{"why": str(one.words), "count": one.count, "until": one.until_on}
                 for one in plan.kept],
    }  # fmt: skip


def _planned(plan: erase_customer.Plan) -> str:
    lines = [f"{one.rows:>7}  {one.table}  {one.how}" for one in plan.reached]
    lines += [f"kept by: {one.words} ({one.count}), until {one.until_on}" for one in plan.kept]
    return "\n".join(lines)
