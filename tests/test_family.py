"""Over the demo company: every door shows a family whole, and parts it exactly as it was."""

from __future__ import annotations

import html
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clientela.api.router import api as doors
from clientela.api.tests.conftest import Caller
from clientela.customers.models import Customer
from clientela.flows import profile as profiles
from clientela.flows.demo import load
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.platform import ids, sql, transactions
from clientela.platform.declare import house
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy.models.rights import Restriction
from clientela.staff import company as companies
from clientela.staff import keys
from clientela.staff.models import Person

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAGES = 3
pytestmark = pytest.mark.long
# Lists of which the small demo company has too little for a second page.
SHORT = {
    "/imports", "/exports", "/travel-orders", "/cash-outs", "/leads", "/tasks", "/unnamed-sales",
    "/warranty/claims", "/benefits", "/gift-cards", "/partner-statements", "/payment-files",
    "/points/adjustments", "/points/forgiven", "/points/holds", "/points/own-earnings",
    "/travel-offers", "/tier-reviews",
}  # fmt: skip
# Lists that are no rows of the customer: a catalogue, and sums.
NOT_ROWS = {"/rewards", "/points"}
# Lots are emptied in the one account and opened in the other: the sums of points tell of them.
CARRIED = {"/points/lots"}
# Rows that tell of the customer beside themselves: they differ by what the customer is now.
OF_A_CUSTOMER = "/customers/{customer_id}"


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load once for all tests here; what a test changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load.load(20, now=NOW)
        companies.forget()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def caller(demo: None, db: None) -> Caller:
    with transactions.open():
        made = keys.make(name="all of it", wanted=["all"], rate=0, actor=SYSTEM,
                         now=datetime.now(UTC))  # fmt: skip
    return Caller(made.secret)


@pytest.fixture
def two(demo: None, db: None) -> tuple[UUID, UUID]:
    """The two people of different households with rows in most tables."""
    one, *others = busiest()
    related = relatives_of(one)
    return one, next(other for other in others if other not in related)


def busiest() -> list[UUID]:
    """People who stand for themselves, those with rows in most tables first."""
    found: Counter[UUID] = Counter()
    for table in tables():
        for (customer,) in rows(f"SELECT DISTINCT customer_id FROM {table}"):
            found[customer] += 1
    held = Restriction.objects.filter(kind=Restriction.Kind.HOLD).values("customer_id")
    people = set(
        Customer.objects.filter(party="person", merged_into=None, hidden_since=None)
        .exclude(id__in=held).values_list("id", flat=True)
    )  # fmt: skip
    return sorted(people & set(found), key=lambda id: (-found[id], id))


def rows(text: str, values: Any = None) -> list[tuple[Any, ...]]:
    return sql.raw().execute(text, values).fetchall()


def relatives_of(customer: UUID) -> set[UUID]:
    rows = sql.raw().execute(
        "SELECT other_customer_id FROM customers_relation WHERE customer_id = %(id)s"
        " UNION SELECT customer_id FROM customers_relation WHERE other_customer_id = %(id)s"
        " UNION SELECT other.customer_id FROM customers_membership AS own"
        " JOIN customers_membership AS other ON other.household_id = own.household_id"
        " WHERE own.customer_id = %(id)s"
        " UNION SELECT other.customer_id FROM products_holder AS own"
        " JOIN products_holder AS other ON other.holding_id = own.holding_id"
        " WHERE own.customer_id = %(id)s",
        {"id": customer},
    )  # fmt: skip
    return {id for (id,) in rows}


def tables() -> list[str]:
    """Every table with rows of customers, beside the customer itself."""
    return sorted({table for app in house() for table in app.family} - {"customers_customer"})


# Lists


@cache
def described() -> dict[str, Any]:
    return dict(doors.get_openapi_schema())


def paths(parameter: str = "") -> list[str]:
    """Addresses that are read, as the API describes them; those with a parameter."""
    found = described()["paths"]
    return [
        path.removeprefix("/api/v1")
        for path, operations in found.items()
        if "get" in operations and (not parameter or parameter in {
            one["name"] for one in operations["get"].get("parameters", ())
        })
    ]  # fmt: skip


def test_every_list_takes_its_own_next(caller: Caller) -> None:
    for record in busiest()[:3]:
        public = ids.public("cus", record)
        caller.get(f"/customers/{public}/profile")  # fills the list of accesses
        caller.post(f"/customers/{public}/notes", {"words": "Called again"})
    for path in sorted(set(paths("after")) - IDS_IN_ADDRESS):
        customer = fullest(path)
        seen = keys_on(caller, path.replace("{customer_id}", customer), pages=PAGES, limit=1)
        assert path in SHORT or len(seen) > 1, f"{path} has nothing to go on to"
        assert path.endswith("/timeline") or len(set(seen)) == len(seen), f"{path} repeats"


