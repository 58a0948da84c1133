"""Files that are killed on their way in: by the command line, then by the worker."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.installation import POSTGRES, DrillStuck, Installation, until

ROWS, ROWS_SHORT = 100_000, 12_000
QUEUED_ROWS, QUEUED_ROWS_SHORT = 60_000, 12_000
CUSTOMERS = 500
IMPORTING = "importing process"
DECK = (IMPORTING, POSTGRES, IMPORTING, POSTGRES, IMPORTING)
DECK_SHORT = (IMPORTING,)
DELAY_SECONDS = (0.05, 1.0)
TRIES_MAX = 30
TAKEN_OVER_SECONDS_MAX = 60.0
FINISHED_SECONDS_MAX = 180.0
NOT_AVAILABLE = 5
QUEUE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
import django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from clientela.flows import import_file, jobs
from clientela.platform.http.actors import SYSTEM
batch = import_file.receive(Path(sys.argv[1]), kind="purchases", mapping_text="",
                            source=sys.argv[2], actor=SYSTEM, now=datetime.now(UTC))
jobs.queue_import(batch, run=True, actor=SYSTEM.id)
print(batch.id)
"""


@dataclass
class File:
    """A file of purchases and what must become of it, by a sum of our own."""

    path: Path
    source: str
    read: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    taken_minor: int = 0
    points: Counter[str] = field(default_factory=Counter)


def killed(installation: Installation, *, seed: int, is_short: bool) -> dict[str, Any]:
    """Import files while they are killed; what became of them, beside what must have."""
    chance = random.Random(f"{seed}:files")
    rows, deck = (ROWS_SHORT, DECK_SHORT) if is_short else (ROWS, DECK)
    file = _written(installation, "file", rows, chance)
    _register(installation, file)
    result = _by_command(installation, file, deck, chance)
    if not is_short:
        result["faults"] += _repeated(installation, file)
    return result


def _written(installation: Installation, source: str, rows: int, chance: random.Random) -> File:
    """Some rows stand twice and count twice, some name nobody known, some make no sense."""
    file = File(installation.home.path / f"{source.replace(' ', '-')}.csv", source)
    lines = ["customer,date,amount,currency"]
    for _ in range(rows):
        file.read += 1
        lines.append(_line(file, lines[-1], chance))
    file.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _line(file: File, before: str, chance: random.Random) -> str:
    dice = chance.random()
    customer, minor = f"f{chance.randrange(CUSTOMERS)}", chance.randrange(1, 50_000)
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(300))
    if dice < 0.005:
        file.outcomes["rejected"] += 1
        return f"{customer},{day:%Y-%m-%d},12.3x,EUR"
    if dice < 0.01:
        file.outcomes["without_customer"] += 1
        return f"nobody,{day:%Y-%m-%d},{minor / 100:.2f},EUR"
    if dice < 0.02 and before.startswith("f") and "x" not in before:
        customer, _, amount, _ = before.split(",")
        minor = round(float(amount) * 100)
        line = before
    else:
        line = f"{customer},{day:%Y-%m-%d},{minor / 100:.2f},EUR"
    file.outcomes["new"] += 1
    file.taken_minor += minor
    file.points[customer] += minor // 100
    return line


def _register(installation: Installation, file: File) -> None:
    path = installation.home.path / "customers.csv"
    lines = [f"f{number},Customer {number}" for number in range(CUSTOMERS)]
    path.write_text("\n".join(["customer,name", *lines, ""]), encoding="utf-8")
    installation.answer("import", str(path), "--as", "customers", "--source", file.source)


def _by_command(
    installation: Installation, file: File, deck: tuple[str, ...], chance: random.Random
) -> dict[str, Any]:
    kills: Counter[str] = Counter()
    left = list(deck)
    for _ in range(TRIES_MAX):
        process = _started(installation, file)
        if left and _struck(installation, process, left[0], chance, file):
            kills[left.pop(0)] += 1
        said, _ = process.communicate()
        if process.returncode in (0, 1):
            result = json.loads(said)
            break
        if process.returncode not in (-signal.SIGKILL, NOT_AVAILABLE):
            raise DrillStuck(f"an import ended with {process.returncode}: {said}")
    else:
        raise DrillStuck(f"the import did not finish in {TRIES_MAX} runs")
    faults = [*_compared(result, file), *_counted(installation, file)]
    return {"rows": file.read, "kills": dict(kills), "not_killed": left, "faults": faults}


def _started(installation: Installation, file: File) -> subprocess.Popen[str]:
    """The import goes on where its batch is known, else it begins."""
    batch = _batch(installation, file)
    if batch is not None and batch[1] != "finished":
        return installation.start("imports", "resume", f"imp_{batch[0].hex}", "--json")
    return installation.start(
        "import", str(file.path), "--as", "purchases", "--source", file.source, "--json"
    )


def _batch(installation: Installation, file: File) -> tuple[Any, str, int] | None:
    rows = installation.rows(
        "SELECT id, state, rows_done FROM imports_batch WHERE source = %s AND kind = 'purchases'"
        " ORDER BY id DESC LIMIT 1",
        file.source,
    )
    return rows[0] if rows else None


