"""The command line: `clientela NOUN VERB`."""

from __future__ import annotations

import json
import signal
import sys

DONE, ROWS_REFUSED, WRONG_USAGE, REFUSED, NO_RIGHT, NOT_AVAILABLE, DAMAGE = range(7)
STOPPED = 130


def main() -> None:
    """Run a command; whatever goes wrong ends in one sentence and the exit code of the contract."""
    from clientela.cli.surroundings import FLAGS, take_flags

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to leave in order as with Ctrl-C
    arguments = take_flags(sys.argv[1:])
    try:
        code = run(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        code = STOPPED
    except Exception as fault:
        if FLAGS.debug:
            raise
        code = _failed(fault)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command line."""
    import typer
    from typer.exceptions import TyperException

    from clientela.cli.commands import app

    try:
        result = app(arguments, prog_name="clientela", standalone_mode=False)
    except typer.Abort:
        return STOPPED
    except TyperException as wrong:
        print(f"{wrong} (clientela --help lists what there is)", file=sys.stderr)
        return WRONG_USAGE
    return int(result) if isinstance(result, int) else DONE


def _failed(fault: Exception) -> int:
    from clientela.cli.surroundings import FLAGS
    from clientela.platform.errors import Problem

    if isinstance(fault, Problem):
        if FLAGS.json:
            print(json.dumps(fault.as_dict(), ensure_ascii=False, default=str))
        where = f" ({fault.field})" if fault.field else ""
        print(f"{fault.detail}{where} [{fault.code}]", file=sys.stderr)
        return _code(fault)
    print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
    return NOT_AVAILABLE if _is_outside(fault) else 1


def _code(problem: Exception) -> int:
    from clientela.platform import errors
    from clientela.platform.backups.faults import BackupDamaged

    if isinstance(problem, BackupDamaged):
        return DAMAGE
    if isinstance(problem, (errors.RightMissing, errors.NotSignedIn)):
        return NO_RIGHT
    if isinstance(problem, errors.Unavailable):
        return NOT_AVAILABLE
    return REFUSED


def _is_outside(fault: Exception) -> bool:
    """Whether the database, the disk or the network failed rather than the house."""
    import psycopg

    from clientela.platform.postgres import PostgresUnavailable

    chain: BaseException | None = fault
    while chain is not None:
        if isinstance(chain, (PostgresUnavailable, psycopg.OperationalError, OSError)):
            return True
        chain = chain.__cause__
    return False