IDS_IN_ADDRESS = {
    "/webhooks/{webhook_id}/deliveries", "/imports/{id}/rejects", "/gift-cards/{card_id}/entries",
    "/wallets/{wallet_id}/entries", "/partners/{partner}/earnings",
    "/partner-statements/{statement_id}/lines", "/payment-files/{payment_file_id}/lines",
}  # fmt: skip


def test_merges_are_walked_three_pages_by_their_own_next(caller: Caller) -> None:
    one, *others = busiest()
    made = [merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW).merge.public_id
            for other in others[:4]]  # fmt: skip
    seen = keys_on(caller, f"/merges?customer={ids.public('cus', one)}", pages=4, limit=1)
    assert seen == made[::-1]


def keys_on(caller: Caller, address: str, *, pages: int = 50, limit: int = 50) -> list[str]:
    """What the pages of a list show."""
    return [key_of(one) for one in items_on(caller, address, pages=pages, limit=limit)]


def items_on(
    caller: Caller, address: str, *, pages: int = 50, limit: int = 50
) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    path, _, asked = address.partition("?")
    given = {"limit": str(limit), **dict(parse_qsl(asked)), **ALL.get(path, {})}
    for _page in range(pages):
        answer = caller.get(f"{path}?{urlencode(given)}")
        assert answer.status_code == 200, (address, given, answer.content[:300])
        body = answer.json()
        seen += body["items"]
        if not body["next"]:
            break
        given["after"] = body["next"]
    return seen


ALL = {"/issues": {"view": "every"}, "/tier-reviews": {"ladder": "club"}}


def key_of(item: dict[str, Any]) -> str:
    """What a row is known by; a timeline tells several happenings about one subject in one line."""
    known = (item.get(name) for name in ("id", "posting", "key", "subject"))
    return str(next(filter(None, known), None) or sorted(map(str, item.items())))


def fullest(path: str) -> str:
    """The customer with the most rows of what a path lists."""
    table = TABLES.get(path.rpartition("/")[2])
    if table is None or not path.startswith(OF_A_CUSTOMER):
        return ""
    [(customer,)] = rows(
        "SELECT coalesce(customer.merged_into, customer.id)"
        f" FROM {table} AS row JOIN customers_customer AS customer ON customer.id = row.customer_id"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    return ids.public("cus", customer)


TABLES = {"purchases": "purchases_purchase", "entries": "loyalty_posting",
          "timeline": "events_event", "notes": "notes_note", "lots": "loyalty_lot"}  # fmt: skip


# Reads of one customer


def rows_of(caller: Caller, customer: UUID) -> dict[str, set[str]]:
    """All that the API lists of a customer: by address what stands there."""
    public = ids.public("cus", customer)
    found = {
        path: set(keys_on(caller, path.replace("{customer_id}", public)))
        for path in lists_of_a_customer()
        if path.removeprefix(OF_A_CUSTOMER) not in CARRIED
    }
    for path in ("/issues", "/promises"):
        found[path] = set(keys_on(caller, f"{path}?customer={public}"))
    return found


def lists_of_a_customer() -> list[str]:
    schema = described()
    found = []
    for path in paths():
        rest = path.removeprefix(OF_A_CUSTOMER)
        if not path.startswith(OF_A_CUSTOMER + "/") or "{" in rest or rest in NOT_ROWS:
            continue
        answer = schema["paths"][f"/api/v1{path}"]["get"]["responses"][200]
        name = answer["content"]["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
        if "items" in schema["components"]["schemas"].get(name, {}).get("properties", {}):
            found.append(path)
    return found


def whole(caller: Caller, customer: UUID) -> dict[str, Any]:
    """What the other addresses say of a customer, as amounts and keys that can be added up."""
    public = ids.public("cus", customer)

    def read(path: str) -> Any:
        answer = caller.get(f"/customers/{public}{path}")
        assert answer.status_code == 200, (path, answer.content[:300])
        return answer.json()

    profile, package = read("/profile"), read("/access-package")["data"]
    return {
        "points": Counter({one["currency"]: one["available"] for one in profile["points"]}),
        "holdings": Counter(one["id"] for one in profile["holdings"]),
        "covers": Counter(one["id"] for one in profile["covers"]),
        "open issues": Counter(one["id"] for one in profile["issues"]),
        "bought": Counter(
            {one["currency"]: one["purchases"] for one in profile["purchases"]["year"]}
        ),
        "reviewed": Counter(one["number"] for one in read("/review")["issues"]),
        "decisions": Counter(map(str, read("/consents")["decisions"])),
        "handed over": Counter({
            name: len(part["rows"]) for name, part in package["tables"].items()
            if name not in WRITTEN_BY_READING
        }),
        "erased": Counter({
            one["table"]: one["rows"] for one in read("/erasure")["reached"]
            if one["table"] not in WRITTEN_BY_READING
        }),
    }  # fmt: skip


WRITTEN_BY_READING = {"customers_access", "events_event"}


@promise("CUS-33")
def test_every_row_of_every_app_shows_on_the_survivor_at_once(
    caller: Caller, two: tuple[UUID, UUID]
) -> None:
    one, other = two
    before = [rows_of(caller, id) for id in two]
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW)
    after = rows_of(caller, one)
    filled = {path for path in after if before[0][path] and before[1][path]}
    assert {"/issues", f"{OF_A_CUSTOMER}/purchases", f"{OF_A_CUSTOMER}/holdings"} <= filled
    for path, seen in after.items():
        lost = (before[0][path] | before[1][path]) - seen
        assert not lost, f"{path} lost {lost}"


@promise("CUS-33")
def test_sums_packages_and_reviews_are_of_the_whole_family(
    caller: Caller, two: tuple[UUID, UUID]
) -> None:
    one, other = two
    before = [whole(caller, id) for id in two]
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW)
    after = whole(caller, one)
    for name, seen in after.items():
        lost = (before[0][name] + before[1][name]) - seen
        assert not lost, f"{name} lost {lost}"
    for name in ("points", "holdings", "covers", "open issues", "reviewed", "bought"):
        assert after[name] == before[0][name] + before[1][name], name


