"""Purchases with their lines, returns, cancellations and amendments, through the API."""

from __future__ import annotations

from typing import Any

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.platform.promises import promise

LINES = [
    {"product": "TEA", "quantity": "3", "total_minor": 900, "tax_minor": 156, "discount_minor": 50},
    {"product": "CUP", "quantity": "2", "total_minor": 1100, "tax_minor": 191},
]  # fmt: skip


def _bought(api: Caller, **more: Any) -> str:
    body = a_purchase(total={"minor": 2000, "currency": "EUR"}, lines=LINES, till="3",
                      staff="Ilze", **more)  # fmt: skip
    [result] = api.post("/purchases", {"purchases": [body]}).json()["results"]
    assert result["error"] is None
    return str(result["id"])


def _points(api: Caller, customer: dict[str, Any]) -> int:
    profile = api.get(f"/customers/{customer['id']}/profile").json()
    return int(profile["points"][0]["available"])


@promise("CUS-19")
def test_a_purchase_is_read_with_its_lines_and_what_came_back_of_them(
    api: Caller, anna: dict[str, Any]
) -> None:
    id = _bought(api)
    back = {"reference": "RET-1", "returned_at": "2026-11-20T15:00:00+02:00", "reason": "chipped",
            "lines": [{"line": 2, "quantity": "1"}]}  # fmt: skip
    api.post(f"/purchases/{id}/returns", back)
    read = api.get(f"/purchases/{id}").json()
    assert (read["till"], read["staff"], read["returned"]["minor"]) == ("3", "Ilze", 550)
    assert [(one["quantity"], one["quantity_returned"]) for one in read["lines"]] == [
        ("3", "0"), ("2", "1"),
    ]  # fmt: skip
    assert [one["discount_minor"] for one in read["lines"]] == [50, 0]
    [given] = read["returns"]
    assert (given["kind"], given["reason"]) == ("return", "chipped")
    assert given["lines"] == [{"line": 2, "quantity": "1", "amount_minor": 550}]
    more = {**back, "reference": "RET-2", "lines": [{"line": 2, "quantity": "2"}]}
    assert api.post(f"/purchases/{id}/returns", more).json()["code"] == "more-than-was-bought"
    [row] = api.get(f"/customers/{anna['id']}/purchases").json()["items"]
    assert row["id"] == id


@promise("CUS-19")
def test_a_purchase_is_called_off_once_with_all_that_is_left(
    api: Caller, anna: dict[str, Any]
) -> None:
    id = _bought(api)
    assert _points(api, anna) == 20
    body = {"reference": "OFF-1", "cancelled_at": "2026-11-20T16:00:00+02:00", "reason": "mistake"}
    done = api.post(f"/purchases/{id}/cancellation", body).json()
    assert (done["state"], done["amount"]["minor"]) == ("new", 2000)
    assert _points(api, anna) == 0
    again = api.post(f"/purchases/{id}/cancellation", {**body, "reference": "OFF-2"})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-left")
    read = api.get(f"/purchases/{id}").json()
    assert [one["quantity_returned"] for one in read["lines"]] == ["3", "2"]
    assert [one["kind"] for one in read["returns"]] == ["cancellation"]
    told = [line["text"] for line in api.get(f"/customers/{anna['id']}/profile").json()["timeline"]]
    assert any("called off" in words for words in told)


@promise("CUS-19")
def test_an_amendment_gives_every_programme_the_difference(
    api: Caller, anna: dict[str, Any]
) -> None:
    id = _bought(api)
    body = {
        "reference": "AM-1", "amended_at": "2026-11-20T16:00:00+02:00",
        "lines": [{"line": 1, "quantity": "1"}, {"line": 2, "quantity": "2"}],
        "added": [{"product": "POT", "total_minor": 3000}],
    }  # fmt: skip
    done = api.post(f"/purchases/{id}/amendments", body).json()
    assert done["less"]["amount"]["minor"] == 600
    assert done["purchase"]["returned"]["minor"] == 600
    assert api.get(f"/purchases/{done['more']}").json()["amends"] == id
    assert _points(api, anna) == 44
    [posting] = api.get(f"/customers/{anna['id']}/points/entries").json()["items"][:1]
    why = api.get(f"/postings/{posting['posting']}/explanation").json()
    assert (why["points"], why["purchase"]) == (24, done["more"])  # one posting, of the difference
    assert [(one["rule"], one["before"], one["after"]) for one in why["steps"]] == [
        ("base", 0, 44), ("amended", 44, 24),
    ]  # fmt: skip
    assert why["steps"][1]["sentence"] == "What was earned before it was put right"
    worth = {"reference": "AM-2", "amended_at": body["amended_at"], "total_minor": 1000}
    assert api.post(f"/purchases/{id}/amendments", worth).json()["less"]["amount"]["minor"] == 400
    too_many = {**body, "reference": "AM-3", "lines": [{"line": 1, "quantity": "9"}], "added": []}
    assert api.post(f"/purchases/{id}/amendments", too_many).json()["field"] == "lines.0.quantity"


def test_a_line_whose_tax_is_more_than_itself_is_refused(api: Caller, anna: dict[str, Any]) -> None:
    bad = a_purchase(total={"minor": 100, "currency": "EUR"},
                     lines=[{"product": "X", "total_minor": 100, "tax_minor": 101}])  # fmt: skip
    [result] = api.post("/purchases", {"purchases": [bad]}).json()["results"]
    assert (result["state"], result["error"]["field"]) == ("refused", "lines")
