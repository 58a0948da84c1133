"""Points by hand, pauses, limits and promotions as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows.grant_points import Wanted, adjust_points
from clientela.flows.open_issue import open_issue
from clientela.issues.actions.opening import NewIssue
from clientela.issues.models import Issue
from clientela.loyalty.actions.adjusting import OwnPoints
from clientela.loyalty.models import Adjustment, Cap, EarningPause, Promotion
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import company as companies
from clientela.staff.models import Person
from clientela.ui.models import View

pytestmark = pytest.mark.django_db


@promise("LOY-76")
def test_many_points_wait_on_the_desk_for_somebody_else(
    sign_in: SignIn, admin: Client, anna: UUID
) -> None:
    agent = sign_in(role="agent")
    form = {"way": "give", "points": "5000", "currency": "points", "reason": "compensation",
            "note": "Too late"}  # fmt: skip
    assert agent.post(path_of(anna, "/points/adjustment"), form).status_code == 303
    asked = Adjustment.objects.get()
    assert asked.is_open
    page = text_of(admin.get("/loyalty/adjustments"))
    assert "Too late" in page
    decision = f"/loyalty/adjustments/{asked.public_id}/decision"
    assert agent.post(decision, {"verdict": "approve"}).status_code == 403
    assert admin.post(decision, {"verdict": "approve"}).status_code == 303
    asked.refresh_from_db()
    assert (asked.is_open, asked.posting_id is not None) == (False, True)
    assert "5,000" in text_of(admin.get(path_of(anna, "/points")))
    for address in ("/loyalty/adjustments", path_of(anna, "/points"), "/loyalty/promotions"):
        for language in ("es", "lv"):
            told = admin.get(address, headers={"Accept-Language": language})
            assert told.status_code == 200, address


@promise("LOY-76")
def test_whoever_decides_sees_who_moved_points_and_sets_how_many(
    sign_in: SignIn, admin: Client, anna: UUID
) -> None:
    form = {"way": "give", "points": "200", "currency": "points", "reason": "compensation"}
    agent = sign_in(role="agent")
    assert agent.post(path_of(anna, "/points/adjustment"), form).status_code == 303
    assert agent.get("/loyalty/checks").status_code == 403
    with CaptureQueriesContext(connection) as asked:
        page = text_of(admin.get("/loyalty/checks"))
    assert len(asked) <= 14  # with who is signed in
    assert page.count('data-ui="moved-row"') == 1
    assert "20,000" in page
    kind = text_of(admin.get("/loyalty/points/points"))
    assert 'name="adjust_alone_max" value="1000"' in kind
    for language in ("es", "lv"):
        told = admin.get("/loyalty/checks", headers={"Accept-Language": language})
        assert told.status_code == 200


@promise("LOY-77")
def test_points_are_given_on_an_issue_and_show_on_its_customers_timeline(
    agent: Client, anna: UUID, register: Callable[..., UUID]
) -> None:
    now = datetime.now(UTC)
    new_issue = NewIssue(customer_id=anna, text="Where is it?", channel=Issue.Channel.FORM)
    asked = open_issue(new_issue, actor=SYSTEM, now=now)
    here = f"/issues/{asked.number}"
    button = path_of(anna, f"/points/adjustment?subject={asked.public_id}")
    assert f'href="{button}"' in text_of(agent.get(here))
    assert agent.get(button).status_code == 200
    form = {"way": "give", "points": "70", "currency": "points", "reason": "compensation"}
    answer = agent.post(button, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, here)
    assert Adjustment.objects.get().subject == asked.public_id
    assert "70 points given: compensation" in text_of(agent.get(path_of(anna, "/timeline")))
    other = register("Ilze Liepa")
    foreign = path_of(other, f"/points/adjustment?subject={asked.public_id}")
    assert agent.post(foreign, form).status_code == 404
    with transactions.open():
        companies.change({"off": ("loyalty",)}, actor=SYSTEM, now=now)
    companies.forget()
    assert button not in text_of(agent.get(here))


@promise("LOY-76")
def test_staff_leave_their_own_points_to_others(
    person_with: Callable[..., Person], anna: UUID, register: Callable[..., UUID]
) -> None:
    person = person_with(role="manager", email="ilze@mezrozes.example")
    own = register("Ilze Liepa", emails=["ilze@mezrozes.example"])
    wanted = Wanted(Reference("id", str(own)), 10, "goodwill")
    from clientela.flows.tests.conftest import NOW

    with pytest.raises(OwnPoints):
        adjust_points(wanted, actor=person.as_actor(), now=NOW)
    assert adjust_points(wanted, actor=SYSTEM, now=NOW).balance == 10


def test_earning_is_paused_and_goes_on(admin: Client, anna: UUID) -> None:
    form = {"mode": "withhold", "cause": "An invoice is overdue"}
    assert admin.post(path_of(anna, "/points/pause"), form).status_code == 303
    assert "An invoice is overdue" in text_of(admin.get(path_of(anna, "/points")))
    pause = EarningPause.objects.get()
    assert admin.post(path_of(anna, f"/points/pause/{pause.public_id}/end")).status_code == 303
    assert "An invoice is overdue" not in text_of(admin.get(path_of(anna, "/points")))


def test_limits_and_promotions_are_made_and_ended(admin: Client, anna: UUID) -> None:
    cap = {"most": "500", "unit": "points", "period": "day", "rule": "points/", "mode": "trim"}
    assert admin.post("/loyalty/limits/new", cap).status_code == 303
    made = Cap.objects.get()
    assert "500 points" in text_of(admin.get("/loyalty/limits"))
    assert admin.post(f"/loyalty/limits/{made.pk}/end").status_code == 303
    promotion = {
        "label_en": "Spring", "label_lv": "Pavasaris", "currency": "points", "gives": "multiply",
        "figure": "1.5", "first_day": "2026-03-01", "last_day": "2036-03-31", "audience": "",
        "most": "1000", "unit": "points", "mode": "trim",
    }  # fmt: skip
    answer = admin.post("/loyalty/promotions/new", promotion)
    assert answer.status_code == 303, text_of(answer)
    assert Promotion.objects.get().rules.get().versions.get().body["num"] == 3
    page = text_of(admin.get("/loyalty/promotions"))
    assert "Spring" in page
    assert 'href="/loyalty/promotions/spring"' in page
    assert 'value="1.5"' in text_of(admin.get("/loyalty/promotions/spring"))
    shared = View.objects.create(
        list="customers", name="Latvians", owner="per_1", sharing=View.Sharing.EVERYONE,
        saved_at=datetime.now(UTC),
        state={"filter": {"fact": "customer.language", "op": "in", "value": ["lv"]}},
    )  # fmt: skip
    changed = {**promotion, "label_en": "Spring again", "figure": "2", "most": "2000",
               "audience": shared.id.hex}  # fmt: skip
    answer = admin.post("/loyalty/promotions/spring", changed)
    assert answer.status_code == 303, text_of(answer)
    page = text_of(admin.get("/loyalty/promotions"))
    assert ("Spring again" in page, "Latvians" in page) == (True, True)
    found = Promotion.objects.get()
    assert (found.budget_most, found.rules.get().versions.count()) == (2_000, 2)
    assert "selected>Latvians" in text_of(admin.get("/loyalty/promotions/spring"))
    assert admin.post("/loyalty/promotions/spring/end").status_code == 303
    assert "Ended" in text_of(admin.get("/loyalty/promotions"))
