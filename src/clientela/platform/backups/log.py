"""The copied log of the database: which pieces there are, and how far they lead.

A piece has a timeline and a number. Going back to an earlier instant begins a new timeline; its
history says at which piece it left the one before.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clientela.platform.backups.sets import Backup, Restored

PIECE_BYTES = 16 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024
PIECE = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")


@dataclass(frozen=True)
class Reach:
    """From a backup along the log: the pieces in order, and what is missing before others."""

    pieces: tuple[Path, ...]
    gap: str = ""

    @property
    def until(self) -> datetime | None:
        """When the last of them was copied."""
        if not self.pieces:
            return None
        return datetime.fromtimestamp(self.pieces[-1].stat().st_mtime, UTC)

    def damages(self) -> list[str]:
        return [*([self.gap] if self.gap else []), *(it for it in map(_damage, self.pieces) if it)]


def number_of(place: str) -> int:
    """The number of the piece that holds a place of the log such as `0/3000028`."""
    high, low = (int(half, 16) for half in place.split("/"))
    return ((high << 32) + low) // PIECE_BYTES


def name_of(timeline: int, number: int) -> str:
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


def timeline_at(restores: Sequence[Restored], moment: datetime, *, first: int) -> int:
    """On which timeline the database lived at a moment; `first`: before any restore."""
    before = [it.timeline for it in restores if it.restored_at <= moment]
    return before[-1] if before else first


def reach(wal: Path, backup: Backup, *, timeline: int) -> Reach | None:
    """How far the log leads from a backup towards a timeline; None where it does not lead there."""
    way = _Way(wal, timeline)
    left = dict(way.parents).get(backup.timeline)
    if backup.timeline != timeline and (left is None or backup.last >= left):
        return None
    pieces, number = [], backup.last
    while (found := way.piece(number)) is not None:
        pieces.append(found)
        number += 1
    return Reach(tuple(pieces), way.gap(number))


def prune(wal: Path, *, before: int) -> int:
    """Remove pieces that no kept backup needs; how many."""
    old = [path for (_, number), path in _there(wal).items() if number < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def bytes_of(wal: Path) -> int:
    return sum(path.stat().st_size for path in _there(wal).values())


class _Way:
    """The pieces on the way to a timeline. One in which a timeline was left is on the new one too,
    as a whole.
    """

    def __init__(self, wal: Path, timeline: int) -> None:
        self.there = _there(wal)
        self.parents = _parents(wal, timeline)
        self.timeline = timeline

    def piece(self, number: int) -> Path | None:
        return self.there.get((self._timeline_of(number), number))

    def gap(self, number: int) -> str:
        """What is missing where others follow."""
        if not any(it > number and own == self._timeline_of(it) for own, it in self.there):
            return ""
        missing = name_of(self._timeline_of(number), number)
        return f"wal/{missing}.gz is missing: what came after it cannot be restored."

    def _timeline_of(self, number: int) -> int:
        return next((own for own, left in self.parents if number < left), self.timeline)


def _parents(wal: Path, timeline: int) -> list[tuple[int, int]]:
    """The timelines before this one, the first one first, with the piece each was left in."""
    path = wal / f"{timeline:08X}.history.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(int(parent), number_of(place)) for parent, place, *_ in lines]


def _there(wal: Path) -> dict[tuple[int, int], Path]:
    return dict(_pieces(wal))


def _pieces(wal: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    for path in wal.iterdir() if wal.is_dir() else ():
        if found := PIECE.fullmatch(path.name):
            timeline, high, low = (int(part, 16) for part in found.groups())
            yield (timeline, high * 256 + low), path


def _damage(path: Path) -> str:
    """A piece is compressed with a sum over its content."""
    size = 0
    try:
        with gzip.open(path, "rb") as file:
            while block := file.read(BLOCK_BYTES):
                size += len(block)
    except (OSError, EOFError, zlib.error):
        return f"wal/{path.name} has changed since it was written."
    return "" if size == PIECE_BYTES else f"wal/{path.name} is not whole."
