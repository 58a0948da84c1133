"""Data taken out as a file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from clientela.cli import DONE
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database


def register(app: typer.Typer) -> None:
    app.command("export", epilog=EVERYWHERE)(export)


@with_database()
def export(
    what: Annotated[
        str, typer.Argument(help="customers, products, holdings, purchases, or a cus_… id.")
    ],
    *,
    view: Annotated[str, typer.Option(help="A saved view's id, lst_…: its list.")] = "",
    form: Annotated[str, typer.Option("--format", help="csv, xlsx, parquet or jsonl.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="The file to write; else one of ours.")] = None,
    source: Annotated[str, typer.Option(help="Whose ids name the customers.")] = "import",
    reason: Annotated[str, typer.Option(help="Why; it is kept in the log.")] = "command line",
) -> int:
    """Write customers, products, holdings or purchases to a file that an import takes as it is.

    Examples: clientela export customers --out customers.csv --reason "move to another system"
              clientela export customers --view lst_0192f0c4a7d07a1e9d4f5b6c7d8e9f00 --format xlsx
    """
    from clientela.flows import export_records

    who, at = actor(), now()
    asked = export_records.ask(
        view or what, form=form, reason=reason, asked={"source": source}, actor=who, now=at
    )
    done = export_records.carry_out(asked.id, actor=who, now=at)
    path = done.file
    if out is not None:
        shutil.copyfile(done.file, out)
        path = out
    answer(
        {"export": done.public_id, "what": done.what, "rows": done.rows, "file": str(path),
         "columns": done.columns},
        f"{done.rows:,} rows: {path}",
    )  # fmt: skip
    return DONE
