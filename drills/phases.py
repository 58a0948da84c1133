"""Imports whose process is killed in each phase: going on gives what an undisturbed one gives."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills.installation import DrillStuck, Installation, opened, remove

ROWS, ROWS_SHORT = 3_000, 400
CUSTOMERS = 60
PIECES = 6
REFUSED_EVERY = 40
SHORT_MINUTES = 1.0
# Where a process dies: the function and at which call of it, before it does anything or behind it.
PHASES: Mapping[str, tuple[str, str, int, str]] = {
    "receiving": ("clientela.imports.actions", "keep", 1, "before"),
    "checking": ("clientela.imports.actions", "refresh_statistics", 3, "behind"),
    "in a transaction": ("clientela.imports.actions", "checkpoint", 3, "behind"),
    "behind a checkpoint": ("clientela.flows.import_file", "_run_piece", 3, "behind"),
    "writing the refused rows": (
        "clientela.imports.rules.rejects",
        "RejectsFile.write",
        3,
        "behind",
    ),
    "finishing": ("clientela.imports.actions", "finish", 1, "behind"),
    "undoing": ("clientela.imports.actions", "undone", 3, "behind"),
}
OF_CUSTOMERS = "behind a checkpoint"  # the one phase in which the file of customers is struck
SHORT = (
    "checking",
    "in a transaction",
    "behind a checkpoint",
    "writing the refused rows",
    "undoing",
)
WORK = """
import importlib, json, os, signal, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
import django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from clientela.flows import import_file, undo_import
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.platform.http.actors import SYSTEM

