"""Around the demo's customers: where they live, who belongs together, what was written of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from clientela.customers.identities import actions as identities
from clientela.customers.identities.models import Verification
from clientela.customers.kin import actions as kin
from clientela.customers.kin.actions import NewMember, NewRelation
from clientela.customers.models import Identity
from clientela.customers.places import actions as places
from clientela.customers.places.actions import NewAddress
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import keep_catalogue, keep_files
from clientela.flows.demo.chance import Chance
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.demo.stage import LOGINS
from clientela.flows.demo.story import Household, Party, Plan
from clientela.notes import actions as notes
from clientela.notes.actions import NewNote, NewTask
from clientela.platform import ids as made
from clientela.platform import postal, sql, transactions
from clientela.platform.postal import Place
from clientela.staff import company as companies
from clientela.staff.models import Person

Ids = Mapping[int, UUID]
STREETS = {
    "LV": ("Brīvības iela", "Rīgas iela", "Jūras iela", "Skolas iela", "Parka iela", "Liepu iela"),
    "ES": ("Calle Mayor", "Calle del Sol", "Avenida de la Paz", "Paseo del Prado", "Calle Nueva"),
    "GB": ("High Street", "Church Road", "Station Road"),
}
POSTCODES = {"LV": "LV-{:04d}", "ES": "{:05d}", "GB": "SW1A {:d}AA"}
TAGS = ("VIP", "Newsletter", "Prefers letters", "Former employee")
NOTES = (
    "Prefers to be called in the afternoon.",
    "Asked about a second card; will decide after the holidays.",
    "Speaks softly, please be patient.",
    "@Līga Ozola has promised to send the papers again.",
    "Moved in spring; letters to the new address only.",
)
TASKS = ("Call about the contract", "Send the papers again", "Ask how the delivery went",
         "Check the new address")  # fmt: skip
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # noqa: E501
MEANINGS = (
    ("A", None, "active"), ("B", None, "closed"), ("C", "mortgage", "active"),
    ("D", "mortgage", "dormant"), ("D", "current-account", "closed"),
)  # fmt: skip


def set_up(*, now: datetime) -> None:
    """What the codes of the bank's old system mean."""
    for code, kind, status in MEANINGS:
        keep_catalogue.map_status(
            source=f"{SOURCE}-bank", kind=kind or "", code=code, status=status, actor=DEMO, now=now
        )


@transactions.retried
def tell(batch: Sequence[Household], ids: Ids, plan: Plan, *, now: datetime) -> None:
    """Some hundred customers at once; what a broken load has told already is left alone."""
    parties = [party for household in batch for party in household.parties]
    with transactions.open():
        placed = places.add([
            address for party in parties for address in _addresses(party, ids[party.number], plan)
        ], now=now)  # fmt: skip
        if not placed:
            return
        _settle(batch, ids, now=now)
        _make_sure(parties, ids, plan, now=now)
        _write(parties, ids, plan, now=now)


@transactions.retried
def look_back(*, now: datetime) -> None:
    """Customers were last active when they last did something, not when the story was told."""
    with transactions.open():
        sql.statement("flows", "demo_activity").run(now=now)


def file_papers(ids: Ids, today: date, *, now: datetime) -> None:
    """The first customer has a contract on file; of three customers something is to be done: today,
    since yesterday, and done already.
    """
    keep_files.add_file(ids[1], "Contract.pdf", [PAPER], actor=DEMO, now=now)
    people = _people()
    wanted = (
        (1, "Tell her which rates there are for the mortgage", 0, None),
        (4, "Send the offer for the second line", -1, None),
        (7, "Ask whether the new card came", -4, now - timedelta(days=2)),
    )
    with transactions.open():
        notes.set_tasks([
            NewTask(ids[number], words, today + timedelta(days=days), people[1], people[0],
                    now - timedelta(days=6), done_at)
            for number, words, days, done_at in wanted if number in ids
        ])  # fmt: skip


def _addresses(party: Party, id: UUID, plan: Plan) -> Iterator[NewAddress]:
    chance = Chance(plan.seed, f"address {party.number}")
    country = party.country if party.country in STREETS else "LV"
    if not party.city:
        return
    purpose = "seat" if party.profile_type == "company" else "home"
    since = chance.day(min(party.known_since, plan.today), plan.today)
    if chance.is_so(0.15):
        yield NewAddress(id, purpose, _place(party.city, country, chance), party.known_since, since)
    yield NewAddress(id, purpose, _place(party.city, country, chance), since)
    if chance.is_so(0.05):
        yield NewAddress(id, "delivery", _place(party.city, country, chance))


def _place(city: str, country: str, chance: Chance) -> Place:
    number = chance.whole(1, 9) if country == "GB" else chance.whole(1001, 5299)
    street = f"{chance.one_of(STREETS[country])} {chance.whole(1, 90)}"
    return postal.checked(Place(street, city, POSTCODES[country].format(number), country=country))


