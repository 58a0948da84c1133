"""Consents, objections, requests, the package that is handed over, erasing: through the flows."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction
from pytest_django.fixtures import Settings

from clientela.customers.models import Customer
from clientela.flows import (
    access_package,
    choices,
    consents,
    erase_customer,
    export_records,
    keep_periods,
    limit_use,
    old_files,
    privacy_requests,
    write_marketing,
)
from clientela.flows.erasing import listed
from clientela.flows.erasing.place import place
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.flows.write_marketing import NotAgreed, Written
from clientela.imports.models import Row
from clientela.mail import transport
from clientela.mail.models import OutgoingMail
from clientela.platform import sql, transactions
from clientela.platform.declare import Erasing, house
from clientela.platform.errors import InvalidInput
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy import queries as privacy
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.actions.periods import NewPeriod
from clientela.privacy.actions.requests import NewRequest
from clientela.privacy.models.rights import Request
from clientela.privacy.queries import Use
from clientela.privacy.rules.consents import Answer
from clientela.privacy.words import CLASSES

TEXTS = (models.TextField, models.CharField, models.JSONField, models.BinaryField, ArrayField,
         SearchVectorField)  # fmt: skip
TODAY = NOW.date()
NEWS = Written("news", "Ziemas piedāvājums", "Sveiki!")


def decide(customer: UUID, *, given: bool, at: int = 0, **more: object) -> None:
    new = NewConsent([customer], "news", given, "phone", NOW + timedelta(minutes=at), **more)  # type: ignore[arg-type]
    consents.record_consents([new], actor=SYSTEM, now=NOW + timedelta(hours=1))


def limit(customer: UUID, kind: str) -> UUID:
    new = NewRestriction([customer], kind, "asked for it on the phone")
    return limit_use.restrict(new, actor=SYSTEM, now=NOW).id


def marketing(customer: UUID) -> OutgoingMail:
    return write_marketing.write_marketing(
        customer, NEWS, actor=SYSTEM, now=NOW + timedelta(hours=1)
    )


@pytest.mark.django_db
def test_every_table_about_customers_says_how_it_is_handed_over_and_erased() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
            " AND (column_name = 'customer_id' OR column_name LIKE '%\\_customer\\_id')"
        )
        found = {name for (name,) in cursor.fetchall()}
    said = {name: one for app in house() for name, one in app.personal.items()}
    silent = sorted(found - set(said))
    assert silent == [], (
        f"{silent}: say in the app's personal.py how their rows are handed over to the customer and"
        " what becomes of them when the customer is erased:"
        ' TABLES = {"app_table": Personal(_("Title"), "communication", Erasing.DELETE)};'
        " CLEAR with cleared={column: SQL} where rows must stand but words or values must go;"
        " KEEP only for ids, amounts and dates. apps.py: personal: ClassVar = personal.TABLES"
    )
    assert {one.data_class for one in said.values()} <= set(CLASSES)


# Columns of text in rows that stay when somebody is erased, and that tell nothing of them: codes,
# ids, our people, references of documents that ledgers are matched by.
TELL_NOTHING = {
    "about", "actor", "address", "asked", "author", "body_hash", "body_sha256", "branch",
    "by", "carried", "cause", "channel", "classes", "code", "column_name", "columns",
    "component_path", "cost_type", "country", "counts", "currency", "cut", "data", "digest",
    "cancellation", "checks", "due_code", "end_to_end", "event", "last4", "life", "looked_at",
    "marks", "partner_reference", "product_name", "refusals", "stopped", "why", "wish",
    "extension", "external_ref", "fault", "fields", "found", "goods_type",
    "in_service_source", "key", "kind", "labels", "language", "layer", "letter", "mapping",
    "mapping_name", "home", "money", "money_code", "name", "number", "number_norm", "original",
    "our_number_shown", "outcome", "partner", "path", "payer", "place", "problem",
    "product_code", "purpose", "queue", "reached", "reasons", "reference", "request",
    "result", "route", "rung", "seller", "source", "speaks_for", "stack", "staff",
    "start_rule", "state", "status_before", "steps", "subject", "target", "terms", "till",
    "time_zone", "trace", "trial", "tx", "undo", "unmatched_reason", "voucher", "what",
}  # fmt: skip


@promise("PRV-06")
def test_every_column_of_words_that_stays_tells_nothing_of_who_is_erased() -> None:
    said = {name: one for app in house() for name, one in app.personal.items()}
    told = []
    for model in apps.get_models():
        personal = said.get(model._meta.db_table)
        if personal is None or personal.erased is Erasing.DELETE:
            continue
        told += [
            f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields
            if isinstance(field, TEXTS) and not field.choices
            and field.column not in personal.cleared and not str(field.column).endswith("_by")
            and field.column not in TELL_NOTHING
        ]  # fmt: skip
    assert told == [], (
        f"{told}: empty them when a customer is erased (personal.py: cleared), or say here that"
        " they tell nothing of a person"
    )


@promise("PRV-03")
def test_a_letter_that_waits_is_stopped_with_the_refusal(anna: UUID) -> None:
    with pytest.raises(NotAgreed):
        marketing(anna)
    decide(anna, given=True)
    letter = marketing(anna)
    assert "/choices/" in letter.body
    decide(anna, given=False, at=5)
    letter.refresh_from_db()
    assert (letter.state, letter.next_try_at) == ("stopped", None)
    with pytest.raises(NotAgreed, match="withdrawn"):
        marketing(anna)


def test_a_letter_for_a_purpose_can_be_refused_by_one_click(anna: UUID) -> None:
    decide(anna, given=True)
    written = transport.written(marketing(anna))
    assert written["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = written["List-Unsubscribe"].split("/choices/")[1].split("/")[0]
    opened = choices.opened(token, who="test", now=NOW, for_ever=True)
    choices.refuse(opened, "news", now=NOW + timedelta(hours=2))
    assert not may(anna).is_allowed


def may(customer: UUID, channel: str = "email") -> Answer:
    return privacy.may_contact([customer], purpose="news", channel=channel, today=TODAY)


@promise("CUS-36")
def test_what_stood_on_a_past_day_is_read_from_the_decisions(anna: UUID) -> None:
    decide(anna, given=True, channel="email")
    decide(anna, given=False, at=10)
    states = [
        {(one.purpose.key, one.channel): one.answer.because
         for one in privacy.state_of([anna], as_of=NOW + timedelta(minutes=at))}
        for at in (-1, 5, 10)
    ]  # fmt: skip
    assert [state["news", "email"] for state in states] == ["not_given", "given", "withdrawn"]
    [refusal, consent] = privacy.consents_of([anna])
    assert consent.wording is not None
    assert consent.wording.texts["lv"].startswith("Piekrītu")
    assert refusal.wording is None


def test_an_objection_stops_offers_letters_and_conclusions(anna: UUID) -> None:
    decide(anna, given=True)
    restriction = limit(anna, "marketing")
    assert may(anna).because == "objected"
    assert privacy.left_out([anna], Use.MARKETING) == {anna}
    assert privacy.left_out([anna], Use.PROFILING) == set()
    assert not privacy.may_market([anna])
    assert privacy.may_profile([anna])
    limit_use.lift(restriction, reason="changed their mind", actor=SYSTEM, now=NOW)
    assert may(anna).is_allowed


def test_a_restricted_customer_is_hidden_until_it_is_lifted(anna: UUID) -> None:
    restriction = limit(anna, "frozen")
    assert Customer.objects.get(id=anna).hidden_since is not None
    assert not any(check.wrong for check in verify())
    limit_use.lift(restriction, reason="it was proved right", actor=SYSTEM, now=NOW)
    assert Customer.objects.get(id=anna).hidden_since is None


@promise("PRV-07")
def test_a_restricted_customer_leaves_exports_whoever_asks(
    anna: UUID, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = Home(tmp_path).prepare()
    register_customer(Details(name="Ilze Ozola"), actor=SYSTEM, now=NOW)
    restriction = limit(anna, "frozen")
    assert "Ilze Ozola" in exported()
    assert "Anna Kalniņa" not in exported()
    limit_use.lift(restriction, reason="settled", actor=SYSTEM, now=NOW)
    assert "Anna Kalniņa" in exported()


def exported() -> str:
    asked = export_records.ask(
        "customers", form="csv", reason="a test", asked={}, actor=SYSTEM, now=NOW
    )
    done = export_records.carry_out(asked.id, actor=SYSTEM, now=NOW)
    return done.file.read_text(encoding="utf-8")


def test_a_pause_and_an_unknown_purpose_are_told(anna: UUID) -> None:
    decide(anna, given=True)
    consents.prefer(
        anna, consents.Preferred("weekly", TODAY + timedelta(days=30)), source="phone",
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    assert may(anna).because == "paused"
    with pytest.raises(InvalidInput, match="purpose"):
        consents.record_consents(
            [NewConsent([anna], "spam", True, "phone", NOW)], actor=SYSTEM, now=NOW
        )


def ask(customer: UUID, kind: str) -> Request:
    new = NewRequest(customer, kind, NOW, TODAY, "phone", "", "passport")
    return privacy_requests.open_request(new, actor=SYSTEM, now=NOW)


@promise("CUS-38", "PRV-04")
def test_the_package_holds_every_row_and_answers_the_request(anna: UUID) -> None:
    decide(anna, given=True, evidence="on the order form")
    asked = ask(anna, "access")
    package = access_package.access_package(anna, actor=SYSTEM, now=NOW, channel="test")
    tables = package.data["tables"]
    assert tables["customers_customer"]["rows"][0]["display_name"] == "Anna Kalniņa"
    assert {row["value_shown"] for row in tables["customers_identity"]["rows"]} >= {
        "anna@example.com"
    }
    assert tables["privacy_consent"]["rows"][0]["evidence"] == "on the order form"
    assert "actor" not in tables["privacy_consent"]["rows"][0]
    assert '<html lang="lv">' in package.html
    assert "anna@example.com" in package.html
    assert json.loads(package.as_json())["customer"]["name"] == "Anna Kalniņa"
    assert privacy.request(asked.id).outcome == "done"


def everything() -> str:
    """Every row of every table, as text."""
    tables = [name for (name,) in sql.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()]  # fmt: skip
    return "\n".join(
        str(row[0]) for name in tables
        for row in sql.raw().execute(f'SELECT told::text FROM "{name}" AS told').fetchall()  # noqa: S608
    )  # fmt: skip


@promise("CUS-39", "PRV-06")
def test_nothing_of_an_erased_customer_is_found_in_any_table(anna: UUID) -> None:
    decide(anna, given=True, evidence="Anna said so")
    ask(anna, "erasure")
    plan = erase_customer.tried(anna, now=NOW)
    assert {one.table for one in plan.reached} >= {"customers_customer", "customers_identity"}
    assert "Kalni" in everything()
    outcome = erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)
    assert outcome.state == "erased"
    left = everything()
    for value in ("Kalni", "kalni", "26123456", "anna@example", "Anna said"):
        assert value not in left, value
    assert re.search(r"(?<![\w.-])4711(?![\w-])", left) is None  # not as a part of an instant
    assert not any(check.wrong for check in verify())
    assert privacy.erased_before([("email", "anna@example.com"), ("email", "x@example.com")]) == [
        True,
        False,
    ]
    with pytest.raises(erase_customer.AlreadyErased):
        erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)


def test_a_file_does_not_bring_an_erased_person_back(anna: UUID, tmp_path: Path) -> None:
    erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)
    again = tmp_path / "again.csv"
    again.write_text(
        "customer,name,phone\n4711,Anna Kalniņa,\n4712,Anna K.,+371 2612 3456\n4713,Ilze,\n"
    )
    result = loaded(again, "customers")
    assert (result["new"], result["rejected"]) == (1, 2)


def loaded(path: Path, kind: str) -> dict[str, int]:
    from clientela.flows import import_file

    batch = import_file.receive(
        path, kind=kind, mapping_text="", source="crm", actor=SYSTEM, now=NOW
    )
    result: dict[str, int] = import_file.run(batch.id, actor=SYSTEM, now=NOW).result
    return result


def test_a_file_that_was_taken_in_ends_with_the_time_to_undo_it(
    latvian_company: None, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    sent = tmp_path / "sent.csv"
    sent.write_text("customer,name,phone\n1,Ilze,\n2,Zane,nobody's phone\n")
    assert loaded(sent, "customers")["rejected"] == 1
    [folder] = (settings.HOME.files / "imports").iterdir()
    assert old_files.end_old(now=NOW + timedelta(days=29)) == 0
    assert "nobody's phone" in str(Row.objects.get().faults)
    assert (old_files.end_old(now=NOW + timedelta(days=31)), folder.exists()) == (1, False)
    assert "nobody's phone" not in str(Row.objects.get().faults)
    assert Row.objects.get().code == "bad-phone"
    assert old_files.end_old(now=NOW + timedelta(days=32)) == 0


def test_files_in_which_an_erased_person_stands_are_removed(
    anna: UUID, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = Home(tmp_path)
    folder = settings.HOME.files / "imports" / "a"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes("name\nAnna Kalniņa\n".encode("cp1257"))
    (folder / "other").write_text("name\nIlze\n")
    with gzip.open(folder / "packed", "wb") as packed:
        packed.write(b"email\nanna@example.com\n")
    outcome = erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)
    assert outcome.erasure is not None
    assert outcome.erasure.reached["files"] == 2
    assert [path.name for path in folder.iterdir()] == ["other"]


def test_whoever_was_erased_is_erased_again_in_a_restored_database(
    anna: UUID, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = Home(tmp_path)
    with transactions.open():
        savepoint = transaction.savepoint()
        outcome = erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)
        listed.keep()
        transaction.savepoint_rollback(savepoint)  # the backup knows nothing of it
    assert Customer.objects.get(id=anna).display_name == "Anna Kalniņa"
    assert outcome.erasure is not None
    [line] = listed.read(place(settings.HOME))
    assert line.id == outcome.erasure.id
    assert erase_customer.erase_again(line, now=NOW)
    assert not erase_customer.erase_again(line, now=NOW)
    assert Customer.objects.get(id=anna).display_name.startswith("#")


def test_records_that_become_one_are_hidden_when_one_of_them_was(anna: UUID) -> None:
    double, _ = register_customer(Details(name="A. Kalniņa"), actor=SYSTEM, now=NOW)
    limit(double, "frozen")
    wish = Wish(anna, (double,))
    merge = merge_customers(wish, actor=SYSTEM, now=NOW).merge
    assert Customer.objects.get(id=anna).hidden_since is not None
    unmerge_customers(Parting(merge.id), actor=SYSTEM, now=NOW)
    assert Customer.objects.get(id=anna).hidden_since is None
    assert Customer.objects.get(id=double).hidden_since is not None


def test_a_legal_hold_turns_erasing_into_a_restriction(anna: UUID) -> None:
    hold = limit(anna, "hold")
    outcome = erase_customer.erase_customer(anna, actor=SYSTEM, now=NOW)
    assert outcome.state == "restricted"
    assert outcome.restriction is not None
    assert Customer.objects.get(id=anna).hidden_since is not None
    assert erase_customer.erase_what_was_kept(now=NOW) == 0
    limit_use.lift(hold, reason="the case is over", actor=SYSTEM, now=NOW)
    assert erase_customer.erase_what_was_kept(now=NOW) == 1
    assert Customer.objects.get(id=anna).display_name.startswith("#")
    assert not any(check.wrong for check in verify())


def test_one_class_is_erased_and_the_rest_stays(anna: UUID) -> None:
    outcome = erase_customer.erase_customer(anna, classes=["contact"], actor=SYSTEM, now=NOW)
    assert outcome.erasure is not None
    assert outcome.erasure.reached["customers_identity"] == 2
    assert Customer.objects.get(id=anna).display_name == "Anna Kalniņa"
    with pytest.raises(InvalidInput, match="class"):
        erase_customer.erase_customer(anna, classes=["record"], actor=SYSTEM, now=NOW)


@promise("PRV-05")
def test_a_corrected_value_leaves_the_history_and_receivers_are_told(anna: UUID) -> None:
    asked = ask(anna, "rectification")
    fields = privacy_requests.rectify(
        anna, Details(name="Anna Kalniņa-Ozola"), version=None, actor=SYSTEM, now=NOW
    )
    assert fields == ["name"]
    left = sql.execute("SELECT old, new FROM customers_fieldchange").fetchall()
    assert left == [(None, '"Anna Kalniņa-Ozola"')]
    assert privacy.request(asked.id).outcome == "done"
    told = sql.execute("SELECT name FROM events_event WHERE name = 'customer.rectified'").fetchall()
    assert len(told) == 1


@promise("CUS-41", "PRV-08")
def test_a_period_is_tried_first_and_then_deletes_what_is_older(anna: UUID) -> None:
    held, _ = register_customer(Details(name="Held Customer"), actor=SYSTEM, now=NOW)
    limit(held, "hold")
    old = NOW - timedelta(days=400)
    for customer in (anna, held):
        sql.execute(
            "INSERT INTO customers_access (customer_id, actor, fields, channel, request, seen_at)"
            " VALUES (%s, 'per_1', '{}', 'console', '', %s)", [customer, old],
        )  # fmt: skip
    keep_periods.keep_for(NewPeriod("access", 12, "security", is_on=True), actor=SYSTEM, now=NOW)
    due = {one.table: one.rows for one in keep_periods.due(now=NOW, in_use=True)}
    assert due == {"customers_access": 1}
    assert keep_periods.run(now=NOW).reached == {"customers_access": 1}
    assert keep_periods.run(now=NOW).reached == {}
    left = sql.execute("SELECT customer_id FROM customers_access").fetchall()
    assert left == [(held,)]
