"""Backups: made, listed, proved by restoring them, and restored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli import DAMAGE, DONE, REFUSED
from clientela.cli.surroundings import EVERYWHERE, answer, confirmed, now, say
from clientela.platform import home as homes

if TYPE_CHECKING:
    from clientela.flows.backups import Listed, Outcome
    from clientela.platform.home import Home

app = typer.Typer(help="Backups of everything.", epilog=EVERYWHERE, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(restore)


@app.command("now", epilog=EVERYWHERE)
def now_(
    keep: Annotated[int, typer.Option(min=1, max=1000, help="How many backups to keep.")] = 7,
) -> int:
    """Back up the database, files and keys; from then on the log is copied without a pause.

    Examples: clientela backup now
              clientela backup now --keep 14 --json
    """
    from clientela.platform.backups.make import make

    made = make(homes.current(), keep=keep, now=now())
    keys = _keys_outside(homes.current())
    answer(
        {"id": made.id, "made_at": made.made_at, "bytes": made.bytes, "folder": str(made.folder),
         "sealing_keys": keys or "in the backup"},
        f"{made.id}: {_size(made.bytes)} in {made.folder}"
        + (f"\nThe keys of sensitive fields are not in it: keep a copy of {keys}." if keys else ""),
    )  # fmt: skip
    return DONE


@app.command("list", epilog=EVERYWHERE)
def list_() -> int:
    """Every finished backup: when, how large, how far it restores, and whether it was proved."""
    from clientela.flows import backups

    found = backups.listed(homes.current(), now=now())
    answer(
        [backups.as_json(one) for one in found],
        "\n".join(map(_line, found)) or "There is no backup yet: clientela backup now makes one.",
    )
    return DAMAGE if any(one.state != "good" for one in found) else DONE


@app.command(epilog=EVERYWHERE)
def prove(
    backup: Annotated[str, typer.Argument(help="Its id; the newest by default.")] = "",
) -> int:
    """Restore a backup elsewhere, verify it, throw it away; exit code 6 when it is damaged.

    Examples: clientela backup prove
    """
    from clientela.flows import backups

    proof = backups.prove(homes.current(), id=backup, now=now())
    well = f"{proof.backup} was restored up to {proof.as_of} and verified in {proof.seconds} s."
    answer(
        backups.as_json(proof),
        well if proof.ok else "\n".join([f"{proof.backup} is NOT well:", *proof.faults]),
    )
    return DONE if proof.ok else DAMAGE


def restore(
    to: Annotated[
        str, typer.Option(help="An instant with its zone: 2026-11-25T14:03:00+02:00.")
    ] = "",
    trial: Annotated[
        bool, typer.Option("--trial", help="Change nothing; say what would be.")
    ] = False,
) -> int:
    """Restore the newest state there is, or that of an instant. What is there now is kept aside.

    Refuses while Clientela runs. Restores in a folder beside, verifies it, says what would be lost,
    and asks before it takes the place of the old one.

    Examples: clientela restore
              clientela restore --to 2026-11-25T14:03:00+02:00
    """
    from clientela.flows import backups

    home, instant = homes.current(), _instant(to)
    outcome = backups.bring_back(home, to=instant, is_trial=trial, agreed=_agreed, now=now())
    answer(backups.as_json(outcome), _words(outcome))
    if outcome.faults:
        return DAMAGE
    return DONE if outcome.kept or trial else REFUSED


def _keys_outside(home: Home) -> str:
    """The file of keys where it is in no backup."""
    from clientela.platform import sealing

    path = sealing.path_of(home).resolve()
    return "" if path.is_relative_to(home.keys) else str(path)


def _instant(written: str) -> datetime | None:
    if not written:
        return None
    wanted = "an instant with its zone, such as 2026-11-25T14:03:00+02:00"
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(wanted, param_hint="--to") from None
    if instant.tzinfo is None:
        raise typer.BadParameter(f"{wanted}: the zone is missing", param_hint="--to")
    return instant


def _agreed(outcome: Outcome) -> bool:
    say(_about(outcome))
    for fault in outcome.faults:
        say(f"WRONG: {fault}")
    return confirmed("Put it in the place of the present data? The present data is kept aside.")


def _about(outcome: Outcome) -> str:
    if outcome.lost is None:
        lost = "What came after it cannot be said: the present database does not start."
    elif not outcome.lost:
        lost = "Nothing is known that came after it."
    else:
        told = ", ".join(f"{count} {name}" for name, count in sorted(outcome.lost.items()))
        lost = f"What came after it is lost: {told}."
    return f"{outcome.backup} leads up to {outcome.as_of:%Y-%m-%d %H:%M:%S %Z}. {lost}"


def _words(outcome: Outcome) -> str:
    if outcome.kept is None:
        return f"{_about(outcome)} Nothing was changed."
    return f"Restored. {_about(outcome)} The data before it lies in {outcome.kept}."


def _line(one: Listed) -> str:
    proved = f"proved {one.proved_at:%Y-%m-%d %H:%M}" if one.proved_at else "not proved"
    return (
        f"{one.id}  {_size(one.bytes):>9}  restores up to {one.restores_until:%Y-%m-%d %H:%M:%S}"
        f"  {proved}{'' if one.state == 'good' else '  DAMAGED'}"
    )


def _size(number: int) -> str:
    return f"{number / 10**6:,.1f} MB"
