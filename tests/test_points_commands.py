"""Points at the terminal: rates, claw-backs, holds, events, books; called in this process."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from clientela.cli import books, exchange_rates, granting, loyalty_checks
from clientela.cli.surroundings import FLAGS
from clientela.customers.queries import Reference
from clientela.flows import hold_points
from clientela.flows.define_programme import define_programme
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.loyalty.models import Account, Currency, Posting
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewReturn
from clientela.staff.company import current

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PROGRAMME: dict[str, Any] = {
    "programme": "club", "currency": "points", "labels": {"en": "Points"}, "time_zone": "UTC",
    "worth": {"points": 100, "minor": 100, "currency": "EUR"}, "rules": [
        {"key": "base", "labels": {"en": "Base"}, "body": {
            "earn": "per_money", "points": 1, "per": "1.00"}},
        {"key": "survey", "labels": {"en": "A survey"}, "body": {
            "earn": "event", "event": "survey", "points": 20}}],
}  # fmt: skip


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command without its surroundings: what it answers as JSON, and how it ends."""
    monkeypatch.setattr(FLAGS, "json", True)
    monkeypatch.setattr(FLAGS, "yes", True)

    def run(command: Any, *arguments: Any, code: int = 0, **options: Any) -> Any:
        ended = 0
        try:
            command.__wrapped__(*arguments, **options)
        except typer.Exit as left:
            ended = left.exit_code
        assert ended == code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def anna(db: None) -> Reference:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW - timedelta(days=400))
    Currency.objects.update(home_money="EUR", debt_max=0, adjust_alone_max=10**6)
    id, _is_new = register_customer(
        Details(name="Anna Kalniņa", emails=["anna@example.com"]), actor=SYSTEM, now=NOW
    )
    return Reference("id", str(id))


def buy(anna: Reference, reference: str, minor: int, *, days: int = 0, money: str = "EUR") -> Any:
    at = NOW - timedelta(days=days)
    [sold] = record_purchases(
        [Bought("till", reference, anna, at, minor, money)], actor=SYSTEM, now=at
    )
    return sold


def test_rates_are_imported_listed_and_let_wait_purchases_earn(
    told: Any, anna: Reference, tmp_path: Path
) -> None:
    assert current().currency == "EUR"
    buy(anna, "R-1", 110_000, money="SEK")
    [wanted] = told(exchange_rates.wanted)["items"]
    assert (wanted["currency"], wanted["purchases"]) == ("SEK", 1)
    file = tmp_path / "ecb.csv"
    file.write_text(f"Date,SEK,JPY\n{NOW:%Y-%m-%d},11,N/A\n")
    first = told(exchange_rates.import_, file)
    assert first == {"new": 1, "known": 0, "earned": 1, "more": False}
    assert told(exchange_rates.import_, file)["known"] == 1
    [rate] = told(exchange_rates.listed, "SEK")["items"]
    assert (rate["rate"], rate["per"], rate["source"]) == ("11", "home", "ecb")
    assert told(exchange_rates.wanted) == {"items": []}
    file.write_text("money,day\n")
    with pytest.raises(InvalidInput, match="currency, day and rate"):
        told(exchange_rates.import_, file)


def test_holds_are_listed_and_what_a_return_could_not_take_is_decided(
    told: Any, anna: Reference
) -> None:
    sold = buy(anna, "R-1", 10_000)
    Account.objects.update(debt_max=0)
    wanted = hold_points.Wanted(anna, 80, 60, source="webshop", reference="web-1")
    held = hold_points.hold_points(wanted, actor=SYSTEM, now=NOW).hold
    [row] = told(loyalty_checks.holds, f"cus_{held.customer_id.hex}")["items"]
    assert (row["points"], row["source"], row["reference"]) == (80, "webshop", "web-1")
    return_purchase(
        NewReturn("till", "B-1", NOW, amount_minor=10_000), purchase_id=sold.id, actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    hold_points.release_hold(held.id, actor=SYSTEM, now=NOW)
    assert told(loyalty_checks.holds) == {"items": []}
    [let_go] = told(loyalty_checks.checks)["let_go"]
    assert (let_go["points"], let_go["decided"]) == (80, None)
    number = Posting.objects.get(forgiven=80).public_id
    with pytest.raises(InvalidInput, match="take or leave"):
        told(loyalty_checks.claw_back, number, "keep", reason="Twice")
    with pytest.raises(InvalidInput, match="starts with pos_"):
        told(loyalty_checks.claw_back, "4711", "take", reason="Twice")
    done = told(loyalty_checks.claw_back, number, "take", reason="Twice", points=30)
    assert (done["verdict"], done["points"]) == ("taken_back", 30)
    assert told(loyalty_checks.checks)["let_go"][0]["decided"] == "taken_back"


def test_events_of_a_file_earn_once_and_bad_rows_are_told(
    told: Any, anna: Reference, tmp_path: Path
) -> None:
    customer = f"cus_{anna.value.replace('-', '')}"
    one = told(granting.event, "survey", customer, key="s-0")
    assert one == {"state": "new", "points": 20}
    file = tmp_path / "surveys.csv"
    file.write_text(
        f"event,customer,key,occurred_at\nsurvey,{customer},s-1,\nsurvey,{customer},s-1,\n"
        f"survey,nobody,s-2,\nsurvey,{customer},s-3,yesterday\n"
    )
    done = told(granting.events, file, code=1)
    assert [done[name] for name in ("new", "known", "refused", "points")] == [1, 1, 2, 20]
    assert [one["row"] for one in done["problems"]] == [4, 5]
    assert told(granting.events, file, code=1)["new"] == 0


def test_all_months_are_closed_at_the_terminal(told: Any, anna: Reference) -> None:
    buy(anna, "R-1", 10_000, days=100)
    done = told(books.close_all)
    assert len(done["closed"]) >= 3
    assert (done["stopped"], told(books.close_all)["closed"]) == (None, [])
