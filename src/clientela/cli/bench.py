"""Measure: the benchmarks that lie in the clone, beside the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli import DONE, NOT_AVAILABLE
from clientela.cli.surroundings import EVERYWHERE, FLAGS, answer, say

CLONE = Path(__file__).resolve().parents[3]
NAMES = (
    "loyalty-batch", "loyalty-single", "profile", "profile-page", "import-purchases",
    "import-customers", "import-undo", "search", "list", "lookup", "timeline", "seal",
    "make-filterable", "merge", "duplicates", "size", "loyalty-habits",
    "loyalty-what-if", "loyalty-expire", "loyalty-redeem", "loyalty-redeem-batch",
    "loyalty-close-day", "loyalty-codes",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(bench)


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Of: {', '.join(NAMES)}; all by default.")
    ] = None,
    size: Annotated[int, typer.Option(min=10, help="Customers to measure with.")] = 1_000_000,
    pairs: Annotated[
        int, typer.Option(min=1, help="How often product and ceiling take turns.")
    ] = 5,
) -> int:
    """Measure the product beside its ceiling, both in turns in one run.

    Works in a data folder of its own below build/bench, which the next run of this size uses again.

    Examples: clientela bench profile
              clientela bench loyalty-batch import-purchases --size 20000 --json
    """
    if unknown := set(names or ()) - set(NAMES):
        raise typer.BadParameter(f"there is no {min(unknown)}; {', '.join(NAMES)}")
    if not (CLONE / "bench").is_dir():
        say("Benchmarks lie in the clone of Clientela, not in the package: run it from there.")
        return NOT_AVAILABLE
    command = [sys.executable, "-m", "bench", *(names or ()), "--size", str(size), "--pairs",
               str(pairs)]  # fmt: skip
    talk = subprocess.DEVNULL if FLAGS.quiet else None
    done = subprocess.run(
        command, cwd=CLONE, stdout=subprocess.PIPE, stderr=talk, text=True, check=False
    )
    if done.returncode:
        return NOT_AVAILABLE
    figures: list[dict[str, Any]] = json.loads(done.stdout)
    answer(figures, "\n".join(map(_words, figures)))
    return DONE


def _words(figure: dict[str, Any]) -> str:
    return (
        f"{figure['name']}: {figure['figure']:,} {figure['unit']} beside "
        f"{figure['ceiling']:,}, ratio {figure['ratio']}"
    )
