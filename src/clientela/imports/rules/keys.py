"""What a purchase without a reference is known by, so that importing twice books once."""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b

from clientela.imports.rules.rows import PurchaseRow

DIGEST_BYTES = 16
BUCKET_BYTES, REST_BYTES, COUNT_BYTES = 2, 6, 4
UNIT = "\x1f"  # between facts; no cleaned value holds it


def digest_of(facts: str) -> bytes:
    """Of what a row says: facts such as `a=1177`, those that are not said left out."""
    return blake2b(facts.encode(), digest_size=DIGEST_BYTES).digest()


class Occurrences:
    """Counts how often each content has occurred so far in one file, in few bytes per row.

    The key of a row without a reference is (content, n-th occurrence): equal rows of a file are
    purchases of their own, the same file again has the same keys, and a file with one equal row
    more has one key more. Rows that are refused take no part.

    `collapse`: equal rows are one purchase. `file_digest`: mixed into every key, so that equal
    rows of two files are two purchases (mapping setting `files = "disjoint"`).
    """

    def __init__(self, *, collapse: bool = False, file_digest: str = "") -> None:
        self._collapse = collapse
        self._mixed_in = file_digest.encode()
        self._seen: defaultdict[bytes, bytearray] = defaultdict(bytearray)
        self._repeated: defaultdict[bytes, bytearray] = defaultdict(bytearray)

    def key(self, row: PurchaseRow) -> str:
        """The row's own reference or, counting the row, one made of what it says."""
        if row.reference is not None:
            return row.reference
        digest = row.digest
        if self._mixed_in:
            digest = blake2b(digest + self._mixed_in, digest_size=DIGEST_BYTES).digest()
        return f"row:{digest.hex()}:{1 if self._collapse else self._count(digest)}"

    def _count(self, digest: bytes) -> int:
        """How often this digest has occurred, this time included."""
        bucket, rest = digest[:BUCKET_BYTES], digest[BUCKET_BYTES : BUCKET_BYTES + REST_BYTES]
        seen = self._seen[bucket]
        if _place(seen, rest, REST_BYTES) >= 0:
            return _one_more(self._repeated[bucket], rest)
        seen += rest
        return 1


def _one_more(repeated: bytearray, rest: bytes) -> int:
    """Count in place; what is not there yet has occurred once before."""
    place = _place(repeated, rest, REST_BYTES + COUNT_BYTES)
    if place < 0:
        place = len(repeated)
        repeated += rest + (1).to_bytes(COUNT_BYTES, "big")
    at_count = slice(place + REST_BYTES, place + REST_BYTES + COUNT_BYTES)
    count = int.from_bytes(repeated[at_count], "big") + 1
    repeated[at_count] = count.to_bytes(COUNT_BYTES, "big")
    return count


def _place(records: bytearray, rest: bytes, record_bytes: int) -> int:
    """Where the record that begins with `rest` stands, -1 for nowhere."""
    place = records.find(rest)
    while place >= 0 and place % record_bytes:
        place = records.find(rest, place + 1)
    return place
