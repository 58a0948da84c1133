"""Trying draft rules at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.files import document
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, say, with_database


def register(app: typer.Typer) -> None:
    app.command("what-if", epilog=EVERYWHERE)(what_if)


@with_database(switch="loyalty")
def what_if(
    file: Annotated[Path, typer.Argument(metavar="RULES", help="TOML or JSON: currency, rules.")],
    months: Annotated[int, typer.Option(help="How many of the last whole months.")] = 12,
    saved: Annotated[str, typer.Option("--list", help="Only who is in this list (lst_…).")] = "",
) -> None:
    """What draft rules would have given for the purchases of past months; nothing is written.

    The file has `currency` and `rules`, each with key, labels and body, as a programme has them.
    A known key replaces that rule, another is added. More than a million purchases are gone through
    slice by slice, and how far it is is said; Ctrl-C stops it.

    Examples: clientela loyalty what-if draft.toml --months 12
              clientela loyalty what-if draft.json --months 3 --json
    """
    from clientela.flows import told_what_if, try_rules
    from clientela.flows import what_if as trying
    from clientela.flows.rules_of_points import Draft

    actor().needs("loyalty.configure")
    drafted = _drafted(file)
    drafts = [
        Draft(drafted.get("currency", ""), one.get("key", ""), one.get("labels", {}),
              one.get("body", {}), one.get("priority", 0))
        for one in drafted["rules"]
    ]  # fmt: skip
    only = None
    if saved:
        view = id_of("lst", saved)
        only = try_rules.customers_of(view, actor=actor(), now=now())
    wish = trying.asked(drafts, months=months, now=now())
    many = try_rules.are_more_than(try_rules.AT_ONCE_MAX, wish)
    found = trying.found_of(
        wish, only=only, slice_rows=try_rules.SLICE if many else None, told=_told if many else None
    )
    told = told_what_if.told(found)
    lines = [_line(one, told["money"]) for one in (*told["by_month"], *told["by_tier"])]
    part = f" (each {told['every']}th purchase)" if told["every"] > 1 else ""
    answer(
        told, "\n".join([*lines, f"{_line({**told['whole'], 'key': 'all'}, told['money'])}{part}"])
    )


def _told(done: int) -> None:
    say(f"{done:,} purchases gone through …")


def _line(one: dict[str, Any], code: str) -> str:
    from clientela.platform.money import Money

    cost = ""
    if one["cost_draft_minor"] is not None:
        more = Money(one["cost_draft_minor"] - one["cost_now_minor"], code)
        cost = f"  {'+' if more.minor > 0 else ''}{more.shown('en')}"
    points = f"{one['points_now']} -> {one['points_draft']} points"
    given = "" if one["points_given"] is None else f", given {one['points_given']}"
    return f"{one['key'] or 'no tier'}  {points}{given}{cost}"


def _drafted(file: Path) -> dict[str, Any]:
    from clientela.platform.errors import InvalidInput

    read = document(file, of="rules")
    if not isinstance(read.get("rules"), list):
        raise InvalidInput(f"{file} holds no rules.", field="file")
    return read