@promise("CUS-35")
def test_every_address_of_a_merged_customer_leads_to_the_survivor(
    caller: Caller, two: tuple[UUID, UUID]
) -> None:
    one, other = two
    old, new = ids.public("cus", other), ids.public("cus", one)
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW)
    for path in (path for path in paths() if path.startswith(OF_A_CUSTOMER)):
        address = path.replace("{file_id}", "fil_" + "0" * 32)
        answer = caller.get(address.replace("{customer_id}", old))
        assert answer.status_code == 308, path
        assert answer.headers["Location"] == "/api/v1" + address.replace("{customer_id}", new)
    for row in rows_that_name(caller, new):
        assert row["customer"] == new, row
        assert row.get("merged_from", old) == old
    assert any(row.get("merged_from") == old for row in rows_that_name(caller, new))


def rows_that_name(caller: Caller, customer: str) -> list[dict[str, Any]]:
    """Rows of lists that say whose they are."""
    lists = [path.replace("{customer_id}", customer) for path in lists_of_a_customer()]
    found = [row for path in (*lists, f"/issues?customer={customer}")
             for row in items_on(caller, path)]  # fmt: skip
    return [row for row in found if "customer" in row]


@promise("CUS-33")
def test_every_page_of_a_customer_shows_the_whole_family(
    caller: Caller, two: tuple[UUID, UUID]
) -> None:
    one, other = two
    clerk = Client(headers={"Accept-Language": "en"})
    clerk.force_login(Person.objects.filter(roles__key="administrator")[0])
    before = [links_on_pages(clerk, id) for id in two]
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW)
    after = links_on_pages(clerk, one)
    for page, seen in after.items():
        lost = {link for found in before for link in found[page]} - seen
        assert not lost, f"{page} lost {lost}"
    for page in PAGES_OF_A_CUSTOMER:
        answer = clerk.get(reverse(f"console:{page}", args=[other]))
        assert answer.status_code == 308, page


PAGES_OF_A_CUSTOMER = (
    "customer-holdings", "customer-purchases", "customer-habits", "customer-points",
    "customer-issues", "customer-offers", "customer-warranty", "customer-contact",
    "customer-family",
    "customer-notes", "customer-consents", "customer-timeline", "customer-history", "customer",
)  # fmt: skip
OLDER = re.compile(r'rel="next" href="([^"]*)"')
# Not the offers: what is put forward to the survivor is decided anew over the whole family.
LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
ABOUT = re.compile(r"(issues/\d+|(?:pur|hol|pol|clm|not|tsk|fil|hou|con)_[0-9a-f]{32})")


def links_on_pages(clerk: Client, customer: UUID) -> dict[str, set[str]]:
    """What each tab leads to: issues, purchases, holdings, policies, claims, notes and the like."""
    found = {}
    for page in PAGES_OF_A_CUSTOMER:
        found[page] = links_from(clerk, reverse(f"console:{page}", args=[customer]))
    return found


