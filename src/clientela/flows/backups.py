"""Backing everything up, proving that it can be restored, and restoring it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from clientela.flows.erasing import place as listed_erasures
from clientela.platform import postgres
from clientela.platform.backups import log, make, restore, sets
from clientela.platform.backups.faults import BackupDamaged
from clientela.platform.backups.restore import Opened
from clientela.platform.backups.sets import Backup, Restored
from clientela.platform.errors import Unavailable
from clientela.platform.home import Home
from clientela.platform.postgres import PostgresUnavailable, archive
from clientela.platform.postgres.checksums import check as check_pages

NIGHT = range(1, 5)
DAY_HOURS, MISSED_HOURS = 20, 36
UNCERTAIN_IDS = 100_000
"""Events get their number before their commit: so far back one may be missing among others."""


@dataclass(frozen=True)
class Listed:
    """One backup, and from when to when it leads; `state` is good or damaged."""

    id: str
    made_at: datetime
    bytes: int
    restores_until: datetime
    proved_at: datetime | None
    state: str


@dataclass(frozen=True)
class Proof:
    backup: str
    ok: bool
    proved_at: datetime
    seconds: float
    as_of: datetime | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """`lost`: what happened after it, by name of event; None where nobody can say any more."""

    backup: str
    as_of: datetime
    kept: Path | None
    lost: Mapping[str, int] | None
    faults: list[str]


def listed(home: Home, *, now: datetime) -> list[Listed]:
    """The finished backups, the newest first. Looks at files only."""
    make.refuse_own_server(home)
    timelines = sets.restores(home)
    return [_listed(home, backup, timelines, now) for backup in sets.all_of(home)]


def prove(home: Home, *, id: str = "", now: datetime) -> Proof:
    """Restore a backup elsewhere as far as its log leads, look at all of it, throw it away."""
    make.refuse_own_server(home)
    began = time.monotonic()
    with make.turn(home):
        restore.clear(home)
        backup = sets.named(home, id)
        as_of, faults = _proved(home, backup, now)
        seconds = time.monotonic() - began
        proof = Proof(
            backup.id,
            not faults,
            now + timedelta(seconds=seconds),
            round(seconds, 1),
            as_of,
            faults,
        )
        sets.note_proof(backup, {"ok": proof.ok, "proved_at": proof.proved_at.isoformat(),
                                 "as_of": as_of, "faults": faults})  # fmt: skip
    return proof


def bring_back(
    home: Home,
    *,
    to: datetime | None,
    is_trial: bool,
    agreed: Callable[[Outcome], bool],
    now: datetime,
) -> Outcome:
    """Restore beside, look at it, say what is lost, ask, and only then put it in its place."""
    make.refuse_own_server(home)
    restore.refuse_if_used(home)
    with make.turn(home):
        restore.clear(home)
        choice = restore.choose(home, to=to, now=now)
        with restore.opened(choice, home, beside=home.path, copies=not is_trial) as opened:
            faults = forgotten_again(home, opened.home) or examined(opened.home)
            known = _events(opened.home)
        try:
            outcome = Outcome(choice.backup.id, opened.as_of, None, _lost(home, known), faults)
            if is_trial or not agreed(outcome):
                return outcome
            return _switched(home, opened, outcome, to=to, now=now)
        finally:
            restore.drop(opened.home)


def nightly(home: Home, *, now: datetime) -> bool:
    """Make and prove a backup where one is due, and tell the log how it went."""
    from clientela.staff import company

    newest = next(iter(sets.all_of(home)), None)
    hour = now.astimezone(company.current().zone).hour
    if not is_due(newest.made_at if newest else None, now=now, hour=hour):
        return False
    try:
        made = make.make(home, now=now)
        proof = prove(home, now=now)
        _tell("backup.proved" if proof.ok else "backup.failed", made.id, now,
              seconds=proof.seconds, bytes=made.bytes)  # fmt: skip
    except Unavailable as fault:
        _tell("backup.failed", "", now, code=fault.code)
        raise
    return proof.ok


def is_due(newest: datetime | None, *, now: datetime, hour: int) -> bool:
    """At night when the newest is of the day before; by day only where a night was missed."""
    if os.environ.get("CLIENTELA_BACKUPS") == "off" or os.environ.get("CLIENTELA_DATABASE_URL"):
        return False
    age = now - newest if newest else None
    if hour in NIGHT:
        return age is None or age > timedelta(hours=DAY_HOURS)
    return age is not None and age > timedelta(hours=MISSED_HOURS)


def _tell(name: str, backup: str, now: datetime, **data: Any) -> None:
    from clientela.events import actions as events
    from clientela.events.actions import Happening
    from clientela.platform import transactions
    from clientela.platform.http.actors import SYSTEM

    with transactions.open():
        events.emit([Happening(name, now, None, backup, data)], actor=SYSTEM, now=now)


def examined(scratch: Home) -> list[str]:
    """Faults of a restored data folder: of its tables, and of everything derived."""
    laid_out = _run(scratch, "django", "migrate", "--no-input", "--verbosity", "0", role="owner")
    if laid_out.returncode:
        return [f"The tables cannot be brought up to date: {laid_out.stderr.strip()[-500:]}"]
    verified = _run(scratch, "clientela.cli", "verify", "--json", "--quiet")
    if not verified.stdout.strip():
        return [f"verify could not be run: {verified.stderr.strip()[-500:]}"]
    checks = json.loads(verified.stdout).get("checks", [])
    return [f"{it['name']}: {it['wrong']} wrong" for it in checks if it["wrong"]]


def forgotten_again(home: Home, scratch: Home) -> list[str]:
    """Whoever was erased since the backup is erased in it before anybody sees it; what failed."""
    path = listed_erasures.place(home)
    if not path.exists():
        return []
    laid_out = _run(scratch, "django", "migrate", "--no-input", "--verbosity", "0", role="owner")
    done = _run(scratch, "clientela.cli", "privacy", "replay", str(path), "--quiet")
    if laid_out.returncode or done.returncode:
        return [f"Erasures could not be repeated: {done.stderr.strip()[-500:]}"]
    return []


def _listed(home: Home, backup: Backup, timelines: list[Restored], now: datetime) -> Listed:
    timeline = log.timeline_at(timelines, now, first=backup.timeline)
    found = log.reach(archive.folder(home), backup, timeline=timeline)
    until = (found.until if found else None) or backup.made_at
    state = "damaged" if backup.misses() or (found and found.gap) else "good"
    return Listed(backup.id, backup.made_at, backup.bytes, max(until, backup.made_at),
                  backup.proved_at, state)  # fmt: skip


def _proved(home: Home, backup: Backup, now: datetime) -> tuple[datetime | None, list[str]]:
    timeline = log.timeline_at(sets.restores(home), now, first=backup.timeline)
    found = log.reach(archive.folder(home), backup, timeline=timeline)
    if found is None:  # the database went another way since: this backup still stands by itself
        timeline, found = backup.timeline, log.Reach(())
    damages = [*backup.damages(), *found.damages()]
    if damages:
        return None, damages
    choice = restore.Choice(backup, timeline, found)
    try:
        with restore.opened(choice, home, beside=home.backups, copies=False) as opened:
            faults = examined(opened.home)
        faults += check_pages(opened.home)
        restore.drop(opened.home)
    except BackupDamaged as damage:
        return None, damage.faults
    return opened.as_of, faults


def _switched(
    home: Home, opened: Opened, outcome: Outcome, *, to: datetime | None, now: datetime
) -> Outcome:
    kept = restore.take_place(home, opened.home, now=now)
    sets.note_restore(home, Restored(now, opened.timeline, str(to or opened.as_of)))
    return Outcome(outcome.backup, outcome.as_of, kept, outcome.lost, outcome.faults)


def _events(home: Home, *, since: int | None = None) -> dict[int, str]:
    """Number and name of the events of a database that runs; by itself the newest of them."""
    with psycopg.connect(postgres.dsn(home), autocommit=True) as connection:
        if since is None:
            newest = connection.execute("SELECT coalesce(max(id), 0) FROM events_event").fetchone()
            since = newest[0] - UNCERTAIN_IDS if newest else 0
        query = "SELECT id, name FROM events_event WHERE id > %s"
        return dict(connection.execute(query, [since]).fetchall())


def _lost(home: Home, known: Mapping[int, str]) -> Mapping[str, int] | None:
    """What the old database knows and the restored one does not."""
    if not (home.database / "PG_VERSION").exists():
        return None
    try:
        with postgres.running(home, label="restore"):
            before = _events(home, since=max(0, max(known, default=0) - UNCERTAIN_IDS))
    except (PostgresUnavailable, psycopg.Error):
        return None
    return Counter(name for number, name in before.items() if number not in known)


def _run(home: Home, *command: str, role: str = "app") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "CLIENTELA_DATABASE_URL"}
    here = {
        "CLIENTELA_HOME": str(home.path),
        "CLIENTELA_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "clientela.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", *command], env={**kept, **here},
        check=False, capture_output=True, text=True,
    )  # fmt: skip


def as_json(thing: Any) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in vars(thing).items()
    }
