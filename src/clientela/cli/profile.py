"""Profile types at the terminal: packs loaded, written and checked, customers moved."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli import DONE, REFUSED
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, say, with_database

if TYPE_CHECKING:
    from clientela.flows.packs.loading import Line
    from clientela.flows.packs.reading import Pack
    from clientela.flows.shapes.retyping import Preview

app = typer.Typer(
    help="Say what is known of customers: profile types and fields, by file.", epilog=EVERYWHERE,
    no_args_is_help=True,
)  # fmt: skip
FromDay = Annotated[
    str, typer.Option("--from", help="A day: rules that customers do not fit hold from then on.")
]


@app.command(epilog=EVERYWHERE)
@with_database()
def load(pack: str, start: FromDay = "") -> None:
    """Load a pack: a shipped one by name (bank, telecom, appliances, cars, retail), or a file.

    Loading it again changes nothing. A rule that customers would not fit is refused, with a count.

    Examples: clientela profile load bank
              clientela profile load ours.toml --from 2027-01-01
    """
    from clientela.flows.packs import loading, reading

    read = reading.read(reading.text_of(pack))
    lines = loading.load(read, on=_day(start), actor=actor(), now=now())
    _tell(lines)


@app.command(epilog=EVERYWHERE)
@with_database()
def check(pack: str) -> int:
    """Say what loading a pack would do, and change nothing.

    Example: clientela profile check ours.toml --json
    """
    from clientela.flows.packs import loading, reading

    lines = loading.check(reading.read(reading.text_of(pack)), actor=actor(), now=now())
    _tell(lines)
    return REFUSED if any(line.state == "refused" for line in lines) else DONE


@app.command(epilog=EVERYWHERE)
@with_database()
def dump(
    types: Annotated[list[str] | None, typer.Argument(help="Profile types; all of them.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; else the screen.")] = None,
) -> None:
    """Write profile types, fields and kinds of products as a pack, which `load` reads again.

    Examples: clientela profile dump > ours.toml
              clientela profile dump person --out person.toml
    """
    from clientela.flows.packs import writing

    actor().needs("customers.view")
    text = writing.dump(types or ())
    if out is None:
        answer({"pack": text}, text.rstrip())
        return
    out.write_text(text, encoding="utf-8")
    say(f"Written to {out}.")


@app.command(epilog=EVERYWHERE)
@with_database()
def packs() -> None:
    """List the packs that come with the product.

    Example: clientela profile packs
    """
    from clientela.flows.packs import reading

    found = [_pack(name, reading.read(reading.text_of(name))) for name in reading.shipped()]
    answer(found, "\n".join(one["words"] for one in found))


def _pack(name: str, pack: Pack) -> dict[str, Any]:
    keys, count = [kind.key for kind in pack.types], sum(len(kind.fields) for kind in pack.types)
    label = pack.labels.get("en", name)
    words = f"{name:<12} {label}: {count} fields of {', '.join(keys)}; {len(pack.kinds)} products"
    return {"name": name, "label": label, "types": keys, "fields": count,
            "kinds": len(pack.kinds), "words": words}  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def types() -> None:
    """List the profile types with their fields.

    Example: clientela profile types --json
    """
    from clientela.customers.definitions import queries
    from clientela.platform import labels

    actor().needs("customers.view")
    found: list[dict[str, Any]] = [
        {"key": kind.key, "label": labels.in_words(kind.labels, "en"), "party": kind.party,
         "retired": kind.retired_at is not None, "fields": queries.described(kind)}
        for kind in queries.types()
    ]  # fmt: skip
    answer(
        found,
        "\n".join(
            f"{one['key']:<16} {one['label']}{' (retired)' if one['retired'] else ''}: "
            + ", ".join(field["key"] for field in one["fields"])
            for one in found
        ),
    )


@app.command(epilog=EVERYWHERE)
@with_database()
def move(
    customer: str,
    to: Annotated[str, typer.Argument(help="The key of the profile type.")],
    drop: Annotated[
        list[str] | None, typer.Option(help="A field whose value may go; several times.")
    ] = None,
    give: Annotated[
        list[str] | None, typer.Option(help="A value for the new type, KEY=VALUE; several times.")
    ] = None,
    trial: Annotated[bool, typer.Option("--trial", help="Only say what would not fit.")] = False,
) -> int:
    """Move a customer to another profile type; first see what would become invalid.

    Examples: clientela profile move cus_0190… company --trial
              clientela profile move cus_0190… company --drop birth_date --give city=Riga
    """
    from clientela.flows.shapes import retyping

    who, id = actor(), id_of("cus", customer)
    who.needs("customers.edit")
    said: dict[str, Any] = {
        "values": _values(give or []), "drop": drop or [], "actor": who, "now": now(),
    }  # fmt: skip
    if trial:
        seen = retyping.preview(id, to, **said)
        _preview(seen)
        return DONE if seen.is_clean else REFUSED
    retyping.move(id, to, **said)
    answer({"customer": customer, "type": to}, f"{customer} is of the type {to} now.")
    return DONE


def _preview(seen: Preview) -> None:
    from clientela.customers.faults import sentence

    invalid = [{"field": fault.field, "code": fault.code} for fault in seen.invalid]
    told = [f"{key}: the type {seen.to.key} has no such field." for key in sorted(seen.lost)]
    told += [f"{fault.field}: {sentence(fault)}" for fault in seen.invalid]
    answer(
        {"type": seen.to.key, "kept": json.loads(json.dumps(seen.kept, default=str)),
         "lost": sorted(seen.lost), "invalid": invalid},
        "\n".join(told) or "Everything fits.",
    )  # fmt: skip


def _values(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if bad := [key for key, sign, _ in pairs if not sign]:
        raise typer.BadParameter(f"write {bad[0]}=VALUE")
    return {key.strip(): value for key, _, value in pairs}


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise typer.BadParameter("write the day as 2027-02-01") from None


def _tell(lines: list[Line]) -> None:
    counted = {
        state: sum(line.state == state for line in lines)
        for state in ("new", "changed", "unchanged", "checking", "refused")
    }
    told = [
        {"what": line.what, "name": line.name, "state": line.state, "members": list(line.members),
         "offenders": line.offenders}
        for line in lines
    ]  # fmt: skip
    words = [
        f"{line.state:<10} {line.what:<6} {line.name}"
        + (f"  {', '.join(line.members)}" if line.members else "")
        + (f"  {line.offenders} customers do not fit" if line.offenders else "")
        for line in lines
        if line.state != "unchanged"
    ]
    summary = ", ".join(f"{count} {state}" for state, count in counted.items() if count)
    answer({"lines": told, **counted}, "\n".join([*words, summary or "The pack is empty."]))
