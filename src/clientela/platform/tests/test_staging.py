"""A batch reaches a statement as it was handed in, as arrays and staged alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import sql, transactions
from clientela.platform.staging import Batch

TEXT = """
SELECT row.place, row.id, row.name, row.data, row.amount, row.said_at, row.day, row.digest, row.flag
FROM unnest(
    %(id)s::uuid[], %(name)s::text[], %(data)s::text[]::jsonb[], %(amount)s::bigint[],
    %(said_at)s::timestamptz[], %(day)s::date[], %(digest)s::bytea[], %(flag)s::boolean[]
) WITH ORDINALITY AS row (id, name, data, amount, said_at, day, digest, flag, place)
ORDER BY row.place
"""
COLUMNS = ("id", "name", "data", "amount", "said_at", "day", "digest", "flag")
RIGA = timezone(timedelta(hours=2))
NASTY = (
    "", " ", "NULL", "null", r"\N", r"\.", "\\", "\t\n\r", '"', "'", "{}", "a,b", "%(id)s", "%%",
    "Ķēniņš", "日本", "\x01\x1f", "a\\", '\\"',
)  # fmt: skip
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
)
FIRST, LAST = datetime(1000, 1, 1), datetime(9000, 1, 1)  # noqa: DTZ001 - bounds have no zone
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, RIGA]))
ROWS = st.tuples(
    st.none() | st.uuids(),
    st.none() | TEXTS,
    st.none() | st.sampled_from(['{"a": "\\\\\\" \\t"}', "[]", '"x"', "null", "1"]),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | INSTANTS,
    st.none() | st.dates(date(1000, 1, 1), date(9000, 1, 1)),
    st.none() | st.binary(max_size=5),
    st.none() | st.booleans(),
)
pytestmark = pytest.mark.django_db


def told(rows: list[tuple[Any, ...]], *, size: int) -> list[tuple[Any, ...]]:
    with transactions.open():
        return sql.Statement("platform/said", TEXT).rows(size=size, **sql.columns(rows, COLUMNS))


@given(st.lists(ROWS, min_size=1, max_size=8))
def test_few_and_many_rows_arrive_alike_and_unchanged(rows: list[tuple[Any, ...]]) -> None:
    few, many = told(rows, size=1), told(rows, size=sql.PREPARED_ROWS_MAX + 1)
    assert few == many
    for place, (got, sent) in enumerate(zip(many, rows, strict=True), start=1):
        number, id, name, _, *rest = got
        assert (number, id, name) == (place, sent[0], sent[1])
        assert rest == [*sent[3:]]


def test_a_batch_may_be_staged_twice_in_one_transaction() -> None:
    row = (UUID(int=1), "a", "{}", 1, None, None, None, None)
    with transactions.open():
        assert len(told([row] * 60, size=60)) == 60
        assert len(told([row] * 70, size=70)) == 70


def test_a_statement_that_is_handed_no_batch_has_none() -> None:
    assert Batch.of("platform/plain", "SELECT * FROM unnest(family) AS member (id)") is None


def test_every_batch_of_the_house_is_understood() -> None:
    """A statement that takes arrays and is not recognised would never be staged."""
    for path in sorted(sql.PACKAGE.glob("*/sql/*.sql")):
        text = path.read_text(encoding="utf-8")
        if "unnest(%(" in "".join(text.split()):
            assert Batch.of(path.stem, text) is not None, path


@pytest.mark.django_db(transaction=True)
def test_what_is_read_outside_a_transaction_is_staged_all_the_same() -> None:
    rows = [(UUID(int=place), "", "[]", place, None, None, None, None) for place in range(60)]
    read = sql.Statement("platform/said", TEXT).rows(size=60, **sql.columns(rows, COLUMNS))
    assert [row[4] for row in read] == [*range(60)]
