"""Products at the terminal, and what the codes of sources mean."""

from __future__ import annotations

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="Products, and codes of sources.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_products(search: str = "", kind: str = "") -> None:
    """Products by name, at most 200; found by a part of the name or the beginning of the code.

    Examples: clientela products list
              clientela products list --search fridge --json
    """
    from clientela.products import queries

    actor().needs("products.view")
    rows = [
        {"code": row.code, "name": row.name, "kind": row.kind_id, "form": row.form,
         "price_minor": row.price_minor, "currency": row.currency,
         "retired": row.retired_at is not None}
        for row in queries.catalogue_page(query=search, kind=kind, limit=200)
    ]  # fmt: skip
    words = [f"{row['code']:<24} {row['kind']:<18} {row['name']}"
             f"{'  (not sold any more)' if row['retired'] else ''}" for row in rows]  # fmt: skip
    answer(rows, "\n".join(words) or "No product is like this.")


@app.command(epilog=EVERYWHERE)
@with_database()
def save(
    code: str, name: str = "", kind: str = "", successor: str = "", retired: bool = False
) -> None:
    """Create a product by its code, or bring it up to date; what is not said stays.

    Examples: clientela products save ZN-1 --name "Fridge ZN-1" --kind fridge
              clientela products save ZN-1 --successor ZN-2 --retired
    """
    from clientela.flows.keep_catalogue import Told, keep_product

    actor().needs("products.edit")
    told = Told(
        code, name=name or None, kind=kind or None, successor=successor or None,
        retired=retired or None,
    )  # fmt: skip
    product, state = keep_product(told, now=now())
    answer({"id": product.public_id, "code": product.code, "state": state},
           f"{product.code}: {state}.")  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def statuses(source: str = "") -> None:
    """What codes of sources mean, of one source or of all.

    Examples: clientela products statuses --source core-banking
    """
    from clientela.products import queries

    actor().needs("products.view")
    rows = [{"source": row.source, "kind": row.kind_id, "code": row.code, "status": row.status}
            for row in queries.status_maps(source=source)]  # fmt: skip
    words = [f"{row['source']:<20} {row['kind'] or 'every kind':<18} {row['code']:<10} "
             f"{row['status']}" for row in rows]  # fmt: skip
    answer(rows, "\n".join(words) or "No code is mapped yet.")


@app.command("map-status", epilog=EVERYWHERE)
@with_database()
def map_status(source: str, code: str, status: str, kind: str = "") -> None:
    """Say what a code of a source means: applied, approved, active, dormant, overpaid, matured,
    closed or written_off; for one kind of product, or for all.

    Examples: clientela products map-status core-banking D dormant --kind mortgage
    """
    from clientela.flows import keep_catalogue

    who = actor()
    who.needs("products.edit")
    row, state = keep_catalogue.map_status(
        source=source, kind=kind, code=code, status=status, actor=who, now=now()
    )
    answer({"source": row.source, "code": row.code, "status": row.status, "state": state},
           f"{row.source} {row.code} means {row.status}.")  # fmt: skip
