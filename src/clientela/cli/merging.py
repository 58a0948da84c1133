"""Merging customers and finding duplicates at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli import DONE, ROWS_REFUSED
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, say, with_database

app = typer.Typer(
    help="Find customers who are written down twice.", epilog=EVERYWHERE, no_args_is_help=True
)
Trial = Annotated[bool, typer.Option("--trial", help="Say what would happen; write nothing.")]


def register(customers: typer.Typer) -> None:
    customers.command("merge", epilog=EVERYWHERE)(merge)
    customers.command("unmerge", epilog=EVERYWHERE)(unmerge)


@with_database()
def merge(
    records: Annotated[
        list[str] | None, typer.Argument(help="Who remains, then who becomes part of it: cus_…")
    ] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option(help="FIELD=survivor, newest, oldest, longest, union or the id of a record."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Many merges: a table with survivor,other[,reason].")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why they are one.")] = "",
    trial: Trial = False,
) -> int:
    """Merge 2 to 50 records into the first, or the pairs of a file. A merge can be taken back.

    Examples: clientela customers merge cus_0190… cus_0191… --choose name=newest --trial
              clientela customers merge --file pairs.csv
    """
    from clientela.platform.errors import InvalidInput

    if file is not None:
        return _merge_file(file, trial=trial)
    if not records or len(records) < 2:
        raise InvalidInput("Name the record that remains and at least one other.")
    return _merge(records, choose or [], reason=reason, trial=trial)


def _merge(records: list[str], choose: list[str], *, reason: str, trial: bool) -> int:
    from clientela.flows.merge_customers import Wish, merge_customers, try_merge
    from clientela.flows.told_merges import merge_of, trial_of
    from clientela.matching.queries import merges

    survivor, *others = (id_of("cus", one) for one in records)
    wish = Wish(survivor, tuple(others), _choices(choose), reason)
    if trial:
        found = trial_of(try_merge(wish, actor=actor()))
        lines = [f"{one['field']}: {one['value']}" for one in found["fields"]]
        lines += [f"comes: {count} {name}" for name, count in found["comes"].items()]
        answer(found, "\n".join(lines))
        return DONE
    done = merge_customers(wish, actor=actor(), now=now())
    answer(
        {"state": done.state, "merge": merge_of(merges.get(done.merge.id))},
        f"{'Merged' if done.state == 'new' else 'Known'}: {done.merge.public_id}",
    )
    return DONE


def _choices(choose: list[str]) -> dict[str, str]:
    from clientela.platform.errors import InvalidInput

    pairs = [one.partition("=") for one in choose]
    if any(not sign for _, sign, _ in pairs):
        raise InvalidInput("Write a choice as FIELD=newest.", field="--choose")
    return {field: way for field, _, way in pairs}


def _merge_file(file: Path, *, trial: bool) -> int:
    from clientela.flows.merge_file import counted, merge_file

    lines = list(merge_file(file, actor=actor(), now=now(), is_trial=trial))
    refused = [
        {"row": line.row, "survivor": line.survivor, "other": line.other, "code": line.code,
         "reason": line.reason}
        for line in lines if line.state == "refused"
    ]  # fmt: skip
    counts = counted(lines)
    answer(
        {**counts, "rows": refused},
        "\n".join([
            f"{counts['new']} merged, {counts['known']} known, {counts['refused']} refused",
            *(f"row {one['row']}: {one['code']}: {one['reason']}" for one in refused[:50]),
        ]),
    )  # fmt: skip
    return ROWS_REFUSED if refused else DONE


@with_database()
def unmerge(
    merge: Annotated[str, typer.Argument(help="The merge, mrg_…")],
    changed: Annotated[
        str, typer.Option(help="Values changed since the merge: keep them, or as before.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why they are two.")] = "",
    trial: Trial = False,
) -> None:
    """Take a merge back: each record stands again with its own values and its own rows.

    Examples: clientela customers unmerge mrg_0190… --trial
              clientela customers unmerge mrg_0190… --changed keep
    """
    from clientela.flows.told_merges import parted_of
    from clientela.flows.unmerge_customers import Parting, try_parting, unmerge_customers

    id = id_of("mrg", merge)
    if trial:
        found = parted_of(try_parting(id, actor=actor()))
        lines = [f"stands again: {one}" for one in found["records"]]
        lines += [f"changed since: {one['field']}: {one['before']} -> {one['now']}"
                  for one in found["changed"]]  # fmt: skip
        lines += [f"stays: {one['name']} {one['subject']}" for one in found["since"]]
        answer(found, "\n".join(lines))
        return
    wish = Parting(id, all_as=changed, reason=reason)
    done = parted_of(unmerge_customers(wish, actor=actor(), now=now()))
    answer(done, "\n".join(f"Stands again: {one}" for one in done["records"]))


@app.command("search", epilog=EVERYWHERE)
@with_database()
def search(
    threshold: Annotated[
        float, typer.Option(help="From this probability on pairs may be accepted together.")
    ] = 0.9,
) -> None:
    """Compare all customers and list the pairs that may be one. Needs the extra dedupe.

    Example: clientela duplicates search
    """
    from clientela.flows import search_duplicates as flow
    from clientela.flows.told_merges import search_of
    from clientela.platform.errors import InvalidInput

    if not 0.5 <= threshold <= 1:
        raise InvalidInput("A probability lies between 0.5 and 1.", field="--threshold")
    begun = flow.begin(threshold=threshold, actor=actor(), now=now())
    say("Comparing all customers …")
    done = flow.run(begun.id, actor=actor(), now=now())
    answer(search_of(done), f"{done.pairs} pairs among {done.records} customers")


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_(
    least: Annotated[float, typer.Option(help="The least probability.")] = 0.0,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
) -> None:
    """Pairs that wait for a decision, the most alike first.

    Example: clientela duplicates list --least 0.9 --json
    """
    from clientela.flows.told_merges import pair_of
    from clientela.matching.queries import pairs

    actor().needs("customers.merge")
    rows = [pair_of(one) for one in pairs.waiting(now=now(), least=least, limit=min(limit, 1_000))]
    answer(rows, "\n".join(map(_line, rows)) or "No pair waits for a decision.")


@app.command("accept", epilog=EVERYWHERE)
@with_database()
def accept(
    least: Annotated[float, typer.Option(help="The least probability, from 0.9 on.")] = 0.99,
    seen: Annotated[
        list[str] | None, typer.Option(help="A pair of the sample you looked at: dup_…, each.")
    ] = None,
    wrong: Annotated[
        list[str] | None, typer.Option(help="A pair of the sample that is two customers.")
    ] = None,
    trial: Trial = False,
) -> int:
    """Merge all pairs that are sure enough, after a look at a sample of them.

    With --trial it tells how many there are, and the sample. Each merge can be taken back.

    Examples: clientela duplicates accept --least 0.99 --trial
              clientela duplicates accept --least 0.99 --seen dup_0190… --seen dup_0191…
    """
    from clientela.flows import accept_duplicates as flow
    from clientela.flows.told_merges import acceptance_of, offered_of

    who, moment = actor(), now()
    who.needs("customers.merge")
    if trial:
        found = offered_of(flow.offered(threshold=least, now=moment))
        lines = [f"{found['pairs']} pairs would be merged; look at these first:"]
        answer(found, "\n".join([*lines, *map(_line, found["sample"])]))
        return DONE
    looked_at, faults = ([id_of("dup", one) for one in some or ()] for some in (seen, wrong))
    if faults:
        flow.refuse(threshold=least, wrong=faults, actor=who, now=moment)
    begun = flow.begin(threshold=least, looked_at=[*looked_at, *faults], actor=who, now=moment)
    done = flow.run(begun.id, actor=who, now=now())
    answer(acceptance_of(done), f"{done.merged} merged, {done.refused} refused")
    return ROWS_REFUSED if done.refused else DONE


def _line(row: dict[str, Any]) -> str:
    first, second = row["customers"]
    return f"{row['id']}  {row['probability']:.4f}  {first}  {second}  {row['weakest']}"