def _struck(
    installation: Installation, process: subprocess.Popen[str], victim: str,
    chance: random.Random, file: File,
) -> bool:  # fmt: skip
    """Kill once rows go in and a moment has passed; False where the import was done before."""
    before = _batch(installation, file)
    done = before[2] if before else -1
    while process.poll() is None:
        now = _batch(installation, file)
        if now is not None and now[2] > done:
            break
        time.sleep(0.05)
    time.sleep(chance.uniform(*DELAY_SECONDS))
    if process.poll() is not None:
        return False
    if victim == IMPORTING:
        process.kill()
    else:
        installation.kill(victim)
    return True


def _compared(result: dict[str, Any], file: File) -> list[str]:
    wanted: dict[str, Any] = {"read": file.read, **file.outcomes}
    faults = [
        f"{name}: {result[name]}, not {value}"
        for name, value in wanted.items()
        if result[name] != value
    ]
    taken = result["totals"]["EUR"]["taken_minor"]
    if taken != file.taken_minor:
        faults.append(f"taken: {taken}, not {file.taken_minor}")
    return faults


def _counted(installation: Installation, file: File) -> list[str]:
    """What stands in the database, whatever the import says of itself."""
    [(rows, minor)] = installation.rows(
        "SELECT count(*), coalesce(sum(total_minor), 0)::bigint FROM purchases_purchase"
        " WHERE source = %s",
        file.source,
    )
    points = dict(installation.rows(
        "SELECT k.external_id, sum(a.posted)::bigint FROM loyalty_account AS a"
        " JOIN customers_externalid AS k ON k.customer_id = a.customer_id AND k.source = %s"
        " GROUP BY k.external_id",
        file.source,
    ))  # fmt: skip
    faults = []
    if (rows, minor) != (file.outcomes["new"], file.taken_minor):
        faults.append(f"{rows} purchases of {minor} stand in the database")
    wrong = [name for name, wanted in file.points.items() if points.get(name, 0) != wanted]
    return [*faults, *(f"{name} has {points.get(name)} points" for name in wrong)]


def _repeated(installation: Installation, file: File) -> list[str]:
    """The same file under another name adds nothing."""
    copy = file.path.with_name("copy.csv.gz")
    with file.path.open("rb") as plain, gzip.open(copy, "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed)
    result = installation.answer("import", str(copy), "--as", "purchases", "--source", file.source)
    wanted = (0, file.outcomes["new"])
    found = (result["new"], result["repeated"])
    return [] if found == wanted else [f"the copy: {found} new and repeated, not {wanted}"]


@dataclass(eq=False)
class Queued(threading.Thread):
    """A file that a worker takes in; after the kill another one goes on with it."""

    installation: Installation
    file: File
    victim: str
    worker: int | None = None
    struck_at: float = 0.0
    taken_over_seconds: float = 0.0

    def __post_init__(self) -> None:
        super().__init__(name=f"watches {self.file.source}", daemon=True)

    def strike(self) -> None:
        """Kill once the first rows are in; then watch, beside whatever else goes on."""
        _queue(self.installation, self.file)
        until(lambda: _rows_done(self.installation, self.file), "the first rows of a queued file")
        self.worker = self._worker()
        self.installation.kill(self.victim)
        self.struck_at = time.monotonic()
        self.start()

    def run(self) -> None:
        while _state(self.installation, self.file) != "finished":
            if self._worker() not in (None, self.worker):
                break
            time.sleep(0.1)
        self.taken_over_seconds = time.monotonic() - self.struck_at

    def _worker(self) -> int | None:
        """Under which number somebody works on the file."""
        rows = self.installation.rows(
            "SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing' AND lock = %s",
            f"import:{self.file.source}",
        )
        return rows[0][0] if rows else None

    def judged(self) -> dict[str, Any]:
        """Wait for the end of it; what became of it."""
        until(lambda: _state(self.installation, self.file) == "finished", "a finished import",
              seconds=FINISHED_SECONDS_MAX)  # fmt: skip
        self.join()
        faults = _counted(self.installation, self.file)
        if self.taken_over_seconds > TAKEN_OVER_SECONDS_MAX:
            faults.append(f"taken over only after {self.taken_over_seconds:.0f} s")
        return {"kill": self.victim, "rows": self.file.read, "faults": faults,
                "taken_over_seconds": round(self.taken_over_seconds, 1)}  # fmt: skip


def queued(installation: Installation, victim: str, *, seed: int, is_short: bool) -> Queued:
    """A file on its way in through the worker, already struck."""
    source = f"queued when {victim} died"
    chance = random.Random(f"{seed}:{source}")
    file = _written(installation, source, QUEUED_ROWS_SHORT if is_short else QUEUED_ROWS, chance)
    _register(installation, file)
    under_way = Queued(installation, file, victim)
    under_way.strike()
    return under_way


def _rows_done(installation: Installation, file: File) -> int:
    batch = _batch(installation, file)
    return batch[2] if batch else 0


def _state(installation: Installation, file: File) -> str:
    batch = _batch(installation, file)
    return batch[1] if batch else ""


def _queue(installation: Installation, file: File) -> None:
    subprocess.run(
        [sys.executable, "-c", QUEUE, str(file.path), file.source],
        env=installation.environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
