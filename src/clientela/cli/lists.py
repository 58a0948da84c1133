"""Lists of customers at the terminal: filtered, or as they were saved."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database


def register(app: typer.Typer) -> None:
    """Commands of `clientela customers`."""
    app.command("list", epilog=EVERYWHERE)(list_)
    app.command("views", epilog=EVERYWHERE)(views)


@with_database()
def list_(
    *,
    view: Annotated[str, typer.Option(help="A saved list, by its name or id.")] = "",
    filter: Annotated[str, typer.Option(help="A condition as JSON.")] = "",  # noqa: A002
    kind: Annotated[str, typer.Option(help="A profile type.")] = "",
    sort: Annotated[str, typer.Option(help="A fact; - before it from the highest down.")] = "",
    fields: Annotated[str, typer.Option(help="Facts to show, with commas between them.")] = "",
    after: Annotated[str, typer.Option(help="`next` of the page before.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """A page of customers, by a filter or a saved view.

    Examples: clientela customers list --view "Riga, mortgage ends soon"
              clientela customers list --filter '{"fact": "customer.city", "op": "is_not_set"}'
              clientela customers list --sort=-customer.since --fields customer.city --json
    """
    from clientela.flows.lists import reading
    from clientela.flows.lists.state import ListState, of_query
    from clientela.staff import company

    who = actor()
    who.needs("customers.view")
    given = {"filter": filter, "kind": kind, "sort": sort, "columns": fields}
    asked = {name: value for name, value in given.items() if value}
    state = of_query(asked, _saved(view, who) if view else ListState(columns=()))
    page = reading.reading(state, actor=who, company=company.current(), now=now()).page(
        after=after, limit=limit
    )
    rows: list[dict[str, Any]] = [
        {"id": row.public_id, "number": row.number, "name": row.name, "type": row.kind,
         "values": {key: reading.as_json(value) for key, value in row.values.items()
                    if value is not None}}
        for row in page.rows
    ]  # fmt: skip
    answer({"items": rows, "next": page.after}, _words(rows, page.after))


@with_database()
def views() -> None:
    """Saved lists that you may read."""
    from clientela.flows.lists import views as saved

    who = actor()
    who.needs("customers.view")
    found = saved.views_for(who)
    answer(
        [{"id": one.public_id, "name": one.name, "sharing": one.sharing, "role": one.role,
          "default_for": one.default_for, "state": one.state} for one in found],
        "\n".join(f"{one.public_id}  {one.sharing:<9} {one.name}" for one in found)
        or "No list was saved yet.",
    )  # fmt: skip


def _saved(name: str, who: Any) -> Any:
    """The state of a view, without columns that are not for this reader."""
    from clientela.flows.lists import views as saved
    from clientela.flows.lists.known import known
    from clientela.staff import company
    from clientela.ui.queries import NoSuchView

    if name.startswith("lst_"):
        view = saved.view_for(who, id_of("lst", name))
    else:
        named = [one for one in saved.views_for(who) if one.name.casefold() == name.casefold()]
        if not named:
            raise NoSuchView(f"There is no view {name}; `clientela customers views` lists them.")
        view = named[0]
    state = saved.state_of(view)
    return saved.seen(state, known(who, company=company.current(), kind=state.kind))


def _words(rows: list[dict[str, Any]], following: str | None) -> str:
    if not rows:
        return "Nobody is in this list."
    lines = [
        "  ".join([row["id"], str(row["number"]), row["name"], *map(str, row["values"].values())])
        for row in rows
    ]
    return "\n".join([*lines, *([f"More: --after {following}"] if following else [])])
