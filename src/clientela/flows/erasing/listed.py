"""The list of erasures beside the backups: a backup that is restored does not bring anybody back.

One line an erasure: ids and a date, nothing of the person. The database has the same rows; the file
is what is left when the database is replaced by an older one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from clientela.flows.erasing.place import place
from clientela.privacy.models.rights import Erasure

LINES_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    customers: tuple[UUID, ...]
    classes: tuple[str, ...]


def keep() -> int:
    """Add what the file lacks; how many. Run after every erasure, and each night."""
    path = place(settings.HOME)
    known = {line.id for line in read(path)}
    rows = Erasure.objects.order_by("done_at", "id").values_list(
        "id", "customer_id", "classes", "done_at"
    )
    fresh = [row for row in rows if row[0] not in known]
    if fresh:
        _append(path, [_written(*row) for row in fresh])
    return len(fresh)


def drop(ids: Collection[UUID]) -> None:
    """Take lines out whose customers are gone for good, as those of the demo company."""
    path = place(settings.HOME)
    if ids and path.exists():
        kept = [text for text in path.read_text(encoding="utf-8").splitlines(keepends=True)
                if UUID(json.loads(text)["id"]) not in ids]  # fmt: skip
        path.write_text("".join(kept), encoding="utf-8")


def read(path: Path) -> Iterator[Line]:
    """A line that a crash cut short is left out: its row is in the database."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file):
            if number >= LINES_MAX:
                return
            if text.endswith("\n") and (body := text.strip()):
                line = json.loads(body)
                yield Line(UUID(line["id"]), (UUID(line["customer"]),), tuple(line["classes"]))


def _written(id: UUID, customer_id: UUID, classes: list[str], done_at: object) -> str:
    return json.dumps(
        {"id": str(id), "customer": str(customer_id), "classes": classes, "done_at": str(done_at)}
    )


def _append(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        if file.tell() and not path.read_bytes().endswith(b"\n"):
            file.write(b"\n")
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
