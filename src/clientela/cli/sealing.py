"""The keys of sealed values: shown, changed, dropped."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientela.cli import DONE, REFUSED
from clientela.cli.surroundings import EVERYWHERE, actor, answer, confirmed, now, say, with_database

HELP = "Keys of sensitive fields, whose values are kept sealed."
app = typer.Typer(help=HELP, epilog=EVERYWHERE, no_args_is_help=True)


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """Each key with how many values it has sealed, the oldest first; never a secret.

    Examples: clientela sealing list
    """
    from clientela.flows import keep_sealed

    actor().needs(keep_sealed.RIGHT)
    rows = [_told(one) for one in keep_sealed.states()]
    words = "\n".join(f"{row['id']}  {row['values']:>10} values  {row['state']}" for row in rows)
    answer({"file": _file(), "keys": rows}, f"{words or 'No value was sealed yet.'}\n{_file()}")


@app.command(epilog=EVERYWHERE)
def make() -> None:
    """Print the line of a new key, for a file that another program keeps: add it as the last one.

    Examples: clientela sealing make
    """
    from clientela.platform import sealing

    key = sealing.new_key()
    answer({"id": key.id, "line": key.line.strip()}, key.line.strip())


@app.command(epilog=EVERYWHERE)
@with_database()
def rotate() -> int:
    """Make a new key and seal every value with it, while everybody goes on working.

    Killed in between, the next run goes on with the key that was made. The old key stays in the
    file: backups need it. Keep a copy of the file before and after.

    Examples: clientela sealing rotate
              clientela sealing rotate --json
    """
    from clientela.flows import keep_sealed

    is_new, kept = keep_sealed.rotate(actor=actor(), now=now(), progress=_say_progress)
    rows = [_told(one) for one in keep_sealed.states()]
    left = sum(row["values"] for row in rows if row["state"] != "seals")
    per_second = round(kept.values / kept.seconds) if kept.seconds else 0
    answer(
        {"new_key": is_new, "values": kept.values, "seconds": round(kept.seconds, 2),
         "values_per_second": per_second, "left": left, "keys": rows},
        f"{'A new key was made. ' if is_new else 'Went on with the newest key. '}"
        f"{kept.values:,} values were sealed anew in {kept.seconds:.1f} s."
        + (f" {left:,} are left, which do not open: clientela verify names them." if left else "")
        + f"\nKeep a copy of {_file()}: without it nobody can read them.",
    )  # fmt: skip
    return REFUSED if left else DONE


@app.command(epilog=EVERYWHERE)
@with_database()
def drop(key: Annotated[str, typer.Argument(help="Its id, as list shows it.")]) -> int:
    """Take a key that seals nothing any more out of the file.

    What it sealed in older backups can be read with a copy of the file only.

    Examples: clientela sealing drop 3f9a01bc
    """
    from clientela.flows import keep_sealed

    if not confirmed(f"Drop the key {key}? Backups that were made with it need a copy of it."):
        return REFUSED
    keep_sealed.drop(key, actor=actor(), now=now())
    answer({"dropped": key}, f"{key} is not in {_file()} any more.")
    return DONE


def _told(one: Any) -> dict[str, Any]:
    state = "seals" if one.is_current else "opens" if one.is_there else "MISSING"
    return {"id": one.id, "values": one.values, "state": state}


def _file() -> str:
    from django.conf import settings

    from clientela.platform import sealing

    return str(sealing.path_of(settings.HOME))


def _say_progress(values: int) -> None:
    if values // 50_000 != _SAID[0]:
        _SAID[0] = values // 50_000
        say(f"{values:,} values …")


_SAID = [0]
