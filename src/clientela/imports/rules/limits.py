"""How much of a file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`ratio_max` bounds what a packed file may unpack to, beyond `ratio_allowance_bytes`."""

    bytes_max: int = 2_000_000_000
    rows_max: int = 50_000_000
    columns_max: int = 500
    record_chars_max: int = 1_000_000
    reread_chars_max: int = 100_000_000  # after quotes that are never closed
    ratio_max: int = 100
    ratio_allowance_bytes: int = 10_000_000


LIMITS = Limits()
