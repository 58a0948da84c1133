"""Rules of points at the terminal: why, what if, and whether a text can be used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.files import document
from clientela.cli.loyalty import ON
from clientela.cli.loyalty import app as points
from clientela.cli.surroundings import (
    EVERYWHERE,
    actor,
    answer,
    id_of,
    now,
    number_of,
    with_database,
)

if TYPE_CHECKING:
    from clientela.flows.pay_with_money import MoneyWish
    from clientela.flows.pay_with_points import Wish
    from clientela.flows.record_purchases import Bought
    from clientela.flows.rules_of_points import Draft
    from clientela.loyalty.queries.reasons import Reason, Refused

rules = typer.Typer(help="Rules of points.", epilog=EVERYWHERE, no_args_is_help=True)
currencies = typer.Typer(help="Kinds of points.", epilog=EVERYWHERE, no_args_is_help=True)
points.add_typer(rules, name="rules")
points.add_typer(currencies, name="currencies")


@points.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def explain(what: Annotated[str, typer.Argument(help="A posting or a purchase.")]) -> None:
    """Why a posting (pos_…) gave or took what it did, or a purchase (pur_…) earned what it did.

    Examples: clientela loyalty explain pos_4711
              clientela loyalty explain pur_0190… --json
    """
    actor().needs("loyalty.view")
    told = _of_purchase(what) if what.startswith("pur_") else _of_posting(what)
    answer({"items": [row for row, _ in told]}, "\n".join(line for _, line in told))


def _of_posting(posting: str) -> list[tuple[dict[str, Any], str]]:
    from clientela.flows import points as reads

    found = reads.why(number_of("pos", posting))
    row = {
        "posting": found.posting.public_id, "kind": found.posting.kind, "points": found.points,
        "steps": _steps(found.steps), "refused": _refused(found.refused),
    }  # fmt: skip
    total = f"{found.posting.kind}: {found.points} points"
    return [(row, "\n".join([*_lines(found.steps, found.refused), total]))]


def _of_purchase(purchase: str) -> list[tuple[dict[str, Any], str]]:
    from clientela.flows import points as reads
    from clientela.purchases import queries

    found = reads.why_purchase(queries.get(id_of("pur", purchase)), now=now())
    return [
        (
            {"currency": one.currency, "points": one.points, "steps": _steps(one.steps),
             "refused": _refused(one.refused),
             "posting": f"pos_{one.posting_id}" if one.posting_id else None},
            "\n".join([*_lines(one.steps, one.refused), f"{one.currency}: {one.points} points"]),
        )
        for one in found
    ]  # fmt: skip


@points.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def quote(file: Path) -> None:
    """What a purchase would earn, and why; nothing is written. The file is JSON or TOML, with what
    the API takes: customer, purchased_at, total, lines, payments.

    Examples: clientela loyalty quote purchase.json
              clientela loyalty quote purchase.toml --json
    """
    from clientela.flows.quote_points import quote_points
    from clientela.flows.sell import Sale, quote_sale

    who = actor()
    who.needs("loyalty.view")
    body = document(file, of="object")
    bought, wishes = _bought(body), _wishes(body)
    paid: list[dict[str, Any]] = []
    if wishes:
        sold = quote_sale(Sale(bought, wishes), actor=who, now=now())
        currencies = sold.currencies
        paid = [{"means": one.means, "points": one.points, "minor": one.minor,
                 "why": one.why or None} for one in sold.payments]  # fmt: skip
    else:
        currencies = quote_points(bought, now=now()).currencies
    rows = [
        {"currency": one.currency, "points": one.points, "steps": _steps(one.steps),
         "refused": _refused(one.refused)}
        for one in currencies
    ]  # fmt: skip
    lines = [
        line
        for one in currencies
        for line in [*_lines(one.steps, one.refused), f"{one.currency}: {one.points} points"]
    ]
    lines += [f"paid by {one['means']}: {one['points'] or ''} {one['minor']}" for one in paid]
    answer(
        {"currencies": rows, **({"payments": paid} if paid else {})},
        "\n".join(lines) or "There are no points to earn.",
    )


@rules.command("list", epilog=EVERYWHERE)
@with_database(switch=ON)
def listed(currency: Annotated[str | None, typer.Argument(help="Of which points.")] = None) -> None:
    """The rules in the order in which they are computed.

    Examples: clientela loyalty rules list
              clientela loyalty rules list points --json
    """
    from clientela.flows.rule_words import rule_words
    from clientela.loyalty.queries import programme
    from clientela.staff import company

    actor().needs("loyalty.view")
    money = company.current().currency
    rows = [
        {"id": f"rul_{one.id}", "key": one.key, "currency": one.currency.code,
         "priority": one.priority, "version": newest.number, "ended": one.ended_at is not None,
         "sentence": rule_words(newest.body, currency=money, labels=one.labels)}
        for one in programme.rules_of(currency)
        for newest in programme.versions_of(one)[:1]
    ]  # fmt: skip
    lines = [
        f"{row['key']} v{row['version']}{' (ended)' if row['ended'] else ''}: {row['sentence']}"
        for row in rows
    ]
    answer({"items": rows}, "\n".join(lines) or "No rules yet.")


@rules.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def check(file: Path) -> None:
    """Read rules from a file (`rules`, as `loyalty define` takes them) and say what is wrong with
    each, and what to think of before publishing it. Ends with 1 when one cannot be used.

    Examples: clientela loyalty rules check programme.toml
              clientela loyalty rules check rules.json --json
    """
    from clientela.flows import rules_of_points
    from clientela.flows.rule_words import warning
    from clientela.platform.errors import Problem

    actor().needs("loyalty.view")
    rows: list[dict[str, Any]] = []
    for draft in _drafts(document(file, of="object")):
        try:
            found = list(rules_of_points.check(draft, now=now()))
            rows.append({"key": draft.key, "ok": True, "warnings": found, "fault": None})
        except Problem as fault:
            told = fault.as_dict(request_id="")
            rows.append({"key": draft.key, "ok": False, "warnings": [], "fault": told})
    lines = [
        f"{row['key']}: {_fault(row['fault'])}" if not row["ok"]
        else "\n  ".join([f"{row['key']}: can be used", *map(warning, row["warnings"])])
        for row in rows
    ]  # fmt: skip
    answer({"items": rows}, "\n".join(lines) or "There are no rules in it.")
    if not all(row["ok"] for row in rows):
        raise typer.Exit(1)


@currencies.command("list", epilog=EVERYWHERE)
@with_database(switch=ON)
def kinds() -> None:
    """Every kind of points with how it is computed.

    Examples: clientela loyalty currencies list
              clientela loyalty currencies list --json
    """
    from clientela.flows import points_settings

    actor().needs("loyalty.view")
    rows = [
        {"code": one.code, "programme": one.programme_id, "kind": one.kind,
         "rounding": one.rounding, "stack": one.stack, "basis": one.basis, "life": one.life,
         "waits": one.waits}
        for one in points_settings.currencies()
    ]  # fmt: skip
    lines = [
        f"{row['code']}  {row['kind']}  {row['rounding']}  {row['stack']}  {row['programme']}"
        for row in rows
    ]
    answer({"items": rows}, "\n".join(lines) or "No points yet.")


@currencies.command("set", epilog=EVERYWHERE)
@with_database(switch=ON)
def set_(
    code: str,
    values: Annotated[list[str], typer.Argument(help="Such as rounding=half_up or stack=best.")],
    programme: Annotated[str, typer.Option(help="Make it in this programme if it is new.")] = "",
    name: Annotated[str, typer.Option(help="What it is called, in English.")] = "",
) -> None:
    """Change a kind of points, or make one.

    Examples: clientela loyalty currencies set points rounding=half_up stack=best
              clientela loyalty currencies set status kind=status --programme club --name Status
    """
    from clientela.flows import points_settings

    who = actor()
    who.needs("loyalty.configure")
    said = dict(map(_setting, values))
    labels = {"en": name} if name else None
    if programme:
        made = points_settings.make_currency(
            programme=programme, code=code, labels=labels or {"en": code}, values=said, actor=who,
            now=now(),
        )  # fmt: skip
    else:
        made = points_settings.change_currency(
            code, labels=labels, values=said, actor=who, now=now()
        )
    answer({"code": made.code, **{key: getattr(made, key) for key in said}}, f"{made.code} is set.")


def _setting(written: str) -> tuple[str, Any]:
    key, _, value = written.partition("=")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _steps(several: Iterable[Reason]) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule, "version": one.version, "before": one.before, "after": one.after}
        for one in several
    ]


def _refused(several: Iterable[Refused]) -> list[dict[str, Any]]:
    return [
        {"rule": one.rule, "version": one.version, "reason": one.reason} for one in several
    ]  # fmt: skip


def _lines(steps: Iterable[Reason], refused: Iterable[Refused]) -> list[str]:
    from clientela.flows import rule_words

    return [
        *(f"{_name(one)}: {one.before} -> {one.after}" for one in steps),
        *(f"{one.rule} version {one.version}: {rule_words.reason(one.reason)}" for one in refused),
    ]


def _name(one: Reason) -> str:
    """A version by its number; what is no rule, such as what was earned before, has none."""
    return f"{one.rule} version {one.version}" if one.version else one.rule


def _fault(told: Mapping[str, Any]) -> str:
    return f"{told.get('detail') or told.get('title')} ({told.get('field')})"


def _drafts(document: Mapping[str, Any]) -> list[Draft]:
    from clientela.flows.rules_of_points import Draft

    return [
        Draft(
            str(one.get("currency") or document.get("currency", "")), str(one.get("key", "")),
            one.get("labels") or {"en": str(one.get("key", ""))}, one.get("body") or {},
            one.get("priority", 0),
        )
        for one in document.get("rules", [])
    ]  # fmt: skip


def _wishes(body: dict[str, Any]) -> tuple[Wish | MoneyWish, ...]:
    """What of the customer's is to pay for it, as the API takes it."""
    from clientela.flows.pay_with_money import MoneyWish
    from clientela.flows.pay_with_points import Wish
    from clientela.platform.errors import InvalidInput

    found: list[Wish | MoneyWish] = []
    try:
        for one in body.get("payments", ()):
            means, points = str(one.get("means", "points")), one.get("points")
            if means == "points":
                up_to = bool(one.get("up_to", points is None))
                found.append(Wish(points, up_to, str(one.get("reward", ""))))
            else:
                found.append(MoneyWish(means, one.get("minor"), str(one.get("code", ""))))
    except (AttributeError, TypeError, ValueError) as fault:
        raise InvalidInput(f"These are no payments: {fault}.", field="payments") from None
    return tuple(found)


