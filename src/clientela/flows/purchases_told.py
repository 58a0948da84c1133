"""What the log says of purchases that were just recorded, by columns: a batch is 10,000 of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from clientela.events.actions import Alike
from clientela.loyalty.queries.ledger import Earned
from clientela.platform import ids
from clientela.purchases.actions import Fresh


def told(fresh: Sequence[Fresh], gains: Mapping[UUID, tuple[Earned, ...]]) -> list[Alike]:
    """That they were recorded, and what each has earned."""
    subjects = [f"pur_{digits}" for digits in ids.hexes([one.id for one in fresh])]
    return [
        _recorded(fresh, subjects),
        earned(
            (one.purchase.customer_id, one.purchase.purchased_at, subject, gain)
            for one, subject in zip(fresh, subjects, strict=True)
            for gain in gains.get(one.id, ())
        ),
    ]


def _recorded(fresh: Sequence[Fresh], subjects: list[str]) -> Alike:
    rest = cache(_rest)
    bought = [one.purchase for one in fresh]
    return Alike(
        "purchase.recorded", [new.purchased_at for new in bought],
        [new.customer_id for new in bought], subjects,
        [f'{{"minor":{new.total_minor},{rest(new.currency, new.channel)}' for new in bought],
    )  # fmt: skip


def _rest(currency: str, channel: str) -> str:
    """The end of an object that began already."""
    said = {"currency": currency} | ({"channel": channel} if channel else {})
    return json.dumps(said, ensure_ascii=False)[1:]


def earned(gains: Iterable[tuple[UUID, datetime, str, Earned]]) -> Alike:
    """By customer, instant and public id of the purchase."""
    code = cache(json.dumps)
    rows = list(gains)
    return Alike(
        "points.earned", [at for _, at, _, _ in rows], [customer for customer, _, _, _ in rows],
        [subject for _, _, subject, _ in rows],
        [
            f'{{"posting":"pos_{gain.posting_id}","points":{gain.points},'
            f'"currency":{code(gain.currency)}}}'
            for _, _, _, gain in rows
        ],
    )  # fmt: skip
