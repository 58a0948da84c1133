"""The numbers customers are given, which people read out."""

from __future__ import annotations

from clientela.customers.rules import customer_number
from clientela.platform import sql

DRAWN = "SELECT array_agg(nextval('customers_number')) FROM generate_series(1, %s)"


def draw(count: int) -> list[int]:
    """So many that nobody has or will have, one at least."""
    ((numbers,),) = sql.execute(DRAWN, [count])
    return [customer_number(number) for number in numbers]
