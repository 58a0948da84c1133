"""Files made for a test."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from clientela.platform.tests.samples import CLONE

MAPPINGS = CLONE / "examples" / "mappings"


def written(folder: Path, content: str | bytes, *, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def packed(folder: Path, content: str | bytes, *, name: str = "table.csv.gz") -> Path:
    plain = content.encode() if isinstance(content, str) else content
    return written(folder, gzip.compress(plain, mtime=0), name=name)


def as_csv(
    rows: Iterable[Sequence[str]], *, separator: str = ",", quote: str = '"', end: str = "\r\n"
) -> str:
    """With quotes where a reader needs them; the csv module forgets the lone carriage return."""
    kept = [list(row) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=separator,
        quotechar=quote,
        lineterminator=end,
        quoting=_quoting(kept),
    )
    writer.writerows(kept)
    return text.getvalue()


def _quoting(rows: list[list[str]]) -> Literal[0, 1]:
    has_returns = any("\r" in cell for row in rows for cell in row)
    return csv.QUOTE_ALL if has_returns else csv.QUOTE_MINIMAL
