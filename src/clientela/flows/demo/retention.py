"""Flags, needs, offers and what came of them at the demo company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from clientela.customers.models import Customer
from clientela.flows import facts, offers
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.mark import DEMO
from clientela.flows.demo.offer_texts import offers as texts
from clientela.flows.demo.story import Plan
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.retention import queries as retention
from clientela.retention.actions import knowledge, publishing
from clientela.retention.actions.knowledge import NewFlag, NewNeed
from clientela.retention.actions.offering import Said

PUBLISHED_DAYS_AGO = 210
TALKED_SHARE = 0.05
PETERIS, MEZROZES, ANNA, CARLOS, EMMA = 7, 6, 1, 4, 9
REASONS = ("price", "has-elsewhere", "no-need", "trust", "other")
# How many of a hundred customers have each flag, and what to do about it.
FLAGS = (
    ("arrears", 0.02, "Ask for a date of payment first."),
    ("vulnerable", 0.012, "Speak slowly, confirm in writing."),
    ("do_not_sell", 0.01, "Answer the question, offer nothing."),
    ("bereavement", 0.004, "Be kind; forms go to the estate desk."),
    ("fraud", 0.003, "Verify twice, change nothing by telephone."),
    ("legal_hold", 0.002, "Write everything down; delete nothing."),
)


def _in(en: str, es: str, lv: str) -> dict[str, str]:
    return {"en": en, "es": es, "lv": lv}


NEEDS = (
    ("moves-house", _in("Moves house", "Se muda", "Pārceļas"), "broadband", ""),
    (
        "travels",
        _in(
            "Travels abroad next summer",
            "Viaja al extranjero en verano",
            "Vasarā brauks uz ārzemēm",
        ),
        "",
        "",
    ),
    (
        "home-insurance",
        _in("Home insurance", "Seguro del hogar", "Mājokļa apdrošināšana"),
        "home-insurance",
        "Dzintars",
    ),
    (
        "mobile",
        _in("Mobile for the children", "Móvil para los hijos", "Mobilais bērniem"),
        "mobile",
        "Bite un Dēls",
    ),
)


def publish(today: date, *, now: datetime) -> None:
    """The offers, as they stood for some months; in the transaction that frames the company."""
    then = now - timedelta(days=PUBLISHED_DAYS_AGO)
    for body in texts(today):
        publishing.publish_offer(
            body, catalogue=facts.catalogue(), actor=DEMO, now=then, is_demo=True
        )


def tell(plan: Plan, ids: Mapping[int, UUID], *, now: datetime) -> None:
    """What is known of these customers, and the talks of the last months with some of them.

    Customers of whom it was told before are left as they are.
    """
    if retention.was_noted(ids.values(), by=DEMO.id):
        return
    with transactions.open():
        knowledge.set_flags(list(_flags(plan, ids)), actor=DEMO, now=now - timedelta(days=30))
        knowledge.note_needs(list(_needs(plan, ids)), actor=DEMO, now=now - timedelta(days=9))
    retention.forget()
    for place, id in ids.items():
        chance = Chance(plan.seed, f"talk {place}")
        if place > EMMA + 1 and chance.is_so(TALKED_SHARE):
            _talk(id, chance, now=now)


def _flags(plan: Plan, ids: Mapping[int, UUID]) -> Iterator[NewFlag]:
    known = {PETERIS: "vulnerable", MEZROZES: "do_not_sell"}
    for place, id in ids.items():
        chance = Chance(plan.seed, f"flag {place}")
        for kind, share, instruction in FLAGS:
            is_told = known[place] == kind if place in known else chance.is_so(share)
            if is_told and (place > EMMA + 1 or place in known):
                review = plan.today + timedelta(days=chance.whole(20, 200))
                yield NewFlag(id, kind, "", instruction, "demo", review)
                break


def _needs(plan: Plan, ids: Mapping[int, UUID]) -> Iterator[NewNeed]:
    """As the customer said it, so in the customer's language."""
    rows = Customer.objects.filter(id__in=ids.values()).values_list("id", "language")
    languages = dict(rows)
    for place, id in ids.items():
        chance = Chance(plan.seed, f"need {place}")
        if place == ANNA:
            yield NewNeed(id, "moves-house", "Janvārī pārceļas uz Valmieru", "stated",
                          product_kind="broadband")  # fmt: skip
            yield NewNeed(id, "studies", "Elīna sāk studēt", "inferred", 60,
                          expires_on=plan.today + timedelta(days=280))  # fmt: skip
            yield NewNeed(id, "home-insurance", "Mājokļa apdrošināšana", "stated",
                          product_kind="home-insurance", competitor="Dzintars",
                          ends_on=plan.today + timedelta(days=108))  # fmt: skip
        elif chance.is_so(0.06):
            kind, words, product, competitor = chance.one_of(NEEDS)
            ends = plan.today + timedelta(days=chance.whole(10, 300)) if competitor else None
            source = "stated" if chance.is_so(0.7) else "seen"
            said = words[languages.get(id) or "en"]
            yield NewNeed(id, kind, said, source, product_kind=product, competitor=competitor,
                          ends_on=ends)  # fmt: skip


def _talk(id: UUID, chance: Chance, *, now: datetime) -> None:
    """One conversation of the last months: the offers of that day, and what came of them."""
    then = now - timedelta(days=chance.whole(3, 80), minutes=chance.whole(0, 400))
    rows = offers.decide([id], actor=DEMO, now=then)
    for row in rows:
        proposal = UUID(hex=row["id"].removeprefix("prp_"))
        try:
            offers.record_outcome(proposal, _said(chance, then), actor=DEMO,
                                  now=then + timedelta(minutes=4))  # fmt: skip
        except Problem:
            continue  # held back meanwhile: nothing came of it


def _said(chance: Chance, then: datetime) -> Said:
    kind = chance.weighted(
        ("accepted", "later", "not_interested", "ineligible", "not_presented"),
        (0.2, 0.2, 0.35, 0.05),
    )
    if kind == "later":
        return Said(kind, until_on=then.date() + timedelta(days=chance.whole(30, 95)))
    return Said(kind, chance.one_of(REASONS) if kind == "not_interested" else "")
