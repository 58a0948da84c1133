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
        if remove:
            return _remove()
        if only_if_empty:
            return _load_where_it_fits(customers, seed)
        return _load(customers, seed)


def _load_where_it_fits(customers: int, seed: int) -> int:
    """Where somebody else's data is, nothing; the demo that is there already stays as it is."""
    from clientela.customers.models import Customer
    from clientela.flows.demo.load import loaded
    from clientela.staff import queries

    if there := loaded():
        return _load(there.customers, there.seed)
    if queries.anybody_is_there() or Customer.objects.exists():
        return DONE
    return _load(customers, seed)


def _load(customers: int, seed: int) -> int:
    from clientela.flows.demo.load import load

    began = time.monotonic()
    loaded = load(customers=customers, seed=seed, now=now())
    took = time.monotonic() - began
    say(f"The demo company is loaded in {took:.1f} s.")
    answer(asdict(loaded), _words(loaded))
    return DONE


def _words(loaded: Loaded) -> str:
    figures = (
        f"{loaded.customers:,} customers, {loaded.holdings:,} holdings, {loaded.purchases:,} "
        f"purchases, {loaded.returns:,} returns."
    )
    logins = [f"  {login.email}  {login.password}  ({login.role})" for login in loaded.logins]
    key = [f"  API key: {loaded.key}"] if loaded.key else []
    return "\n".join([figures, "Sign in as:", *logins, *key])


def _remove() -> int:
    from clientela.flows.demo.remove import remove

    if not confirmed("Remove the demo company with all its customers?"):
        say("Nothing was removed; say --yes to remove it.")
        return REFUSED
    removed = remove(now=now())
    answer(asdict(removed), f"Removed {removed.rows:,} rows of the demo company.")
    return DONE
