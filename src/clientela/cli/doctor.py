"""What is wrong, and the command that mends it."""

from __future__ import annotations

import shutil

import typer

from clientela.cli import DAMAGE, DONE
from clientela.cli.surroundings import EVERYWHERE, answer, with_database

FREE_SHARE_MIN = 0.05


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(doctor)


@with_database()
def doctor() -> int:
    """Look at the data folder, the database, the rights of its roles, and the settings.

    Examples: clientela doctor
              clientela doctor --json
    """
    found = [_disk(), _migrations(), _ledger_rights(), _company(), _people(), _copied_log(),
             _keys()]  # fmt: skip
    wrong = [one for one in found if not one["ok"]]
    answer(
        {"ok": not wrong, "findings": found},
        "\n".join(
            f"{'ok   ' if one['ok'] else 'WRONG'}  {one['what']}"
            + ("" if one["ok"] else f"\n       mend it with: {one['mend']}")
            for one in found
        ),
    )
    return DAMAGE if wrong else DONE


def _finding(what: str, *, ok: bool, mend: str) -> dict[str, object]:
    return {"what": what, "ok": ok, "mend": mend}


def _disk() -> dict[str, object]:
    from django.conf import settings

    usage = shutil.disk_usage(settings.HOME.path)
    share = usage.free / usage.total
    return _finding(f"{share:.0%} of the disk is free", ok=share > FREE_SHARE_MIN,
                    mend="free space on the disk of the data folder")  # fmt: skip


def _migrations() -> dict[str, object]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _finding("the tables are up to date", ok=not waiting, mend="clientela migrate")


def _ledger_rights() -> dict[str, object]:
    """The application may not edit what is append-only."""
    from clientela.platform import sql
    from clientela.platform.database import APP
    from clientela.platform.declare import house

    tables = [table for app in house() for table in app.append_only]
    row = sql.execute(
        "SELECT count(*) FROM unnest(%s::text[]) AS kept (name)"
        " WHERE has_table_privilege(%s, kept.name, 'UPDATE, DELETE')",
        [tables, APP],
    ).fetchone()  # fmt: skip
    return _finding(f"{len(tables)} append-only tables cannot be edited",
                    ok=row is not None and row[0] == 0, mend="clientela migrate")  # fmt: skip


def _company() -> dict[str, object]:
    from clientela.staff import company

    return _finding("the company has a name", ok=company.is_set_up(),
                    mend='clientela company set --name "…" --country LV')  # fmt: skip


def _people() -> dict[str, object]:
    from clientela.staff import queries

    mend = "clientela people invite you@example.com --role administrator"
    return _finding("somebody can sign in", ok=queries.anybody_is_there(), mend=mend)


def _copied_log() -> dict[str, object]:
    """Backups lead up to now only while the database can copy its log."""
    from clientela.platform import sql

    row = sql.execute(
        "SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)"
        " FROM pg_stat_archiver"
    ).fetchone()
    mend = "free space in the folder backups, and look into logs/postgres"
    return _finding("the log is copied for backups", ok=not (row and row[0]), mend=mend)


def _keys() -> dict[str, object]:
    """Every key that has sealed something is there; `verify` tries each value."""
    from clientela.flows import keep_sealed
    from clientela.platform.errors import Problem

    try:
        found = keep_sealed.states()
    except Problem as fault:
        return _finding(f"the keys of sealed values: {fault.detail}", ok=False,
                        mend="put the file of keys back from where you keep it")  # fmt: skip
    missing = [one.id for one in found if not one.is_there]
    if missing:
        words = f"{sum(one.values for one in found if not one.is_there)} sealed values have no key"
        return _finding(words, ok=False,
                        mend=f"put {', '.join(missing)} back into the file of keys")  # fmt: skip
    old = sum(one.values for one in found if not one.is_current)
    return _finding("the keys of sealed values are there, and the newest one seals them",
                    ok=not old, mend="clientela sealing rotate")  # fmt: skip
