"""What every command has around it: the data folder, the running database, Django, and who acts."""

from __future__ import annotations

import functools
import getpass
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from clientela.platform import home as homes
from clientela.platform import memory, postgres
from clientela.platform.home import Home

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row")


@dataclass(slots=True)
class Flags:
    """Flags understood anywhere on the line, see `take_flags`."""

    json: bool = False
    quiet: bool = False
    yes: bool = False
    debug: bool = False
    by: str = ""


FLAGS = Flags()
EVERYWHERE = "Everywhere: --home FOLDER, --json, --quiet, --yes, --by EMAIL, --debug, --no-color"


def take_flags(arguments: list[str]) -> list[str]:
    """The arguments without the flags that mean the same for every command."""
    rest: list[str] = []
    queue = list(arguments)
    while queue:
        argument = queue.pop(0)
        name, _, value = argument.partition("=")
        if argument == "--":
            return [*rest, argument, *queue]
        if name in ("--json", "--quiet", "--yes", "--debug"):
            setattr(FLAGS, name[2:], True)
        elif name == "--no-color":
            os.environ["NO_COLOR"] = "1"
        elif name in ("--home", "--by") and (value or queue):
            _take_value(name, value or queue.pop(0))
        else:
            rest.append(argument)
    return rest


def _take_value(name: str, value: str) -> None:
    if name == "--home":
        os.environ["CLIENTELA_HOME"] = str(Path(value).resolve())
    else:
        FLAGS.by = value


def say(words: str) -> None:
    """Talk goes to stderr, so that results can be piped."""
    if not FLAGS.quiet:
        print(words, file=sys.stderr, flush=True)


def answer(result: Mapping[str, Any] | list[Any], words: str) -> None:
    """The result on stdout: one JSON object where asked for, else words for a person."""
    print(json.dumps(result, ensure_ascii=False, default=str) if FLAGS.json else words, flush=True)


@contextmanager
def database(label: str, *, owner: bool = False) -> Iterator[None]:
    """The database runs, is laid out, and Django is set up, for as long as the command needs it."""
    os.environ["CLIENTELA_ROLE"] = "owner" if owner else "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
    with postgres.running(homes.current(), label=label):
        if label != "migrate" and not is_laid_out(homes.current()):
            migrate()
        import django

        django.setup()
        memory.collect_rarely()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def with_database(
    *, owner: bool = False, switch: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a command inside `database()`; `switch`: the programme without which there is none."""

    def decorate(command: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(command)
        def surrounded(*args: P.args, **kwargs: P.kwargs) -> R:
            with database(command.__name__, owner=owner):
                _needs(switch)
                with acting_as_asked():  # somebody nobody knows may not even look
                    return command(*args, **kwargs)

        return surrounded

    return decorate


def _needs(switch: str | None) -> None:
    from clientela.platform.errors import NotThere
    from clientela.staff import company

    if not company.current().is_on(switch):
        raise NotThere(f"The programme {switch} is switched off.")


def is_laid_out(home: Home) -> bool:
    """Whether migrations have ever been run on this database."""
    import psycopg

    with psycopg.connect(postgres.dsn(home)) as connection:
        row = connection.execute("SELECT to_regclass('public.cache') IS NOT NULL").fetchone()
    return bool(row and row[0])


def migrate() -> None:
    """Bring the tables up to date, as their owner, in a process of its own."""
    environment = {**os.environ, "CLIENTELA_ROLE": "owner"}
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise postgres.PostgresUnavailable(f"The migrations failed:\n{done.stderr[-4000:]}")


def id_of(prefix: str, public: str) -> UUID:
    """The uuid behind a public id on the line."""
    from clientela.platform import ids
    from clientela.platform.errors import InvalidInput

    try:
        return ids.parse(prefix, public)
    except ValueError:
        raise InvalidInput(f"{public} is not an id; it starts with {prefix}_.") from None


def number_of(prefix: str, public: str) -> int:
    """The number behind an id of what is counted on the line, such as a posting."""
    from clientela.platform import ids
    from clientela.platform.errors import InvalidInput

    try:
        return ids.numbered(prefix, public)
    except ValueError:
        raise InvalidInput(f"{public} is not an id; it starts with {prefix}_.") from None


def in_batches(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """The rows of a file as they come, so many at once."""
    coming = iter(rows)
    while batch := list(islice(coming, most)):
        yield batch


def now() -> datetime:
    """The clock, read at the door."""
    return datetime.now(UTC)


def actor() -> Any:
    """Who acts: the person of `--by` with their rights, else the user of the machine with all."""
    from clientela.platform.errors import InvalidInput
    from clientela.platform.http.actors import ALL, Actor
    from clientela.staff import queries

    if FLAGS.by:
        person = queries.person_by_email(FLAGS.by)
        if person is None:
            raise InvalidInput(f"Nobody here has the address {FLAGS.by}.", field="--by")
        return person.as_actor()
    name = _os_user()
    return Actor(id=f"os:{name}", name=name, rights=frozenset({ALL}))


@contextmanager
def acting_as_asked() -> Iterator[None]:
    """What is fetched is what the person of `--by` may see."""
    from clientela.platform.http.actors import acting

    if not FLAGS.by:
        yield
        return
    with acting(actor()):
        yield


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def confirmed(question: str) -> bool:
    """Ask before what cannot be taken back; `--yes` answers, and without a terminal it is no."""
    if FLAGS.yes:
        return True
    if not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
