"""The demo company as a stream: the same plan yields the same households, one by one.

Nothing is kept: a million customers need no more memory than ten. Each part of the story has its
own seed, so the first customers of a large company are those of a small one.
"""

from __future__ import annotations

from collections.abc import Iterator

from clientela.flows.demo.chance import Chance
from clientela.flows.demo.holdings import holdings_of
from clientela.flows.demo.known import known_households
from clientela.flows.demo.people import people_of
from clientela.flows.demo.sales import told
from clientela.flows.demo.story import Household, Party, Plan


def households(plan: Plan) -> Iterator[Household]:
    """Everything of everybody, household by household, in order of their numbers."""
    counted = 0
    for household in known_households(plan):
        counted += len(household.parties)
        yield household
    for parties in _strangers(plan, counted + 1):
        yield _told(plan, parties)


def parties(plan: Plan) -> Iterator[Party]:
    """Only who the customers are, several times faster than the whole story."""
    counted = 0
    for household in known_households(plan):
        counted += len(household.parties)
        yield from household.parties
    for family in _strangers(plan, counted + 1):
        yield from family


def _strangers(plan: Plan, first: int) -> Iterator[tuple[Party, ...]]:
    number = first
    while number <= plan.customers:
        chance = Chance(plan.seed, f"people/{number}")
        family = people_of(plan, chance, first=number, room=plan.customers - number + 1)
        number += len(family)
        yield family


def _told(plan: Plan, family: tuple[Party, ...]) -> Household:
    chance = Chance(plan.seed, f"holdings/{family[0].number}")
    return told(plan, family, holdings_of(plan, chance, family))
