"""Break things on purpose: the drills that lie in the clone, beside the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli import DAMAGE, DONE, NOT_AVAILABLE
from clientela.cli.surroundings import EVERYWHERE, FLAGS, answer, say

CLONE = Path(__file__).resolve().parents[3]
NAMES = ("kill", "day", "imports")


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(drill)


def drill(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(NAMES)}.")],
    seed: Annotated[int | None, typer.Option(help="Replay the plan of this seed.")] = None,
    minutes: Annotated[
        float, typer.Option(min=0.1, max=600, help="About how long to go on breaking things.")
    ] = 4,
) -> int:
    """Break a Clientela made for it, and compare what it acknowledged with what it kept.

    Works in a data folder of its own; exit code 6 when anything was lost, doubled or left behind.

    Examples: clientela drill kill
              clientela drill kill --seed 7 --minutes 1 --json
              clientela drill day
              clientela drill imports
    """
    if name not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}", param_hint="NAME")
    if not (CLONE / "drills").is_dir():
        say("Drills lie in the clone of Clientela, not in the package: run it from there.")
        return NOT_AVAILABLE
    result = _run(name, *(["--seed", str(seed)] if seed is not None else []),
                  "--minutes", str(minutes))  # fmt: skip
    if result is None:
        return NOT_AVAILABLE
    answer(result, _words(result))
    return DONE if result["ok"] else DAMAGE


def _run(*arguments: str) -> dict[str, Any] | None:
    """What the drill answers; its talk goes where ours goes. None: it could not be carried out."""
    command = [sys.executable, "-m", "drills", *arguments]
    talk = subprocess.DEVNULL if FLAGS.quiet else None
    done = subprocess.run(
        command, cwd=CLONE, stdout=subprocess.PIPE, stderr=talk, text=True, check=False
    )
    if not done.stdout.strip():
        return None
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _words(result: dict[str, Any]) -> str:
    if "stuck" in result:
        return f"Seed {result['seed']}. NOT well: {result['stuck']}."
    kills = ", ".join(f"{victim} {times}" for victim, times in result["kills"].items())
    if "requests" not in result:
        well = "All is well." if result["ok"] else "NOT well:"
        return "\n".join([f"Seed {result['seed']}. Killed: {kills}.", well, *result["examples"]])
    ready = result["ready_seconds"]
    faults = f"{result['lost']} lost, {result['doubled']} doubled, {result['faults']} other faults"
    if missing := result.get("missing_events"):
        faults += f", {missing} events missing"
    lines = [
        f"Seed {result['seed']}. Killed: {kills}.",
        f"{result['requests']:,} requests, {result['acknowledged']:,} acknowledged: {faults}.",
        f"PostgreSQL was back after {ready['median']} s, at most {ready['max']} s.",
        "All is well." if result["ok"] else "NOT well:",
        *result["examples"],
    ]
    return "\n".join(lines)
