"""Tiers and notices at the terminal, called in this process."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clientela.cli import loyalty_notices, loyalty_tiers
from clientela.cli.surroundings import FLAGS
from clientela.customers.queries import Reference
from clientela.flows.define_programme import define_programme
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.loyalty.models import Standing
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PROGRAMME: dict[str, Any] = {
    "programme": "club", "currency": "points", "labels": {"en": "Points"}, "time_zone": "UTC",
    "life": {"days": 60}, "rules": [{"key": "base", "labels": {"en": "Base"}, "body": {
        "earn": "per_money", "points": 1, "per": "1.00"}}],
    "ladder": {"key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "EUR",
               "window": "rolling", "tiers": [
                   {"key": "silver", "threshold": 5_000, "labels": {"en": "Silver"}},
                   {"key": "gold", "threshold": 10_000, "factor": "1.5",
                    "labels": {"en": "Gold"}}]},
}  # fmt: skip


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command without its surroundings: what it answers as JSON."""
    monkeypatch.setattr(FLAGS, "json", True)

    def run(command: Any, *arguments: Any, **options: Any) -> Any:
        command.__wrapped__(*arguments, **options)
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def anna(db: None) -> str:
    """Anna has bought for 60 euros: she stands on silver."""
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW - timedelta(days=400))
    id, _is_new = register_customer(
        Details(name="Anna Kalniņa", emails=["anna@example.com"]), actor=SYSTEM, now=NOW
    )
    bought = Bought("till", "R-1", Reference("id", str(id)), NOW - timedelta(days=30), 6_000, "EUR")
    record_purchases([bought], actor=SYSTEM, now=NOW)
    return f"cus_{id.hex}"


def test_ladders_standings_and_a_review_at_the_terminal(told: Any, anna: str) -> None:
    [ladder] = told(loyalty_tiers.tiers)["items"]
    steps = [(one["key"], one["factor"], one["members"]) for one in ladder["tiers"]]
    assert steps == [("silver", "1", 1), ("gold", "3/2", 0)]
    [standing] = told(loyalty_tiers.standings, anna)["items"]
    assert (standing["tier"], standing["measured"], standing["ends_at"]) == ("silver", 6_000, None)
    Standing.objects.update(kept_until=NOW.date() + timedelta(days=5))
    trial = told(loyalty_tiers.review_tiers, trial=True, on=f"{NOW.year + 2}-01-01")
    assert [(one["before"], one["after"], one["way"]) for one in trial["decided"]] == [
        ("silver", "silver", "stays")
    ]
    assert told(loyalty_tiers.review_tiers)["decided"] == []
    assert told(loyalty_tiers.standings, anna)["items"] == [
        {**standing, "kept_until": (NOW.date() + timedelta(days=5)).isoformat()}
    ]


def test_a_notice_is_saved_looked_at_and_switched_at_the_terminal(
    told: Any, anna: str, tmp_path: Path
) -> None:
    file = tmp_path / "near.toml"
    file.write_text('key = "near"\nkind = "tier"\nladder = "club"\ndistance = 4000\n')
    assert told(loyalty_notices.save, file) == {"key": "near", "state": "new"}
    assert told(loyalty_notices.save, file)["state"] == "unchanged"
    [listed] = told(loyalty_notices.listed)["items"]
    assert (listed["is_on"], listed["every_days"], listed["letters"]) == (False, 90, 0)
    seen = told(loyalty_notices.preview, "near")
    assert [(one["customer"], one["why"]) for one in seen["items"]] == [(anna, None)]
    assert "€40.00" in seen["items"][0]["text"]
    assert told(loyalty_notices.on, "near")["is_on"]
    assert told(loyalty_notices.listed)["items"][0]["is_on"]
    assert not told(loyalty_notices.off, "near")["is_on"]
    file.write_text('key = "near"\nkind = "tier"\nladders = "club"\n')
    with pytest.raises(InvalidInput):
        told(loyalty_notices.save, file)
