"""Lists of customers at the terminal: filtered, or as they were saved."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from clientela.cli import DONE, ROWS_REFUSED
from clientela.cli.surroundings import (
    EVERYWHERE,
    actor,
    answer,
    confirmed,
    id_of,
    now,
    with_database,
)


def register(app: typer.Typer) -> None:
    """Commands of `clientela customers`."""
    app.command("list", epilog=EVERYWHERE)(list_)
    app.command("views", epilog=EVERYWHERE)(views)
    app.command("change", epilog=EVERYWHERE)(change)
    app.command("timeline", epilog=EVERYWHERE)(timeline)
    app.command("quality", epilog=EVERYWHERE)(quality)
    app.command("undo-change", epilog=EVERYWHERE)(undo_change)


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


@with_database()
def quality(
    *, count: Annotated[bool, typer.Option("--count", help="Count anew first.")] = False
) -> None:
    """How complete, valid, fresh and reachable the records are.

    Examples: clientela customers quality --count
              clientela customers quality --json
    """
    from clientela.flows.lists import quality as flow
    from clientela.staff import company

    who = actor()
    who.needs(flow.RIGHT)
    if count:
        flow.count_all(now=now())
    figures = flow.figures_for(who, company=company.current())
    answer(
        [{"measure": one.measure, "type": one.profile_type, "field": one.field,
          "count": one.count, "whole": one.whole, "counted_at": one.counted_at}
         for one in figures],
        "\n".join(
            f"{one.measure:<12} {one.profile_type} {one.field}".rstrip()
            + f": {one.count:,} of {one.whole:,}"
            for one in figures
        ) or "Not counted yet; --count counts.",
    )  # fmt: skip


@with_database()
def timeline(
    customer: Annotated[str, typer.Argument(help="A customer's id, cus_….")],
    *,
    programme: Annotated[str, typer.Option(help="record, purchases, points, issues, …")] = "",
    channel: Annotated[str, typer.Option(help="phone, email, shop, …")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """What happened to a customer, newest first, over all programmes.

    Examples: clientela customers timeline cus_0190…
              clientela customers timeline cus_0190… --programme issues --json
    """
    from clientela.customers import queries as customers
    from clientela.flows import timeline as flow

    who = actor()
    who.needs("customers.view")
    named = customers.Reference("id", str(id_of("cus", customer)))
    family = customers.family_of(customers.the_one(named).survivor)
    sought = flow.sought_by(who, part=programme, channel=channel)
    entries = flow.page_of(family, sought=sought, limit=limit)[0] if sought else []
    answer(
        [{name: one[name] for name in ("occurred_at", "name", "subject", "text", "actor")}
         for one in entries],
        "\n".join(f"{one['occurred_at']:%Y-%m-%d %H:%M}  {one['text']}" for one in entries)
        or "Nothing has happened.",
    )  # fmt: skip


@with_database()
def change(
    setting: Annotated[str, typer.Argument(help="FIELD=VALUE, tags.put=NAME or tags.take=NAME.")],
    *,
    view: Annotated[str, typer.Option(help="A saved list, by its name or id.")] = "",
    filter: Annotated[str, typer.Option(help="A condition as JSON.")] = "",  # noqa: A002
    kind: Annotated[str, typer.Option(help="A profile type.")] = "",
    trial: Annotated[
        bool, typer.Option("--trial", help="Say what would happen; write nothing.")
    ] = False,
) -> int:
    """Change one field of everybody in a list; it can be taken back within thirty days.

    Examples: clientela customers change segment=gold --view "Riga" --trial
              clientela customers change tags.put=VIP --view "Riga" --yes
              clientela customers change language=lv --kind person --yes
    """
    from clientela.flows.lists import bulk
    from clientela.flows.lists.state import ListState, of_query

    who, at = actor(), now()
    target, mark, value = setting.partition("=")
    if not mark:
        raise typer.BadParameter("write FIELD=VALUE", param_hint="SETTING")
    asked = {name: given for name, given in (("filter", filter), ("kind", kind)) if given}
    state = of_query(asked, _saved(view, who) if view else ListState())
    asked_for = bulk.ask(state, target=target, value=_value(value), actor=who, now=at)
    done = bulk.check(asked_for.id, actor=who, now=at)
    ready = done.counts.get("ready", 0)
    if not trial and ready and confirmed(f"Change {target} of {ready:,} customers?"):
        done = bulk.run(done.id, actor=who, now=at)
    return _answered(done)


@with_database()
def undo_change(change: str) -> int:
    """Take a change of a list back; what somebody touched since is kept, and counted."""
    from clientela.flows.lists import bulk

    who = actor()
    who.needs(bulk.RIGHT)
    return _answered(bulk.undo(id_of("chg", change), actor=who, now=now()))


def _value(written: str) -> Any:
    """JSON where it is, such as a list or an amount; else the text itself."""
    try:
        found = json.loads(written)
    except ValueError:
        return written or None
    return found if isinstance(found, dict | list) else written


def _answered(change: Any) -> int:
    counts = ", ".join(f"{count:,} {name}" for name, count in sorted(change.counts.items()))
    answer(
        {"id": change.public_id, "state": change.state, "field": change.target,
         "value": change.value, "counts": change.counts},
        f"{change.public_id}  {change.state}: {counts or 'nobody'}",
    )  # fmt: skip
    return ROWS_REFUSED if change.counts.get("refused") else DONE


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
