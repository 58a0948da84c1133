"""Customers of the demo who are written down twice: pairs that wait for a decision, one that was
put off, one told apart, one merged, and one merged and parted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from clientela.customers import actions as customers
from clientela.customers import queries
from clientela.customers.actions import IdentityValue, NewCustomer
from clientela.customers.models import Customer, Identity, IdentityKey
from clientela.events import actions as events
from clientela.flows import decide_pair, find_duplicates
from clientela.flows.demo.mark import DEMO
from clientela.flows.demo.people import KNOWN_NUMBERS
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.matching.queries import pairs
from clientela.platform import transactions
from clientela.staff import company as companies

SOURCE = "demo-twice"
STATES = ("waits", "waits", "waits", "later", "apart", "merged", "parted")
TWICE = len(STATES)


def write_down_twice(*, now: datetime) -> None:
    """Once; where they are there already nothing is added."""
    known = queries.Reference("external", "0", SOURCE)
    if queries.resolve([known])[0] is not None:
        return
    originals = _originals()
    again = _registered(originals, now=now)
    with transactions.open():
        found = [
            (id, find_duplicates.candidates(_alike(original), but=[id]))
            for original, id in zip(originals, again, strict=True)
        ]
        mine = {original.id for original in originals}
        find_duplicates.list_for_review(
            [(id, [one for one in several if one.customer.id in mine]) for id, several in found],
            now=now - timedelta(days=1),
        )  # fmt: skip
    for original, id, state in zip(originals, again, STATES, strict=False):
        _decide(original.id, id, state, now=now)


def _originals() -> Sequence[Customer]:
    """People with a phone of their own who are not of those the tutorial knows by name."""
    known = [text.replace(" ", "") for text in KNOWN_NUMBERS]
    phones = Identity.objects.filter(kind="phone", primary_since__isnull=False)
    several = (
        IdentityKey.objects.filter(kind="phone").values("value_norm")
        .annotate(many=Count("customer_id")).filter(many__gt=1).values("value_norm")
    )  # fmt: skip
    own = phones.exclude(value_norm__in=known).exclude(value_norm__in=several)
    people = Customer.objects.filter(
        is_demo=True, party="person", merged_into=None, attributes__has_key="birth_date",
        id__in=own.values("customer_id"),
    )  # fmt: skip
    return list(people.select_related("profile_type").order_by("-number")[:TWICE])


def _alike(original: Customer) -> NewCustomer:
    """The same person as somebody else wrote them down: marks forgotten, the parts swapped."""
    phone = Identity.objects.filter(customer_id=original.id, kind="phone").order_by("id")[0]
    words = original.display_name.split()
    return NewCustomer(
        name=" ".join([*words[1:], words[0]]), profile_type=original.profile_type.key,
        country=original.country, attributes={"birth_date": original.attributes["birth_date"]},
        identities=(IdentityValue("phone", phone.value_norm, phone.value_shown),),
    )  # fmt: skip


def _registered(originals: Sequence[Customer], *, now: datetime) -> list[UUID]:
    company = companies.current()
    batch = [
        NewCustomer(
            name=one.name, profile_type=one.profile_type, country=one.country, source=SOURCE,
            external_id=str(place), attributes=one.attributes, identities=one.identities,
        )
        for place, one in enumerate(map(_alike, originals))
    ]  # fmt: skip
    with transactions.open():
        made = customers.register(batch, now=now, today=company.today(now), is_demo=True)
        told = customers.registered_events([id for _, id in made], now=now, source=SOURCE)
        events.emit(told, actor=DEMO, now=now)
    return [id for _, id in made]


def _decide(original: UUID, again: UUID, state: str, *, now: datetime) -> None:
    pair = next(
        (one for one in pairs.waiting(now=now, limit=200) if set(one.sides) == {original, again}),
        None,
    )
    if state == "later" and pair is not None:
        decide_pair.later(pair.id, actor=DEMO, now=now)
    elif state == "apart" and pair is not None:
        decide_pair.different(pair.id, reason="mother and daughter", actor=DEMO, now=now)
    elif state in ("merged", "parted"):
        wish = Wish(original, (again,), reason="written down twice at the counter")
        done = merge_customers(wish, actor=DEMO, now=now)
        if state == "parted":
            back = Parting(done.merge.id, all_as="keep", reason="two people after all")
            unmerge_customers(back, actor=DEMO, now=now)
