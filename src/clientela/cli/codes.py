"""Codes of coupon pools at the terminal: generated, imported, written out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.files import text_of
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, say, with_database

app = typer.Typer(help="Codes of coupon pools.", epilog=EVERYWHERE, no_args_is_help=True)
ON = "loyalty"


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def generate(
    pool: str,
    count: int,
    to: Annotated[Path | None, typer.Option(help="Write the codes to this file.")] = None,
) -> None:
    """Make so many codes for a pool, from chance; twelve signs each, the last one a check.

    Examples: clientela loyalty codes generate summer 1000 --to summer.txt
              clientela loyalty codes generate summer 10 --json
    """
    from clientela.flows.coupon_pools import generate_codes

    who = actor()
    who.needs("loyalty.configure")
    file = to.open("x", encoding="utf-8") if to else None
    try:
        made = 0
        shown: list[str] = []
        for codes in generate_codes(pool, count, actor=who, now=now()):
            made += len(codes)
            if file is not None:
                file.writelines(f"{code}\n" for code in codes)
            else:
                shown += codes
            say(f"{made} codes")
    finally:
        if file is not None:
            file.close()
    words = f"{made} codes are in {to}." if to else "\n".join(shown)
    answer({"made": made, "codes": shown}, words)


@app.command("import", epilog=EVERYWHERE)
@with_database(switch=ON)
def import_(pool: str, file: Path) -> None:
    """Take codes into a pool from a file, one a line; lines that cannot be used are told.

    Examples: clientela loyalty codes import summer codes.txt
              clientela loyalty codes import summer codes.txt --json
    """
    from clientela.flows.coupon_pools import import_codes

    who = actor()
    who.needs("loyalty.configure")
    done = import_codes(pool, text_of(file).splitlines(), actor=who, now=now())
    told = [{"line": one.line, "code": one.code, "error": one.error} for one in done.errors]
    lines = [f"line {one.line}: {one.code} {one.error}" for one in done.errors]
    lines.append(f"{done.added} codes added, {len(done.errors)} refused.")
    answer({"added": done.added, "errors": told}, "\n".join(lines))
    if done.errors:
        raise typer.Exit(1)
