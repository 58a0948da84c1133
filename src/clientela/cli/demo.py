"""The demo company."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli import DONE, REFUSED
from clientela.cli.surroundings import EVERYWHERE, answer, confirmed, database, now, say

if TYPE_CHECKING:
    from clientela.flows.demo.load import Loaded


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(demo)


def demo(
    customers: Annotated[int, typer.Option(min=10, max=1_000_000)] = 2_000,
    seed: Annotated[int, typer.Option()] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="Take all of it away again.")] = False,
    only_if_empty: Annotated[bool, typer.Option("--only-if-empty", hidden=True)] = False,
) -> int:
    """Load the demo company, or remove every trace of it. Real customers are never touched.

    Examples: clientela demo
              clientela demo --customers 20000 --seed 7
              clientela demo --remove --yes
    """
    with database("demo", owner=True):
        if only_if_empty and _is_others():
            return DONE
        return _remove() if remove else _load(customers, seed)


def _is_others() -> bool:
    """Whether somebody else's data is here: people or customers, and no demo company."""
    from clientela.customers.models import Customer
    from clientela.flows.demo import mark
    from clientela.staff import queries

    if mark.read() is not None:
        return False
    return queries.anybody_is_there() or Customer.objects.exists()


def _load(customers: int, seed: int) -> int:
    from clientela.flows.demo.load import load

    began = time.monotonic()
    loaded = load(customers=customers, seed=seed, now=now())
    took = time.monotonic() - began
    say(f"The demo company is loaded in {took:.1f} s.")
    answer(asdict(loaded), _words(loaded))
    return DONE


def _words(loaded: Loaded) -> str:
    lines = [
        f"{loaded.customers:,} customers, {loaded.holdings:,} holdings, {loaded.purchases:,} "
        f"purchases, {loaded.returns:,} returns.",
        "Sign in as:",
        *(f"  {login.email}  {loaded.password}  ({login.role})" for login in loaded.logins),
    ]
    if loaded.key:
        lines.append(f"  API key: {loaded.key}")
    return "\n".join(lines)


def _remove() -> int:
    from clientela.flows.demo.remove import remove

    if not confirmed("Remove the demo company with all its customers?"):
        say("Nothing was removed; say --yes to remove it.")
        return REFUSED
    rows = remove(now=now())
    answer({"removed": rows}, f"Removed {rows} rows of the demo company.")
    return DONE
