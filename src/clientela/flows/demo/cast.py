"""The customers come in: who they are, and what they hold before they buy anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import queries, rules
from clientela.customers.actions import IdentityValue, NewCustomer
from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.demo import traits
from clientela.flows.demo.catalogue import CURRENCY, GOODS
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.demo.story import Held, Household, Party, Plan
from clientela.platform import emails, ids, phones, transactions
from clientela.platform.errors import Problem
from clientela.products import actions as products
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.products.actions import NewHolder, NewHolding, Terms
from clientela.staff import company as companies

MORNING = time(10)
Ids = dict[int, UUID]


class SourceInUse(Problem):
    code = "source-in-use"
    status = 409
    title = "Customers of your own come from a source called demo"


class Cast:
    """Registers the customers of a story and opens what they hold, batch by batch."""

    def __init__(self, plan: Plan, traits_known: Sequence[str] = (), *, now: datetime) -> None:
        self.plan, self.traits, self.now = plan, traits_known, now
        self.zone = companies.current().zone
        self.fields = {
            key: queries.definitions(kind) for key, kind in queries.profile_types().items()
        }
        known = catalogue.by_codes(good.code for good in GOODS)
        self.products = {good.code: known[product_rules.code_norm(good.code)] for good in GOODS}

    @transactions.retried
    def enter(self, batch: Sequence[Household]) -> Ids:
        """The customers' ids by their number in the story."""
        parties = [party for household in batch for party in household.parties]
        holdings = [held for household in batch for held in household.holdings]
        with transactions.open():
            ids_by_number, told = self._register(parties)
            told += self._open(holdings, ids_by_number)
            events.emit(told, actor=DEMO, now=self.now)
        return ids_by_number

    def _register(self, parties: Sequence[Party]) -> tuple[Ids, list[Happening]]:
        registered = customers.register(
            [self._new(party) for party in parties], now=self.now, today=self.plan.today,
            is_demo=True,
        )  # fmt: skip
        fresh = {parties[place].number: id for place, id in registered}
        known = _known([party for party in parties if party.number not in fresh])
        told = [
            happening
            for place, id in registered
            for happening in _registered(
                parties[place], id, self._morning(parties[place].known_since)
            )
        ]
        return {**fresh, **known}, told

    def _new(self, party: Party) -> NewCustomer:
        told = {**party.attributes, **traits.told_by(party, self.plan, self.traits)}
        attributes, _ = rules.check(
            self.fields[party.profile_type], told, today=self.plan.today, now=self.now
        )
        return NewCustomer(
            name=party.name, profile_type=party.profile_type, language=party.language,
            country=party.country, status=party.status, known_since=party.known_since,
            source=SOURCE, external_id=party.reference, attributes=attributes,
            identities=_identities(party),
        )  # fmt: skip

    def _open(self, holdings: Sequence[Held], ids_by_number: Ids) -> list[Happening]:
        opened = products.open_holdings(
            [self._holding(held, ids_by_number[held.owner]) for held in holdings], is_demo=True
        )
        products.add_holders([
            NewHolder(ids_by_number[number], id, ids_by_number[holdings[place].owner], role)
            for place, id in opened
            for number, role in holdings[place].parts
        ])  # fmt: skip
        return [
            happening
            for place, id in opened
            for happening in self._opened(holdings[place], id, ids_by_number)
        ]

    def _holding(self, held: Held, customer: UUID) -> NewHolding:
        has_money = held.balance_minor is not None or held.limit_minor is not None
        terms = Terms(
            opened_on=held.opened_on, closed_on=held.closed_on, matures_on=held.matures_on,
            fixed_until_on=held.fixed_until_on, balance_minor=held.balance_minor,
            balance_on=None if held.balance_minor is None else self.plan.today,
            limit_minor=held.limit_minor, rate=held.rate, currency=CURRENCY if has_money else "",
        )  # fmt: skip
        return NewHolding(
            customer_id=customer, product_id=self.products[held.product].id, source=SOURCE,
            reference=held.reference, number=held.number, status=held.status, terms=terms,
        )  # fmt: skip

    def _opened(self, held: Held, id: UUID, ids_by_number: Ids) -> Iterator[Happening]:
        data = {"product": self.products[held.product].name}
        holders = (held.owner, *(number for number, _ in held.parts))
        for name, day in (("holding.opened", held.opened_on), ("holding.closed", held.closed_on)):
            for number in holders if day else ():
                assert day is not None
                yield Happening(name, self._morning(day), ids_by_number[number],
                                ids.public("hol", id), data)  # fmt: skip

    def _morning(self, day: date) -> datetime:
        """An hour of that day, never one still to come."""
        return min(datetime.combine(day, MORNING, tzinfo=self.zone), self.now)


def _registered(party: Party, id: UUID, at: datetime) -> Iterator[Happening]:
    subject = ids.public("cus", id)
    yield Happening("customer.registered", at, id, subject, {"source": SOURCE})
    for kind in ("phone",) * len(party.phones) + ("email",) * len(party.emails):
        yield Happening("identity.added", at, id, subject, {"kind": kind})


def _identities(party: Party) -> tuple[IdentityValue, ...]:
    numbers = [phones.normal(number, party.country) for number in party.phones]
    addresses = [emails.normal(address) for address in party.emails]
    return (
        *(IdentityValue("phone", number.e164, number.shown) for number in numbers),
        *(IdentityValue("email", address.norm, address.shown) for address in addresses),
    )


def _known(parties: Sequence[Party]) -> Ids:
    """Customers that an earlier load registered, never real ones from a source of this name."""
    references = [queries.Reference("external", party.reference, SOURCE) for party in parties]
    found = {
        party.number: resolved.survivor
        for party, resolved in zip(parties, queries.resolve(references), strict=True)
        if resolved is not None
    }
    if Customer.objects.filter(id__in=found.values(), is_demo=False).exists():
        raise SourceInUse
    return found
