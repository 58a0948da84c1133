"""Files on their way in."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli import DONE, ROWS_REFUSED
from clientela.cli.surroundings import (
    EVERYWHERE,
    FLAGS,
    actor,
    answer,
    id_of,
    now,
    say,
    with_database,
)

app = typer.Typer(help="Imports so far.", epilog=EVERYWHERE, no_args_is_help=True)
SOURCE = "import"
NOT_TAKEN = ("rejected", "without_customer")
KINDS_TOLD = (
    "customers, identities, addresses, relations, consents, products, holdings or purchases"
)


def register(app: typer.Typer) -> None:
    app.command("import", epilog=EVERYWHERE)(import_file)


@with_database()
def import_file(
    file: Annotated[Path, typer.Argument(help="A table as text, gzip or not.")],
    kind: Annotated[str, typer.Option("--as", help=f"{KINDS_TOLD}.")],
    *,
    mapping: Annotated[str, typer.Option(help="A saved mapping's name, or a TOML file.")] = "",
    source: Annotated[str, typer.Option(help="The system the file comes from.")] = "",
    data_of: Annotated[
        str, typer.Option("--data-of", help="As of when the file tells, such as 2026-11-20.")
    ] = "",
    said: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Something the mapping says besides, such as dates=day-first, "
            "file.encoding=cp775 or columns.name=Vārds. Any number of times.",
        ),
    ] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Guess the columns, where no mapping is named.")
    ] = False,
    save_as: Annotated[
        str, typer.Option("--save-as", help="Keep the mapping under this name for the next file.")
    ] = "",
    trial: Annotated[
        bool, typer.Option("--trial", help="Say what would happen; write nothing.")
    ] = False,
) -> int:
    """Import a file. The same file again adds nothing, whatever it is called.

    Examples: clientela import customers.csv --as customers --trial
              clientela import till.csv.gz --as purchases --mapping till.toml
              clientela import people.xlsx --as customers --guess --save-as people
    """
    from clientela.flows import import_columns
    from clientela.flows import import_file as flow
    from clientela.imports import queries
    from clientela.imports.rules.mapping_text import with_said

    who = actor()
    who.needs("customers.import")
    at = now()
    text = _mapping_text(mapping)
    if guess and not text:
        text = import_columns.suggested_for(file, kind=_kind(kind), source=source or SOURCE)
    if said:
        text = with_said(text, said)
    batch = flow.receive(
        file, kind=_kind(kind), mapping_text=text, source=source or None,
        actor=who, now=at, data_of=_day(data_of),
    )  # fmt: skip
    if save_as:
        batch = import_columns.describe(
            batch.id, text, actor=who, now=at, save_as=save_as, data_of=_day(data_of)
        )
    step = flow.check if trial else flow.run
    batch = step(batch.id, actor=who, now=at, progress=_progress())
    result = batch.trial if trial else queries.told(batch)
    reasons = queries.reasons(batch.id, is_trial=trial)
    answer(
        {**result, "reasons": [_reason(one) for one in reasons]},
        _words(result) + _reason_lines(reasons),
    )
    return ROWS_REFUSED if any(result[name] for name in NOT_TAKEN) else DONE


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """The latest imports."""
    from clientela.imports import queries

    batches = queries.latest()
    answer(
        [{"batch": one.public_id, "file": one.file_name, "kind": one.kind, "source": one.source,
          "state": one.state, "created_at": one.created_at} for one in batches],
        "\n".join(
            f"{one.public_id}  {one.created_at:%Y-%m-%d %H:%M}  {one.kind}  {one.state}  "
            f"{one.file_name}"
            for one in batches
        ) or "Nothing was imported yet.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def show(batch: str) -> None:
    """What became of one import, and why rows were refused."""
    from clientela.imports import queries

    found = queries.get(id_of("imp", batch))
    is_trial = not found.result
    result = found.trial if is_trial else queries.told(found)
    reasons = queries.reasons(found.id, is_trial=is_trial)
    answer(
        {**result, "state": found.state, "file": found.file_name, "problem": found.problem or None,
         "reasons": [_reason(one) for one in reasons]},
        _words(result) + _reason_lines(reasons),
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
def template(kind: str) -> None:
    """A file with the columns understood without a mapping, and one row as an example."""
    from clientela.imports.templates import template_of

    print(template_of(_kind(kind)), end="")


@app.command(epilog=EVERYWHERE)
@with_database()
def unnamed() -> None:
    """What was sold to unnamed buyers, by source and currency."""
    from dataclasses import asdict

    from clientela.purchases.unnamed import queries

    actor().needs("purchases.view")
    totals = queries.totals()
    answer(
        [asdict(one) for one in totals],
        "\n".join(
            f"{one.source}: {one.sales:,} sales, {_money(one.amount_minor, one.currency)}"
            for one in totals
        ) or "Every sale has a customer.",
    )  # fmt: skip


@app.command("resume", epilog=EVERYWHERE)
@with_database()
def resume(batch: str) -> int:
    """Go on with an import that was stopped, behind the last row that was taken."""
    from clientela.flows import import_file as flow
    from clientela.imports import queries

    who = actor()
    who.needs("customers.import")
    found = queries.get(id_of("imp", batch))
    done = flow.run(found.id, actor=who, now=now(), progress=_progress())
    result = queries.told(done)
    answer(result, _words(result))
    return ROWS_REFUSED if any(result.get(name) for name in NOT_TAKEN) else DONE


@app.command(epilog=EVERYWHERE)
@with_database()
def undo(batch: str) -> int:
    """Undo a whole import. What somebody did something with since stays, and a file names it.

    Examples: clientela imports undo imp_0192f0c4a7d07a1e9d4f5b6c7d8e9f00
    """
    from clientela.flows import undo_import
    from clientela.imports import queries

    who = actor()
    who.needs("customers.undo_import")
    undone = undo_import.undo(queries.get(id_of("imp", batch)).id, actor=who, now=now())
    kept = undo_import.kept_file(undone)
    counts = undone.undo
    lines = [f"{undone.public_id} is undone: " + ", ".join(
        f"{counts.get(name, 0):,} {name}" for name in ("removed", "restored", "reversed", "kept")
    ) + "."]  # fmt: skip
    if kept:
        lines.append(f"What was kept, and why: {kept}")
    answer({"batch": undone.public_id, **counts, "kept_file": str(kept) if kept else None},
           "\n".join(lines))  # fmt: skip
    return DONE


@app.command(epilog=EVERYWHERE)
@with_database()
def stop(batch: str) -> None:
    """Have an import end behind the rows it has in hand; `resume` goes on with it."""
    from clientela.flows import import_file as flow
    from clientela.imports import queries

    who = actor()
    who.needs("customers.import")
    found = flow.stop(queries.get(id_of("imp", batch)).id, now=now())
    answer({"batch": found.public_id, "state": found.state}, f"{found.public_id}: {found.state}")


@app.command(epilog=EVERYWHERE)
@with_database()
def suggest(
    file: Annotated[Path, typer.Argument(help="The file to look at.")],
    kind: Annotated[str, typer.Option("--as", help=f"{KINDS_TOLD}.")],
) -> None:
    """A mapping for a file, guessed from the names of its columns and what stands in them.

    Examples: clientela imports suggest till.csv --as purchases > till.toml
    """
    from clientela.flows import import_columns

    text = import_columns.suggested_for(file, kind=_kind(kind))
    answer({"kind": kind, "mapping": text}, text)


def _kind(kind: str) -> str:
    from clientela.imports.rules.kinds import KINDS

    if kind not in KINDS:
        raise typer.BadParameter(f"one of {', '.join(KINDS)}", param_hint="--as")
    return kind


def _day(written: str) -> datetime | None:
    """The end of that day in the company's zone."""
    if not written:
        return None
    from clientela.staff import company as companies

    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter("a day such as 2026-11-20", param_hint="--data-of") from None
    return datetime.combine(day, time.max, tzinfo=companies.current().zone)


