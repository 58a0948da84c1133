"""Another system reads what was sold to unnamed buyers."""

from __future__ import annotations

from datetime import timedelta

from clientela.api.tests.conftest import NOW, Caller, MakeCaller
from clientela.platform import transactions
from clientela.purchases.unnamed import actions
from clientela.purchases.unnamed.actions import NewUnnamed


def test_sales_without_a_customer_are_listed_newest_first(
    api: Caller, caller_with: MakeCaller
) -> None:
    with transactions.open():
        actions.keep(
            [NewUnnamed("till", f"R-{n}", NOW - timedelta(hours=n), 100 * n, "EUR")
             for n in range(1, 4)],
            now=NOW,
        )  # fmt: skip
    first = api.get("/unnamed-sales?limit=2").json()
    assert [one["reference"] for one in first["items"]] == ["R-1", "R-2"]
    assert first["totals"] == [
        {"source": "till", "currency": "EUR", "sales": 3, "amount_minor": 600}
    ]
    rest = api.get(f"/unnamed-sales?limit=2&after={first['next']}").json()
    assert ([one["reference"] for one in rest["items"]], rest["next"]) == (["R-3"], None)
    assert api.get("/unnamed-sales?after=uns_" + 32 * "0").json()["field"] == "after"
    assert caller_with("customers.view").get("/unnamed-sales").status_code == 403
