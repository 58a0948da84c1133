"""What rules decided says why, and waits for a person when the customer wants that."""

from __future__ import annotations

import pytest

from clientela.api.tests.test_canary import Canary, canary, logs_of_the_database, ok
from clientela.platform.promises import promise
from clientela.warranty.models.claimed import Claim

__all__ = ["canary", "logs_of_the_database"]


@pytest.fixture
def judged(canary: Canary) -> Canary:
    """Somebody to offer something to, with points won and lost, and a claim that was refused."""
    for step in (canary.is_defined, canary.is_registered, canary.buys, canary.is_rewarded,
                 canary.claims):  # fmt: skip
        step()
    return canary


@promise("PRV-11")
def test_every_automatic_decision_says_why_and_is_handed_to_a_person(judged: Canary) -> None:
    api, id = judged.api, judged.id
    offer = ok(api.post("/proposals", {"customer": id}))["offers"][0]
    told = ok(api.get(f"/decisions/{offer['decision']}"))
    assert all(one["sentence"] for one in told["sentences"])
    [earned] = [one for one in ok(api.get(f"/customers/{id}/points/entries?limit=200"))["items"]
                if one["kind"] == "earn"][:1]  # fmt: skip
    why = ok(api.get(f"/postings/{earned['posting']}/explanation"))
    assert all(step["rule"] and step["version"] for step in why["steps"])
    listed = ok(api.get(f"/customers/{id}/rewards"))["items"]
    assert all(one["why_not"] for one in listed if not one["can_be_had"])
    claim = Claim.objects.get()
    refused = ok(api.get(f"/warranty/claims/{claim.public_id}"))
    assert refused["decisions"][0]["reasons"] == ["customer_damage"]

    abouts = [offer["decision"], offer["id"], earned["posting"], claim.public_id,
              *judged.sale["covers"][:1]]  # fmt: skip
    for about in abouts:
        body = {"kind": "review", "about": about, "words": "This is wrong"}
        made = ok(api.post(f"/customers/{id}/privacy-requests", body))
        assert (made["about"], made["kind"]) == (about, "review")
    waiting = [one for one in ok(api.get("/privacy-requests"))["items"] if one["kind"] == "review"]
    assert {one["about"] for one in waiting} == set(abouts)
    assert all(one["due_on"] for one in waiting)
    answer = {"outcome": "refused", "answer": "Looked at by Līga: it stays."}
    done = ok(api.post(f"/privacy-requests/{waiting[0]['id']}/answer", answer))
    assert done["answered_at"]


@promise("PRV-11")
@pytest.mark.parametrize(("about", "status"), [("", 422), ("xyz_1", 422), ("dec_1", 404)])
def test_a_review_names_a_decision_about_this_customer(
    canary: Canary, about: str, status: int
) -> None:
    anna = ok(canary.api.post("/customers", {"name": "Anna"}))["customer"]["id"]
    body = {"kind": "review", "about": about}
    assert canary.api.post(f"/customers/{anna}/privacy-requests", body).status_code == status