def _settle(batch: Sequence[Household], ids: Ids, *, now: datetime) -> None:
    """People who live together are a household: a couple first, then those who came after them."""
    homes = [one for one in batch if sum(_is_person(party) for party in one.parties) > 1]
    founded = kin.found([_surname(home) for home in homes], now=now, is_demo=True)
    members, relations = [], []
    for home, household in zip(homes, founded, strict=True):
        people = [party for party in home.parties if _is_person(party)]
        roles = ("head", "partner", *("child",) * len(people))
        members += [
            NewMember(ids[one.number], household, role, starts_on=one.known_since)
            for one, role in zip(people, roles, strict=False)
        ]
        head, partner, *children = (ids[one.number] for one in people)
        relations.append(NewRelation(head, partner, "spouse"))
        relations += [NewRelation(head, child, "parent", may_act=True) for child in children]
    kin.join(members, now=now)
    kin.relate(relations, now=now)


def _make_sure(parties: Sequence[Party], ids: Ids, plan: Plan, *, now: datetime) -> None:
    """Some addresses are verified, a few bounce, are shared, or are not theirs any more."""
    chance = Chance(plan.seed, f"identities {parties[0].number}")
    rows = list(
        Identity.objects.filter(customer_id__in=[ids[party.number] for party in parties])
        .order_by("customer_id", "kind", "value_norm")
    )  # fmt: skip
    Verification.objects.bulk_create(
        Verification(
            id=made.uuid7(), customer_id=row.customer_id, identity_id=row.id,
            method="code" if row.kind == "email" else "call", verified_at=now,
            verified_by=DEMO.id,
            valid_until=plan.today + timedelta(days=365) if chance.is_so(0.5) else None,
        )
        for row in rows if chance.is_so(0.3)
    )  # fmt: skip
    for row in rows:
        if row.kind == "email" and chance.is_so(0.01):
            identities.bounce(row, bounced=True, now=now)
        elif row.kind == "phone" and chance.is_so(0.01):
            identities.share(row, shared=True)
        elif row.primary_since is None and chance.is_so(0.1):
            identities.end(row, now=now)


def _write(parties: Sequence[Party], ids: Ids, plan: Plan, *, now: datetime) -> None:
    """Notes, tasks and tags of some; who is meant are the demo's own people."""
    people = _people()
    tags = {tag.name: tag.key for tag in notes.define_tags(TAGS, is_demo=True)}
    told: list[Happening] = []
    written, tasks, put = [], [], []
    for party in parties:
        chance, id = Chance(plan.seed, f"notes {party.number}"), ids[party.number]
        if chance.is_so(0.06) or party.number == 1:
            put.append((id, tags[chance.one_of(TAGS)]))
        if chance.is_so(0.06) or party.number == 1:
            words = chance.one_of(NOTES)
            mentioned = (people[1],) if words.startswith("@") else ()
            at = _morning(chance.day(party.known_since, plan.today), now)
            written.append(NewNote(id, words, people[0], at, mentioned))
        if chance.is_so(0.03) or party.number == 1:
            tasks.append(_task(id, chance, plan.today, people, now=now))
    notes.put_tags(put, by=people[0], now=now)
    told += [
        Happening("note.written", note.written_at, note.customer_id, note.public_id,
                  {"mentioned": len(new.mentioned)})
        for note, new in zip(notes.write(written), written, strict=True)
    ]  # fmt: skip
    told += [
        Happening("task.set", task.made_at, task.customer_id, task.public_id,
                  {"due_on": task.due_on.isoformat()})
        for task in notes.set_tasks(tasks)
    ]  # fmt: skip
    events.emit(told, actor=DEMO, now=now)


def _task(
    id: UUID, chance: Chance, today: date, people: Sequence[str], *, now: datetime
) -> NewTask:
    made_at = now - timedelta(days=10)
    done_at = now - timedelta(days=1) if chance.is_so(0.3) else None
    due_on = today + timedelta(days=chance.whole(-3, 14))
    owner = chance.one_of(people)
    return NewTask(id, chance.one_of(TASKS), due_on, owner, people[0], made_at, done_at)


def _people() -> list[str]:
    """Public ids of the demo's people, in the order in which they sign in."""
    known = {person.email: person.public_id for person in Person.objects.filter(is_demo=True)}
    return [known[login.email] for login in LOGINS if login.email in known] or [DEMO.id] * 2


def _surname(home: Household) -> str:
    return home.parties[0].name.split()[-1]


def _is_person(party: Party) -> bool:
    return party.profile_type == "person"


def _morning(day: date, now: datetime) -> datetime:
    return min(datetime.combine(day, time(9, 30), tzinfo=companies.current().zone), now)
