"""A key is made: it sees no more of customers than whoever makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clientela.customers import sight
from clientela.customers.data_classes import EDIT, REVEAL, SEE
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import keys
from clientela.staff.keys import Made


def make_key(*, name: str, wanted: Sequence[str], rate: int, actor: Actor, now: datetime) -> Made:
    """Of the maker's branches; and of the kinds of data the maker sees whole, where the maker sees
    less than a key that names none would.
    """
    names_kinds = any(one.startswith((SEE, EDIT, REVEAL)) for one in wanted)
    within = [] if names_kinds else sight.as_rights(actor)
    with transactions.open():
        return keys.make(name=name, wanted=wanted, within=within, rate=rate, actor=actor, now=now)