def _bought(body: Mapping[str, Any]) -> Bought:
    """A purchase as the API takes it, in as much as points need of it."""
    from clientela.cli.loyalty import named
    from clientela.flows.record_purchases import Bought
    from clientela.platform import periods
    from clientela.platform.errors import InvalidInput
    from clientela.purchases.actions import NewLine

    try:
        lines = tuple(
            NewLine(
                quantity_milli=int(float(one.get("quantity", 1)) * 1000),
                total_minor=int(one["total_minor"]), product_code=str(one.get("product", "")),
                tax_minor=int(one.get("tax_minor", 0)),
                discount_minor=int(one.get("discount_minor", 0)),
                kind=str(one.get("kind", "")).replace("item", ""),
                tags=tuple(sorted(str(tag).lower() for tag in one.get("tags", ()))),
            )
            for one in body.get("lines", [])
        )  # fmt: skip
        at = body.get("purchased_at")
        return Bought(
            source=str(body.get("source", "quote")), reference=str(body.get("reference", "quote")),
            customer=named(str(body["customer"])),
            purchased_at=periods.parse_instant(str(at)) if at else now(),
            total_minor=int(body["total"]["minor"]), currency=str(body["total"]["currency"]),
            channel=str(body.get("channel", "")), place=str(body.get("place", "")), lines=lines,
            discount_minor=int(body.get("discount_minor", 0)),
            delivery_minor=int(body.get("delivery_minor", 0)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as fault:
        raise InvalidInput(f"This is no purchase: {fault}.", field="file") from None
