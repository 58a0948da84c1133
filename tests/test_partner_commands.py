"""Partners and cash at the terminal: what is earned there, what is paid by itself."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from clientela.cli import cash_outs, partners
from clientela.cli.surroundings import FLAGS
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.travel_catalogue import save_partner
from clientela.loyalty.actions.partners import PartnerValues
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

NOW = datetime.now(UTC)
LAST = (NOW.replace(day=1) - timedelta(days=1)).replace(day=15)
CASH = {
    "key": "cash", "kind": "cash", "labels": {"en": "Cash"}, "price": 200,
    "money": {"minor": 100, "currency": "EUR"}, "cash_terms": {"auto_points": 2_000},
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """A command of the terminal with the test's database around it; what it answers."""
    monkeypatch.setattr(FLAGS, "json", True)

    def answered(command: Any, *given: Any, **more: Any) -> Any:
        with contextlib.suppress(typer.Exit):  # some rows were refused
            command.__wrapped__(*given, **more)
        return json.loads(capsys.readouterr().out)

    return answered


@pytest.fixture
def anna() -> str:
    details = Details(name="Anna Kalniņa", source="crm", external_id="4711")
    id, _ = register_customer(details, actor=SYSTEM, now=NOW)
    define_programme({**POINTS, "rewards": [CASH]}, actor=SYSTEM, now=NOW)
    return ids.public("cus", id)


@promise("LOY-55")
def test_a_file_of_earnings_is_booked_taken_back_and_settled(
    run: Callable[..., Any], anna: str, tmp_path: Path
) -> None:
    values = PartnerValues("ferries", "Ferries", earn=(1_000, 500), money_code="EUR")
    save_partner(values, actor=SYSTEM, now=NOW)
    file = tmp_path / "earned.csv"
    file.write_text(
        "reference,customer,points,occurred_at\n"
        f"T-1,{anna},400,{LAST.isoformat()}\nT-2,{anna},many,{LAST.isoformat()}\n",
        encoding="utf-8",
    )  # fmt: skip
    done = run(partners.earn, "ferries", file)
    assert (done["new"], done["refused"], done["errors"][0]["row"]) == (1, 1, 3)
    assert run(partners.earn, "ferries", file)["known"] == 1
    back = run(partners.take_back, "ferries", "T-1", cause="returned")
    assert back == {"points": 400, "forgiven": 0, "replayed": False}
    made = run(partners.settle, "ferries", f"{LAST:%Y-%m}")
    assert (made["earned"], made["lines"]) == (0, 0)
    assert [one["id"] for one in run(partners.statements)["items"]] == [made["id"]]
    for name, begins in (("october.pdf", b"%PDF-1.7"), ("october.csv", b"Day,What")):
        run(partners.statement, made["id"], tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)


@promise("LOY-57")
def test_cash_by_itself_is_wanted_and_stopped_at_the_terminal(
    run: Callable[..., Any], anna: str
) -> None:
    wanted = run(cash_outs.by_itself, anna, "cash", "", "", True)
    assert (wanted["way"], wanted["ended"]) == ("wallet", False)
    ended = run(cash_outs.by_itself, anna, "cash", "", "", False, True)
    assert (ended["id"], ended["ended"]) == (wanted["id"], True)
    assert run(cash_outs.stopped) == {"items": []}
