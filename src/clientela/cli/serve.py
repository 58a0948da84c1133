"""Everything in one command: the database, the web process, the live stream, the worker."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Annotated, Any

import typer

from clientela.cli import DONE, NOT_AVAILABLE, STOPPED
from clientela.cli.surroundings import EVERYWHERE, answer, database, migrate, say
from clientela.platform import home as homes
from clientela.platform import postgres, processes
from clientela.platform.postgres import archive
from clientela.platform.processes import Program

PORT = 8000
THREADS = 3  # of each worker: more of them wait for one another at every statement
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 40
AWAY_SECONDS = 2.0


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(serve)
    app.command(epilog=EVERYWHERE)(stop)
    app.command(epilog=EVERYWHERE)(status)
    app.command("migrate", epilog=EVERYWHERE)(migrate_)
    app.command(hidden=True)(worker)


def serve(
    port: Annotated[int, typer.Option(help="Taken: the next free one, and said.")] = PORT,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the demo company if it is empty.")
    ] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Never load the demo company.")] = False,
    workers: Annotated[
        int, typer.Option(min=0, max=64, help="Web processes; 0 = by the machine.")
    ] = 0,
) -> int:
    """Start the database, the web and live processes and the worker; Ctrl-C ends all of them.

    Examples: clientela serve
              clientela serve --demo --port 8080
    """
    home = homes.current()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
    if os.environ.get("CLIENTELA_BACKUPS") != "off":
        archive.prepare(home.prepare())
    with postgres.running(home, label="serve"), postgres.watched(home):
        _step("The database is up to date", migrate)
        if demo and not empty:
            _step("The demo company is there", _load_demo)
        free = processes.free_port(port, together=2)
        if free != port:
            say(f"Port {port} is taken; using {free}.")
        os.environ |= {"CLIENTELA_PORT": str(free), "CLIENTELA_LIVE_PORT": str(free + 1)}
        threading.Thread(target=_greet, args=(free,), daemon=True).start()
        programs = [
            _web(free, workers or min(2, os.cpu_count() or 1)), _live(free + 1), _worker(),
        ]  # fmt: skip
        try:
            ended_by = processes.supervise(programs)
        except processes.ProgramFails as fault:
            say(f"{fault} Try: clientela doctor")
            return NOT_AVAILABLE
    say("Stopped.")
    return STOPPED if ended_by == signal.SIGINT else DONE


def worker() -> None:
    """Take jobs from the database until told to stop; one that is away is waited for."""
    import psycopg

    while True:
        try:
            return _take_jobs()
        except (postgres.PostgresUnavailable, psycopg.OperationalError) as away:
            say(f"The worker waits for the database: {away}")
            time.sleep(AWAY_SECONDS)


def _take_jobs() -> None:
    with database("worker"):
        from clientela.cli.sending import sending
        from clientela.jobs import worker as workers

        with sending():
            workers.run()


def stop() -> int:
    """Stop `serve` on this data folder, and with it everything it runs."""
    home = homes.current()
    serving = [one.pid for one in postgres.status(home).holders if one.label == "serve"]
    for pid in serving:
        os.kill(pid, signal.SIGTERM)
    for _ in range(STOP_SECONDS_MAX * 10):
        if not any(one.pid in serving for one in postgres.status(home).holders):
            break
        time.sleep(0.1)
    stopped = bool(serving) or postgres.stop(home)
    answer({"stopped": stopped}, "Stopped." if stopped else "Nothing was running.")
    return DONE


def status() -> int:
    """What is running, and where the data is."""
    home = homes.current()
    state = postgres.status(home)
    holders = [{"pid": one.pid, "label": one.label} for one in state.holders]
    answer(
        {"home": str(home.path), "database": {
            "ready": state.ready, "own_server": state.own_server, "pid": state.pid,
        }, "processes": holders},
        f"Data: {home.path}\nDatabase: {'ready' if state.ready else 'not running'}"
        + "".join(f"\n  {one['label']} (process {one['pid']})" for one in holders),
    )  # fmt: skip
    return DONE if state.ready else NOT_AVAILABLE


def migrate_() -> None:
    """Bring the tables up to date."""
    with database("migrate", owner=True):
        migrate()
    answer({"ok": True}, "The database is up to date.")


def overview(context: typer.Context) -> None:
    """What is running, where the data is, the address and the next step."""
    if context.invoked_subcommand is None:
        status()
        say("Next: clientela serve, or clientela --help for all commands.")


def _web(port: int, workers: int) -> Program:
    command = [
        sys.executable, "-m", "clientela.wsgi", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(THREADS),
        "--no-ws", "--log-level", "error", "--workers-kill-timeout", "25",
        "--respawn-failed-workers", "--http", "1", "--factory", "clientela.wsgi:tied_application",
    ]  # fmt: skip
    return Program("web", command, {"CLIENTELA_ROLE": "app"})


def _live(port: int) -> Program:
    """One worker: all consoles hang on its one connection that listens."""
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "error",
        "--workers-kill-timeout", "2", "--respawn-failed-workers", "--http", "1",
        "--factory", "clientela.console.live.program:tied_application",
    ]  # fmt: skip
    return Program("live", command, {"CLIENTELA_ROLE": "app"})


def _worker() -> Program:
    command = [sys.executable, "-m", "clientela.cli", "worker"]
    return Program("worker", command, {"CLIENTELA_ROLE": "app"})


def _load_demo() -> None:
    """In a process of its own, as the owner of the tables; its logins are said at the end."""
    from subprocess import run

    command = [
        sys.executable,
        "-m",
        "clientela.cli",
        "demo",
        "--json",
        "--quiet",
        "--only-if-empty",
    ]
    done = run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise postgres.PostgresUnavailable(
            f"The demo company was not loaded:\n{done.stderr[-4000:]}"
        )
    if done.stdout.strip():
        os.environ["CLIENTELA_DEMO"] = done.stdout


def _step(words: str, step: Any) -> None:
    began = time.monotonic()
    step()
    say(f"{words} ({time.monotonic() - began:.1f} s).")


def _greet(port: int) -> None:
    """Say the address and the logins once the first answer is there."""
    address = f"http://127.0.0.1:{port}"
    for _ in range(READY_SECONDS_MAX * 5):
        if _answers(f"{address}/readyz"):
            break
        time.sleep(0.2)
    say(f"\nClientela is at {address}")
    for line in _logins():
        say(line)
    say("Ctrl-C ends it.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _logins() -> list[str]:
    told = os.environ.get("CLIENTELA_DEMO", "")
    if not told:
        return []
    loaded = json.loads(told)
    lines = [
        f"  {login['email']}  {login['password']}  ({login['role']})" for login in loaded["logins"]
    ]
    if loaded.get("key"):
        lines.append(f"  API key: {loaded['key']}")
    return ["Sign in as:", *lines]