def _mapping_text(mapping: str) -> str:
    """The text of a mapping file, or of a mapping saved under this name."""
    if not mapping:
        return ""
    path = Path(mapping)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    from clientela.imports import queries

    return queries.mapping(mapping).text


def _progress() -> Any:
    """Lines done of lines in all, on a terminal only."""
    if FLAGS.quiet or FLAGS.json or not sys.stderr.isatty():
        return None

    def show_progress(done: int, lines: int) -> None:
        say(f"  {done:,} of {lines:,} lines")

    return show_progress


def _reason(reason: tuple[str, str, int]) -> dict[str, Any]:
    outcome, code, rows = reason
    return {"outcome": outcome, "code": code, "rows": rows}


def _reason_lines(reasons: list[tuple[str, str, int]]) -> str:
    return "".join(f"\n  {code}: {rows:,}" for _, code, rows in reasons)


def _money(minor: int, currency: str) -> str:
    from clientela.platform.money import Money

    return Money(minor, currency).shown("en")


def _words(result: dict[str, Any]) -> str:
    if not result:
        return "Not run yet."
    names = ("new", "changed", "unchanged", "repeated", "overridden", "for_review",
             "without_customer", "rejected")  # fmt: skip
    parts = [f"{result[name]:,} {name.replace('_', ' ')}" for name in names if result.get(name)]
    lines = [f"{result.get('batch')}: {result.get('read', 0):,} rows read: {', '.join(parts)}."]
    for currency, money in result.get("totals", {}).items():
        lines.append(
            f"{_money(money['read_minor'], currency)} read, "
            f"{_money(money['taken_minor'], currency)} taken."
        )
    if result.get("rejects_file"):
        lines.append(f"Rows not taken, with their reasons: {result['rejects_file']}")
    return "\n".join(lines)