def links_from(clerk: Client, address: str) -> set[str]:
    """What a page and those after it lead to."""
    found: set[str] = set()
    for _page in range(20):
        answer = clerk.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        found |= {match for link in LINK.findall(text) for match in ABOUT.findall(link)}
        following = OLDER.search(text)
        if following is None:
            break
        address = urljoin(address, html.unescape(following[1]))
    return found


# Exactly as before


CHANGES_ANYWAY = {"version", "is_open", "updated_at"}
ADDED_TO = {  # a merge and its reversal are written down; what was there stays as it was
    "events_event", "events_delivery", "customers_fieldchange", "matching_merge",
    "matching_mergedrecord", "matching_reversal", "matching_notduplicate", "loyalty_posting",
    "loyalty_entry", "loyalty_allocation", "loyalty_standing", "loyalty_lot", "loyalty_account",
}  # fmt: skip


def everything() -> dict[str, Counter[str]]:
    """Each row of each table about customers, without counters of its changes."""
    return {
        table: Counter(unchanging(row) for (row,) in rows(f"SELECT to_jsonb(r) FROM {table} AS r"))
        for table in (*tables(), "events_event", "customers_customer")
    }


def unchanging(row: str) -> str:
    kept = {key: it for key, it in json.loads(row, object_hook=by_mark).items()
            if key not in CHANGES_ANYWAY}  # fmt: skip
    return json.dumps(kept, sort_keys=True)


def by_mark(found: dict[str, Any]) -> dict[str, Any]:
    """A sealed value by its mark, always the same for a value: sealed again, it reads otherwise."""
    return {"mark": found["mark"]} if found.keys() == {"mark", "sealed"} else found


@pytest.mark.parametrize("seed", range(8))
@promise("CUS-34")
def test_any_tree_of_merges_is_taken_back_to_the_row(demo: None, db: None, seed: int) -> None:
    chance = random.Random(seed)
    people = chance.sample(busiest(), 5)
    before = everything()
    made: list[UUID] = []
    while len(people) > 1 and len(made) < 4:
        chosen = chance.sample(people, min(len(people), chance.choice((2, 2, 3))))
        survivor, *others = chosen
        merge = merge_customers(Wish(survivor, tuple(others)), actor=SYSTEM, now=NOW).merge
        made.append(merge.id)
        people = [one for one in people if one not in others]
    assert wrong() == []
    for merge_id in reversed(made):
        unmerge_customers(Parting(merge_id), actor=SYSTEM, now=NOW)
    assert wrong() == []
    after = everything()
    for table, known in before.items():
        lost = known - after[table]
        assert not lost or table == "loyalty_standing", f"{table} lost {lost}"
        if table not in ADDED_TO:
            assert after[table] == known, f"{table} has {after[table] - known} too"
    assert not rows(
        "SELECT FROM loyalty_lot AS lot JOIN loyalty_posting AS posting"
        " ON posting.id = lot.posting_id AND posting.customer_id = lot.customer_id"
        " WHERE posting.kind = 'carry_in' AND lot.remaining > 0"
        " AND posting.key LIKE ANY (%s)",
        [[f"{merge_id}%" for merge_id in made]],
    )


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


@promise("CUS-33")
def test_in_whatever_order_records_are_merged_the_survivor_has_the_same_rows(
    caller: Caller, two: tuple[UUID, UUID]
) -> None:
    one, *others = busiest()[:4]
    seen = []
    for order in list(permutations(others))[::2]:
        made = [merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW).merge.id
                for other in order]  # fmt: skip
        seen.append(comparable(one))
        for merge_id in reversed(made):
            unmerge_customers(Parting(merge_id), actor=SYSTEM, now=NOW)
    assert all(one == seen[0] for one in seen)


def comparable(customer: UUID) -> dict[str, Any]:
    """The profile without what tells in which order merges were made."""
    shown = json.loads(profiles.of_customer(
        customer, actor=SYSTEM, now=NOW, language="en", channel="test", without=("offers",)
    ).json)  # fmt: skip
    points = [{**one, "entries": []} for one in shown["points"]]
    return {**shown, "customer": {**shown["customer"], "version": 0}, "points": points,
            "timeline": [], "as_of": ""}  # fmt: skip


@promise("CUS-33")
def test_lists_and_segments_count_the_survivor_once(caller: Caller, two: tuple[UUID, UUID]) -> None:
    one, other = two
    wanted = json.dumps({"related": "purchases", "quantifier": "any"})
    before = everybody(caller, wanted)
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=NOW)
    after = everybody(caller, wanted)
    assert ids.public("cus", one) in after
    assert sorted(after) == sorted(set(before) - {ids.public("cus", other)})


def everybody(caller: Caller, wanted: str) -> list[str]:
    return keys_on(caller, f"/customers?{urlencode({'filter': wanted})}")