asked = json.loads(sys.argv[1])
import_file.ROWS_AT_ONCE = asked["rows_at_once"]
now = datetime.fromisoformat(asked["now"])

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def prepare_to_die(module, name, left, when):
    place = importlib.import_module(module)
    *outer, name = name.split(".")
    for part in outer:
        place = getattr(place, part)
    real = getattr(place, name)
    left = [left]

    def dying(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and when == "before":
            die()
        answer = real(*args, **kwargs)
        if left[0] == 0:
            die()
        return answer

    setattr(place, name, dying)

def taken(path, kind, undo):
    batch = Batch.objects.filter(source=asked["source"], kind=kind).first()
    if batch is None:
        batch = import_file.receive(Path(path), kind=kind, mapping_text="",
                                    source=asked["source"], actor=SYSTEM, now=now)
    if batch.state in ("uploaded", "checking"):
        batch = import_file.check(batch.id, actor=SYSTEM, now=now)
    if batch.state not in ("finished", "undoing", "undone"):
        batch = import_file.run(batch.id, actor=SYSTEM, now=now)
    if undo:
        batch = undo_import.undo(batch.id, actor=SYSTEM, now=now)
    told = queries.told(batch)
    rejects = told.get("rejects_file")
    return {
        "state": batch.state, "undo": batch.undo,
        "result": {name: it for name, it in told.items() if name not in ("batch", "rejects_file")},
        "trial": {name: it for name, it in batch.trial.items() if name != "batch"},
        "rejects": Path(rejects).read_text(encoding="utf-8") if rejects else "",
    }

answer = {}
for path, kind in asked["files"]:
    if asked["dies"] and kind == asked["dies_in"]:
        prepare_to_die(*asked["dies"])
    answer[kind] = taken(path, kind, asked["undo"] and kind == "purchases")
print(json.dumps(answer))
"""
LEFT = {
    "purchases": "SELECT k.external_id, split_part(p.external_ref, ' (', 1), p.total_minor,"
    " p.returned_minor FROM purchases_purchase AS p JOIN customers_externalid AS k"
    " ON k.customer_id = p.customer_id AND k.source = p.source WHERE p.source = %s"
    " ORDER BY 1, 2, 3",
    "points": "SELECT k.external_id, a.posted, a.debt FROM loyalty_account AS a"
    " JOIN customers_externalid AS k ON k.customer_id = a.customer_id"
    " WHERE k.source = %s ORDER BY 1",
    "customers": "SELECT k.external_id, c.display_name, c.status FROM customers_customer AS c"
    " JOIN customers_externalid AS k ON k.customer_id = c.id WHERE k.source = %s ORDER BY 1",
    "told": "SELECT e.name, count(*) FROM events_event AS e JOIN customers_externalid AS k"
    " ON k.customer_id = e.customer_id WHERE k.source = %s GROUP BY 1 ORDER BY 1",
    "refused": "SELECT r.is_trial, r.number, r.code FROM imports_row AS r"
    " JOIN imports_batch AS b ON b.id = r.batch_id WHERE b.source = %s ORDER BY 1, 2, 3",
    "imports": "SELECT kind, state, rows_done FROM imports_batch WHERE source = %s ORDER BY 1, 2",
}


@dataclass(frozen=True)
class File:
    path: Path
    kind: str
    rows: int


def run(*, seed: int, minutes: float) -> dict[str, Any]:
    """The drill: every phase once, or in its short form those that can go wrong the most."""
    is_short = minutes < SHORT_MINUTES
    chosen = SHORT if is_short else tuple(PHASES)
    kills: dict[str, int] = {}
    faults: list[str] = []
    with opened() as installation:
        files = _files(installation, ROWS_SHORT if is_short else ROWS, seed)
        wanted = {undo: _taken(installation, files, f"calm-{undo}", undo=undo)
                  for undo in {phase == "undoing" for phase in chosen}}  # fmt: skip
        for phase in chosen:
            undo = phase == "undoing"
            found = _taken(
                installation, files, phase.replace(" ", "-"), undo=undo, dies=PHASES[phase],
                dies_in="customers" if phase == OF_CUSTOMERS else "purchases",
            )  # fmt: skip
            kills[phase] = found.pop("kills")
            faults += [f"killed {phase}: {name} differs" for name, it in wanted[undo].items()
                       if name != "kills" and found[name] != it]  # fmt: skip
            faults += [] if kills[phase] else [f"nobody died {phase}"]
        verified = installation.answer("verify")
        faults += [f"process {pid} is left running" for pid in installation.stop()]
    result = {
        "name": "imports", "seed": seed, "kills": kills, "faults": len(faults),
        "examples": faults[:10], "verify": {"runs": 1, "ok": verified["ok"]},
        "ok": verified["ok"] and not faults,
    }  # fmt: skip
    if result["ok"]:
        remove(installation.home)
    return result


def _files(installation: Installation, rows: int, seed: int) -> list[File]:
    """Customers, some twice, and what they bought: some rows are no good, some equal."""
    chance = random.Random(f"{seed}:phases")
    customers = ["customer,name,phone"]
    for number in range(rows // 2):
        phone = "112" if chance.random() < 0.02 else f"+3712{chance.randrange(10**6, 10**7)}"
        customers.append(f"c{number % (rows // 2 - 5)},Customer {number},{phone}")
    sales = ["customer,date,amount,currency"]
    for number in range(rows):
        amount = "x" if number % REFUSED_EVERY == 0 else f"{chance.randrange(1, 300)}.00"
        sales.append(
            f"c{chance.randrange(CUSTOMERS)},2026-01-{chance.randrange(1, 29):02},{amount},EUR"
        )
    found = []
    for kind, lines in (("customers", customers), ("purchases", sales)):
        path = installation.home.path / f"{kind}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found.append(File(path, kind, len(lines) - 1))
    return found


def _taken(
    installation: Installation, files: list[File], source: str, *, undo: bool,
    dies: tuple[str, str, int, str] | None = None, dies_in: str = "purchases",
) -> dict[str, Any]:  # fmt: skip
    """Both files, one with a death on the way; what is told and what stands afterwards."""
    found: dict[str, Any] = {"kills": 0}
    for hook in (dies, None) if dies else (None,):
        said = _work(installation, files, source, undo=undo, dies=hook, dies_in=dies_in)
        found["kills"] += said is None
        found["told"] = said
    for name, query in LEFT.items():
        found[name] = [list(map(str, row)) for row in installation.rows(query, source)]
    return found


def _work(
    installation: Installation, files: list[File], source: str, *, undo: bool,
    dies: tuple[str, str, int, str] | None, dies_in: str,
) -> Any:  # fmt: skip
    """What a process of its own answers; None where it was killed."""
    asked = {
        "files": [[str(file.path), file.kind] for file in files], "source": source, "undo": undo,
        "dies": dies, "dies_in": dies_in, "rows_at_once": files[0].rows // PIECES,
        "now": "2026-02-01T12:00:00+00:00",
    }  # fmt: skip
    with installation.log.open("a") as log:
        done = subprocess.run(
            [sys.executable, "-c", WORK, json.dumps(asked)], env=installation.environment,
            stdout=subprocess.PIPE, stderr=log, text=True, check=False,
        )  # fmt: skip
    if done.returncode == -signal.SIGKILL:
        return None
    if done.returncode:
        raise DrillStuck(f"an import of {source} ended with {done.returncode}: see its log")
    return json.loads(done.stdout)
